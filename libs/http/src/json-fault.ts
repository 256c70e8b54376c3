import { pointerTo } from './pointer.js';

export interface JsonFault {
  /** The value or member in which reading stopped. */
  readonly pointer: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** Deeper than any request of ours; also what keeps the readers below from overflowing the stack. */
export const MAX_DEPTH = 32;

/**
 * Where `text`, which JSON.parse refused or which is nested too deeply, stops being acceptable JSON (RFC 8259). V8's own
 * message is of no use here: it quotes the text.
 */
export function jsonFault(text: string): JsonFault {
  const reader = new Reader(text);
  reader.run();
  return placeOf(reader, text);
}

function placeOf(reader: Reader, text: string): JsonFault {
  const before = text.slice(0, reader.at);
  const line = before.split('\n').length;
  return { pointer: pointerTo(reader.path), line, column: reader.at - before.lastIndexOf('\n') };
}

/** The first member of acceptable JSON whose object has one of that name already; JSON.parse keeps the last of them. */
export function repeatedMember(text: string): JsonFault | undefined {
  const reader = new Reader(text, true);
  reader.run();
  return reader.repeated ? placeOf(reader, text) : undefined;
}

class Reader {
  at = 0;
  readonly path: (string | number)[] = [];

  repeated = false;

  constructor(
    private readonly text: string,
    /** Stop at a member that its object has already. */
    private readonly once = false,
  ) {}

  /** Reads as far as it can; `at` and `path` then say where it stopped. */
  run(): void {
    if (this.value()) this.space();
  }

  private value(): boolean {
    this.space();
    const next = this.text[this.at];
    if ((next === '{' || next === '[') && this.path.length >= MAX_DEPTH) return false;
    if (next === '{') return this.object();
    if (next === '[') return this.array();
    if (next === '"') return this.take(STRING);
    return this.take(LITERAL);
  }

  private object(): boolean {
    this.at += 1;
    this.space();
    if (this.skip('}')) return true;
    const names = new Set<string>();
    for (;;) {
      this.space();
      const start = this.at;
      if (!this.take(STRING)) return false;
      const name = JSON.parse(this.text.slice(start, this.at)) as string;
      this.path.push(name);
      if (this.once && names.has(name)) {
        this.at = start;
        this.repeated = true;
        return false;
      }
      names.add(name);
      this.space();
      if (!this.skip(':') || !this.value()) return false;
      this.space();
      if (this.text[this.at] !== ',' && this.text[this.at] !== '}') return false;
      this.path.pop();
      if (this.skip('}')) return true;
      this.at += 1;
    }
  }

  private array(): boolean {
    this.at += 1;
    this.space();
    if (this.skip(']')) return true;
    for (let index = 0; ; index++) {
      this.path.push(index);
      if (!this.value()) return false;
      this.space();
      if (this.text[this.at] !== ',' && this.text[this.at] !== ']') return false;
      this.path.pop();
      if (this.skip(']')) return true;
      this.at += 1;
    }
  }

  private space(): void {
    this.take(SPACE);
  }

  private skip(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private take(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (!match) return false;
    this.at = pattern.lastIndex;
    return true;
  }
}

const SPACE = /[ \t\n\r]*/y;
// eslint-disable-next-line no-control-regex -- RFC 8259 forbids bare control characters in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
