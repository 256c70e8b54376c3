import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import type { FileProblem } from '../problems.js';
import { notWindows1252, undefinedIn1252, wrong1252 } from './windows-1252.js';

/** Encodings that a mapping may name. Only the first four are ever detected. */
export const encodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'iso-8859-1',
  'iso-8859-2',
  'iso-8859-15',
  'windows-1250',
  'windows-1251',
  'macintosh',
  'cp850',
  'shift_jis',
  'gb18030',
  'big5',
  'euc-kr',
] as const;
export type Encoding = (typeof encodings)[number];

/** How the text was read. Final only once all of it has been read: a lone "é" may come on the last line. */
export interface TextFormat {
  encoding: Encoding;
  bom: boolean;
  /** True where the mapping named the encoding, false where it was detected. */
  encodingGiven: boolean;
  /** Why it was read so, in a sentence for the report. */
  encodingBecause: string;
  /** Bytes in it are not of its encoding and stand as U+FFFD: rows that hold one are rejected. */
  broken?: true;
}

const BLOCK = 1 << 16;

/**
 * Decodes a byte stream block by block, filling `format` on the way; returns a problem where the bytes are no text.
 *
 * A file that is marked, declared or, by most of its characters beyond ASCII, seen to be UTF-8 stays UTF-8: bytes that are
 * none stand as U+FFFD. Where the first bytes beyond ASCII are not UTF-8, all before them reads the same in either encoding,
 * so the switch to Windows-1252 needs no second pass.
 */
export async function* decodeText(
  bytes: AsyncIterable<Uint8Array>,
  format: TextFormat,
): AsyncGenerator<string, FileProblem | undefined> {
  const blocks = inBlocks(bytes);
  const first = await blocks.next();
  if (first.done) return undefined;
  if (isSpreadsheet(first.value)) return { code: 'not-csv', expected: CSV_OF_A_SPREADSHEET };
  const start = openingOf(first.value);
  format.bom = start.bomLength > 0;
  if (format.bom) format.encodingGiven = false; // the mark knows better
  if (!format.encodingGiven) format.encoding = start.encoding;
  if (format.bom) format.encodingBecause = 'its byte order mark says so';
  else if (format.encodingGiven) format.encodingBecause = 'the mapping names it';
  else if (format.encoding !== 'utf-8') format.encodingBecause = 'every other byte of its beginning is zero';
  else format.encodingBecause = ALL_ASCII;
  async function* all() {
    yield (first.value as Buffer).subarray(start.bomLength);
    yield* blocks;
  }
  if (format.encoding === 'utf-8') return yield* decodeUtf8(all(), format);
  return yield* decodeDeclared(all(), format);
}

const ALL_ASCII = 'all of it is ASCII, which reads the same in UTF-8 and in Windows-1252';
const ALL_UTF8 = 'all of its characters beyond ASCII are valid UTF-8';

const CSV_OF_A_SPREADSHEET =
  'a CSV file, and this is a spreadsheet: open it, save its sheet as CSV (Excel: File > Save As > "CSV UTF-8 (Comma delimited)"; LibreOffice: File > Save As > "Text CSV"), and send that file';

/** An .xlsx or .ods begins as a zip archive does, an .xls as a compound file. */
const isSpreadsheet = (block: Buffer): boolean =>
  ['504b0304', 'd0cf11e0'].includes(block.subarray(0, 4).toString('hex'));

async function* inBlocks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let gathered: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    gathered.push(chunk);
    length += chunk.length;
    if (length < BLOCK) continue;
    yield Buffer.concat(gathered);
    gathered = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(gathered);
}

function openingOf(block: Buffer): { encoding: Encoding; bomLength: number } {
  if (block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf) return { encoding: 'utf-8', bomLength: 3 };
  if (block[0] === 0xff && block[1] === 0xfe) return { encoding: 'utf-16le', bomLength: 2 };
  if (block[0] === 0xfe && block[1] === 0xff) return { encoding: 'utf-16be', bomLength: 2 };
  // Without a mark: a header in UTF-16 has a zero byte beside nearly every letter, always on the same side.
  const head = block.subarray(0, 4096);
  const zeros = head.map((byte, i) => (byte === 0 ? 1 + (i % 2) : 0));
  const even = zeros.filter((side) => side === 1).length;
  const odd = zeros.filter((side) => side === 2).length;
  const many = head.length * 0.3;
  if (odd > many && even < odd / 10) return { encoding: 'utf-16le', bomLength: 0 };
  if (even > many && odd < even / 10) return { encoding: 'utf-16be', bomLength: 0 };
  return { encoding: 'utf-8', bomLength: 0 };
}

async function* decodeUtf8(
  blocks: AsyncIterable<Buffer>,
  format: TextFormat,
): AsyncGenerator<string, FileProblem | undefined> {
  let carry: Buffer = Buffer.alloc(0);
  let beyondAscii = false;
  let line = 1;
  let legacy: ReturnType<typeof iconv.getDecoder> | undefined;
  async function* withEnd() {
    for await (const block of blocks) yield { block, last: false };
    yield { block: Buffer.alloc(0), last: true };
  }
  for await (const { block, last } of withEnd()) {
    if (legacy) {
      if (undefinedIn1252(block) >= 0) return wrong1252(line + linesBefore(block, undefinedIn1252(block)));
      const { sequences, strays } = utf8In(block);
      if (sequences > 0 && sequences >= strays) return mixed(line);
      line += linesBefore(block, block.length);
      yield legacy.write(block);
      continue;
    }
    const joined = carry.length > 0 ? Buffer.concat([carry, block]) : block;
    const end = last ? joined.length : completeLength(joined);
    const whole = joined.subarray(0, end);
    carry = joined.subarray(end);
    if (isUtf8(whole)) {
      beyondAscii ||= !isAscii(whole);
      if (beyondAscii && format.encodingBecause === ALL_ASCII) format.encodingBecause = ALL_UTF8;
      line += linesBefore(whole, whole.length);
      yield whole.toString('utf8');
      continue;
    }
    const problemLine = line + linesBefore(joined, firstInvalid(joined));
    const { sequences, strays } = utf8In(joined);
    if (beyondAscii || format.bom || format.encodingGiven || (sequences > 0 && sequences >= strays)) {
      if (format.encodingBecause === ALL_ASCII || format.encodingBecause === ALL_UTF8)
        format.encodingBecause =
          'most of its characters beyond ASCII are valid UTF-8; rows with bytes that are not are rejected';
      format.broken = true;
      beyondAscii = true;
      line += linesBefore(whole, whole.length);
      yield whole.toString('utf8');
      continue;
    }
    const other = notWindows1252(joined);
    if (other) return { code: 'wrong-encoding', line: problemLine, expected: other };
    format.encoding = 'windows-1252';
    format.encodingBecause =
      'its bytes beyond ASCII are not UTF-8 and read as Western European text; if names look wrong, name its encoding in the mapping';
    legacy = iconv.getDecoder('windows-1252');
    line += linesBefore(joined, joined.length);
    yield legacy.write(joined);
  }
  return undefined;
}

async function* decodeDeclared(
  blocks: AsyncIterable<Buffer>,
  format: TextFormat,
): AsyncGenerator<string, FileProblem | undefined> {
  const decoder = iconv.getDecoder(format.encoding, { stripBOM: false });
  let line = 1;
  const bad = (text: string): FileProblem | undefined => {
    const at = text.search(/\ufffd|\p{Surrogate}/u);
    if (at < 0) {
      for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) line += 1;
      return undefined;
    }
    return {
      code: 'wrong-encoding',
      line: line + text.slice(0, at).split('\n').length - 1,
      expected: `text in ${format.encoding}; name the file's own \`encoding\` in the mapping, or save it as UTF-8`,
    };
  };
  // A pair may be cut between two blocks: its first half waits for the next.
  let half = '';
  for await (const block of blocks) {
    let text = half + decoder.write(block);
    half = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : '';
    if (half) text = text.slice(0, -1);
    const problem = bad(text);
    if (problem) return problem;
    yield text;
  }
  const rest = half + (decoder.end() ?? '');
  const problem = bad(rest);
  if (problem) return problem;
  if (rest) yield rest;
  return undefined;
}

/** How many bytes of the block are whole UTF-8 sequences; at most three wait for the next block. */
function completeLength(block: Buffer): number {
  for (let back = 1; back <= 3 && back <= block.length; back++) {
    const byte = block[block.length - back]!;
    if (byte < 0x80) return block.length;
    if (byte >= 0xc0) {
      const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return wanted > back ? block.length - back : block.length;
    }
  }
  return block.length;
}

/** Characters of several bytes that are valid UTF-8, and bytes beyond ASCII that belong to none. */
function utf8In(block: Buffer): { sequences: number; strays: number } {
  let sequences = 0;
  let strays = 0;
  for (let i = 0; i < block.length;) {
    const byte = block[i]!;
    const length =
      byte < 0x80 ? 1 : byte < 0xc2 ? 0 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf5 ? 4 : 0;
    if (length === 1) i += 1;
    else if (length > 1 && i + length <= block.length && isUtf8(block.subarray(i, i + length))) {
      sequences += 1;
      i += length;
    } else {
      strays += 1;
      i += 1;
    }
  }
  return { sequences, strays };
}

const mixed = (line: number): FileProblem => ({
  code: 'wrong-encoding',
  line,
  expected:
    'one encoding throughout: earlier lines are not UTF-8, these are; save the file as UTF-8, or name its `encoding` in the mapping',
});

function linesBefore(block: Buffer, end: number): number {
  let count = 0;
  for (let i = block.indexOf(10); i >= 0 && i < end; i = block.indexOf(10, i + 1)) count += 1;
  return count;
}

/** The longest valid UTF-8 prefix, found by halving. */
function firstInvalid(block: Buffer): number {
  let good = 0;
  let bad = block.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const end = completeLength(block.subarray(0, middle));
    if (isUtf8(block.subarray(0, end))) good = middle;
    else bad = middle;
  }
  return good;
}
