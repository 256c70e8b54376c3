import { isAscii } from 'node:buffer';
import { analyse } from 'chardet';
import iconv from 'iconv-lite';
import type { FileProblem } from '../problems.js';

/** Windows-1252 leaves five bytes without a character. */
export const undefinedIn1252 = (block: Buffer): number =>
  block.findIndex((b) => b === 0x81 || b === 0x8d || b === 0x8f || b === 0x90 || b === 0x9d);

/** What people's names, titles and places are written with beyond ASCII in Western Europe; the rest is a wrong guess. */
const western = /^[À-ÖØ-öø-ÿŠšŽžŒœƒ‘’‚“”„–—…•€£«»©®°ºª§·´¨¿¡\u00a0\u00ad]$/;
/** "JosŽ" is what Mac text looks like when it is taken for Windows-1252. */
const capitalInside = /\p{Ll}[À-ÞŠŽŒ]/u;

export const wrong1252 = (line: number): FileProblem => ({
  code: 'wrong-encoding',
  line,
  expected: 'UTF-8, UTF-16 or Windows-1252; name the file’s `encoding` in the mapping, or save it as UTF-8',
});

/** Undefined where the block reads as Windows-1252; else what to do about it. */
export function notWindows1252(block: Buffer): string | undefined {
  const lines: Buffer[] = [];
  for (let start = 0; start < block.length;) {
    const stop = block.indexOf(10, start);
    const line = block.subarray(start, stop < 0 ? block.length : stop + 1);
    if (!isAscii(line)) lines.push(line);
    start += line.length;
  }
  const sample = Buffer.concat(lines);
  const text = iconv.decode(sample, 'windows-1252');
  const odd = [...text].some((c) => c > '\x7f' && !western.test(c)) || capitalInside.test(text);
  // Too short a sample gives ASCII: no opinion.
  const likely = analyse(sample)[0]?.name ?? 'ASCII';
  const fits = ['ISO-8859-1', 'windows-1252', 'ASCII'].includes(likely);
  if (fits && !odd && undefinedIn1252(sample) < 0) return undefined;
  return `UTF-8, UTF-16 or Windows-1252${fits ? '' : ` (it may be ${likely})`}; name the file’s \`encoding\` in the mapping, or save it as UTF-8`;
}
