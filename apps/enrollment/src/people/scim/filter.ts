import { unstorable } from '@cairn/http';
import { scimError } from './scim.errors.js';

/** `urn:…:User:name.givenName`, in lower case: names of attributes know no case (RFC 7643 2.1). */
export interface AttributePath {
  /** The schema that the path begins with; '' where it names none. */
  readonly schema: string;
  readonly attribute: string;
  readonly sub: string | null;
}

export const COMPARISONS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
export type Comparison = (typeof COMPARISONS)[number];
export type Literal = string | number | boolean | null;

/** A filter as RFC 7644 3.4.2.2 has it. */
export type Filter =
  | { readonly is: 'and' | 'or'; readonly of: readonly Filter[] }
  | { readonly is: 'not'; readonly of: Filter }
  | { readonly is: 'pr'; readonly path: AttributePath }
  | { readonly is: Comparison; readonly path: AttributePath; readonly value: Literal }
  /** `emails[type eq "work"]`: one value of a list for which the filter within holds. */
  | { readonly is: 'where'; readonly path: AttributePath; readonly of: Filter };

/** What a PATCH is about: an attribute, or of a list those values for which `where` holds, and of these a part. */
export interface Target extends AttributePath {
  readonly where: Filter | null;
}

const MOST_CHARACTERS = 4_000;
const DEEPEST = 20;
const TOKENS = /\s+|"(?:[^"\\]|\\.)*"|[()[\]]|[^\s()[\]"]+/y;
const PATH = /^(?:(urn:[\w.:-]+):)?([a-z$][\w$-]*)(?:\.([a-z$][\w$-]*))?$/i;

/** @throws FaultError invalidFilter */
export const parseFilter = (text: string): Filter => new Reader(text, 'invalidFilter').whole();

/** The path of a PATCH operation (RFC 7644 3.5.2). @throws FaultError invalidPath */
export const parseTarget = (text: string): Target => new Reader(text, 'invalidPath').target();

class Reader {
  private readonly tokens: string[] = [];
  private at = 0;

  constructor(
    text: string,
    private readonly fault: 'invalidFilter' | 'invalidPath',
  ) {
    if (text.length > MOST_CHARACTERS) throw this.error(`at most ${MOST_CHARACTERS} characters`);
    const tokens = new RegExp(TOKENS);
    for (let from = 0; from < text.length; from = tokens.lastIndex) {
      tokens.lastIndex = from;
      const [token] = tokens.exec(text) ?? [];
      if (token === undefined) throw this.error('a closing quote', from);
      if (token.trim() !== '') this.tokens.push(token);
    }
  }

  whole(): Filter {
    const filter = this.either(0);
    if (this.at < this.tokens.length) throw this.error('"and", "or" or the end');
    return filter;
  }

  target(): Target {
    const path = this.path();
    let [where, { sub }]: [Filter | null, { sub: string | null }] = [null, path];
    if (this.takes('[')) {
      where = this.either(0);
      this.expect(']');
      const rest = this.tokens[this.at];
      if (rest !== undefined) {
        if (path.sub !== null || !/^\.[a-z$][\w$-]*$/i.test(rest)) throw this.error('a part, as .value');
        sub = rest.slice(1).toLowerCase();
        this.at += 1;
      }
    }
    if (this.at < this.tokens.length) throw this.error('the end of the path');
    return { ...path, sub, where };
  }

  private either(depth: number): Filter {
    const of = [this.all(depth)];
    while (this.takes('or')) of.push(this.all(depth));
    return of.length === 1 ? of[0]! : { is: 'or', of };
  }

  private all(depth: number): Filter {
    const of = [this.one(depth)];
    while (this.takes('and')) of.push(this.one(depth));
    return of.length === 1 ? of[0]! : { is: 'and', of };
  }

  private one(depth: number): Filter {
    if (depth > DEEPEST) throw this.error(`at most ${DEEPEST} levels`);
    if (this.takes('not')) {
      if (this.tokens[this.at] !== '(') throw this.error('"("');
      return { is: 'not', of: this.one(depth + 1) };
    }
    if (this.takes('(')) {
      const filter = this.either(depth + 1);
      this.expect(')');
      return filter;
    }
    const path = this.path();
    if (this.takes('[')) {
      const of = this.either(depth + 1);
      this.expect(']');
      return { is: 'where', path, of };
    }
    if (this.takes('pr')) return { is: 'pr', path };
    const is = COMPARISONS.find((comparison) => this.takes(comparison));
    if (is === undefined) throw this.error(`one of pr, ${COMPARISONS.join(', ')}`);
    return { is, path, value: this.literal() };
  }

  private path(): AttributePath {
    const found = PATH.exec(this.tokens[this.at] ?? '');
    if (found === null) throw this.error('the name of an attribute');
    this.at += 1;
    const [, schema = '', attribute, sub = null] = found.map((part) => part?.toLowerCase());
    return { schema, attribute: attribute!, sub };
  }

  private literal(): Literal {
    const token = this.tokens[this.at] ?? '';
    try {
      const value = JSON.parse(/^(true|false|null)$/i.test(token) ? token.toLowerCase() : token) as unknown;
      if (
        (typeof value !== 'object' || value === null) &&
        !(typeof value === 'string' && unstorable(value))
      ) {
        this.at += 1;
        return value as Literal;
      }
    } catch {
      // Told below, as what is no scalar is.
    }
    throw this.error(
      'a value: a text in quotes (without NUL or half of a character), a number, true, false or null',
    );
  }

  /** Words of the grammar know no case. */
  private takes(word: string): boolean {
    if (this.tokens[this.at]?.toLowerCase() !== word) return false;
    this.at += 1;
    return true;
  }

  private expect(word: string): void {
    if (!this.takes(word)) throw this.error(`"${word}"`);
  }

  /** Where, and not what is there: a filter may name people. */
  private error(expected: string, character?: number): Error {
    const place = character === undefined ? `word ${this.at + 1}` : `character ${character + 1}`;
    const what = this.fault === 'invalidFilter' ? 'filter' : 'path';
    return scimError(this.fault, `The ${what} cannot be read at its ${place}: expected ${expected}.`);
  }
}

/** Whether a filter holds for one value of a list, such as `{ "type": "work", "value": "a@example.org" }`. */
export function holdsFor(filter: Filter, value: unknown): boolean {
  switch (filter.is) {
    case 'and':
      return filter.of.every((each) => holdsFor(each, value));
    case 'or':
      return filter.of.some((each) => holdsFor(each, value));
    case 'not':
      return !holdsFor(filter.of, value);
    case 'where':
      throw scimError('invalidPath', 'A filter within a filter is not understood here.');
    case 'pr':
      return isThere(partOf(value, filter.path));
    default:
      return compares(filter.is, partOf(value, filter.path), filter.value);
  }
}

const isThere = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** A member of an object, whatever its case. */
export const memberOf = (object: object, name: string): string | undefined =>
  Object.keys(object).find((key) => key.toLowerCase() === name.toLowerCase());

function partOf(value: unknown, { attribute }: AttributePath): unknown {
  if (typeof value !== 'object' || value === null) return attribute === 'value' ? value : undefined;
  const name = memberOf(value, attribute);
  return name === undefined ? undefined : (value as Record<string, unknown>)[name];
}

function compares(is: Comparison, found: unknown, wanted: Literal): boolean {
  const fold = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : value);
  const [a, b] = [fold(found), fold(wanted)];
  if (is === 'eq') return b === null ? !isThere(a) : a === b;
  if (is === 'ne') return b === null ? isThere(a) : a !== b;
  if (typeof a === 'number' && typeof b === 'number') return ordered(is, a - b);
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  if (is === 'co') return a.includes(b);
  if (is === 'sw') return a.startsWith(b);
  if (is === 'ew') return a.endsWith(b);
  return ordered(is, a < b ? -1 : a > b ? 1 : 0);
}

const ordered = (is: Comparison, difference: number): boolean =>
  (is === 'gt' && difference > 0) ||
  (is === 'ge' && difference >= 0) ||
  (is === 'lt' && difference < 0) ||
  (is === 'le' && difference <= 0);
