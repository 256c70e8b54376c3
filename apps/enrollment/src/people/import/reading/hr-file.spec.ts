import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import iconv from 'iconv-lite';
import type { FileProblem } from '../problems.js';
import { openHrFile, type OpenOptions, type RawRow } from './hr-file.js';
import { LONGEST_RECORD } from './records.js';

async function* chunks(bytes: Uint8Array, size: number) {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

interface Read {
  problems: FileProblem[];
  rows: RawRow[];
  header: readonly string[];
  format: Record<string, unknown>;
}

async function read(content: string | Uint8Array, options: OpenOptions = {}, size = 7): Promise<Read> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const file = await openHrFile(chunks(bytes, size), options);
  if (!file.ok) return { problems: file.problems, rows: [], header: [], format: { ...file.format } };
  const rows: RawRow[] = [];
  for (;;) {
    const block = await file.rows.next();
    if (block.done) {
      const problems = block.value ? [block.value] : [];
      return { problems, rows, header: file.header, format: { ...file.format } };
    }
    rows.push(...block.value);
  }
}

const cells = (result: Read) => result.rows.map((row) => [row.line, ...(row.cells ?? [row.error!.code])]);
/** The rows that stand, and the errors of the others. */
async function rowsIn(bytes: Uint8Array, size: number, options: OpenOptions = {}) {
  const { rows, format } = await read(bytes, options, size);
  const errors = rows.flatMap(({ error }) => (error ? [error] : []));
  return { format, errors, cells: rows.flatMap(({ cells: good }) => (good ? [good] : [])) };
}
const codes = (result: Read) => result.problems.map((problem) => problem.code);

describe('delimiter', () => {
  it.each([',', ';', '\t', '|'])('finds %j and says so', async (delimiter) => {
    const result = await read(`id${delimiter}name\n1${delimiter}"a,b;c"\n`);
    expect(result.format).toMatchObject({ delimiter, delimiterGiven: false });
    expect(cells(result)).toEqual([[2, '1', 'a,b;c']]);
  });

  it('prefers the one under which the wanted columns exist', async () => {
    const result = await read('id;a,b\n1;x,y\n', { columns: ['id', 'a,b'] });
    expect(result.format.delimiter).toBe(';');
  });

  it('prefers the one under which header and rows agree', async () => {
    expect((await read('id;full, name\n1;Ann\n2;Bo\n')).format.delimiter).toBe(';');
  });

  it('asks where two would do', async () => {
    const result = await read('a,b;c,d\n1,2;3,4\n');
    expect(codes(result)).toEqual(['ambiguous-delimiter']);
    expect(result.problems[0]!.expected).toContain('`delimiter`');
    expect((await read('a,b;c,d\n1,2;3,4\n', { delimiter: ';' })).header).toEqual(['a,b', 'c,d']);
  });

  it('refuses a file of one column', async () => {
    expect(codes(await read('name\nAnn\n'))).toEqual(['no-delimiter']);
  });
});

describe('encoding', () => {
  const text = 'id,name\r\n1,"Müller, Jörg"\r\n2,"O’Brien, Zoë"\r\n';
  const expected = [
    [2, '1', 'Müller, Jörg'],
    [3, '2', 'O’Brien, Zoë'],
  ];

  it.each([
    ['utf-8', false, Buffer.from(text)],
    ['utf-8', true, Buffer.from(`\ufeff${text}`)],
    ['utf-16le', true, Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['utf-16le', false, Buffer.from(text, 'utf16le')],
    ['utf-16be', true, Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['utf-16be', false, Buffer.from(text, 'utf16le').swap16()],
    ['windows-1252', false, iconv.encode(text, 'windows-1252')],
  ])('reads %s (marked: %s) whatever the chunks', async (encoding, bom, bytes) => {
    for (const size of [1, 2, 3, 5, 1000]) {
      const result = await read(bytes, {}, size);
      expect(result.format).toMatchObject({ encoding, bom, encodingGiven: false });
      expect(cells(result)).toEqual(expected);
    }
  });

  it('goes by a byte order mark, whatever the mapping names', async () => {
    const { format } = await read(Buffer.from(`\ufeff${text}`), { encoding: 'windows-1252' });
    expect(format).toMatchObject({ encoding: 'utf-8', bom: true, encodingGiven: false });
  });

  it('finds Windows-1252 also where its first letter comes late', async () => {
    const many = 'id,name\n' + '1,"Smith, John"\n'.repeat(20_000);
    const result = await read(iconv.encode(`${many}2,"Peña, José"\n`, 'windows-1252'), {}, 65_536);
    expect(result.format.encoding).toBe('windows-1252');
    expect(cells(result).at(-1)).toEqual([20_002, '2', 'Peña, José']);
  });

  const broken = (...parts: (string | number[])[]) =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

  it.each([
    ['after', broken('id,name\n1,Zoë\n2,Jos', [0xe9], '\n3,Åsa\n'), 3],
    ['before', broken('id,name\n1,Jos', [0xe9], '\n2,Zoë\n3,Åsa\n'), 2],
  ])('of a UTF-8 file with a byte that is none, %s others, rejects the row alone', async (_, bytes, line) => {
    for (const size of [1, 5, 1000]) {
      const { format, errors, cells: good } = await rowsIn(bytes, size);
      expect(format).toMatchObject({ encoding: 'utf-8', encodingBecause: expect.stringMatching(/most of/) });
      expect(errors).toMatchObject([
        { line, column: 'name', code: 'unreadable-character', expected: expect.stringMatching(/UTF-8/) },
      ]);
      expect(good).toHaveLength(2);
    }
  });

  it('says why it read a file as it did', async () => {
    const why = async (bytes: Buffer, options = {}) => (await read(bytes, options)).format.encodingBecause;
    expect(await why(broken('id,name\n1,John\n'))).toMatch(/ASCII/);
    expect(await why(broken('id,name\n1,Zoë\n'))).toMatch(/valid UTF-8/);
    expect(await why(broken('id,name\n1,Jos', [0xe9], '\n'))).toMatch(/not UTF-8/);
    expect(await why(broken('\ufeffid,name\n1,John\n'))).toMatch(/mark/);
    expect(await why(broken('id,name\n1,John\n'), { encoding: 'iso-8859-1' })).toMatch(/mapping/);
  });

  it('refuses a file of two encodings', async () => {
    const many = '1,"Smith, John"\n'.repeat(10_000);
    const bytes = broken('id,name\n1,Jos', [0xe9], '\n', many, '2,Zoë\n3,Åsa\n');
    expect((await read(bytes, {}, 65_536)).problems).toMatchObject([{ code: 'wrong-encoding' }]);
  });

  it('judges every block of a long file', async () => {
    const many = '1,"Smith, John"\n'.repeat(10_000);
    const bytes = (...parts: (string | number[])[]) =>
      Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
    const mixed = bytes('id,name\n1,Zoë\n', many, '2,', [0xe9], '\n');
    expect((await rowsIn(mixed, 65_536)).errors).toMatchObject([
      { code: 'unreadable-character', line: 10_003 },
    ]);
    const western = [...iconv.encode('id,name\n1,Zoë\n', 'windows-1252')];
    const broken = bytes(western, many, '2,', [0x81], '\n');
    expect((await read(broken, {}, 65_536)).problems).toMatchObject([
      { code: 'wrong-encoding', line: 10_003 },
    ]);
  });

  it.each(['windows-1251', 'gb18030', 'shift_jis', 'cp850', 'macintosh'] as const)(
    'refuses to guess %s',
    async (encoding) => {
      const names = {
        'windows-1251': 'Иванов, Пётр',
        gb18030: '王, 小明 销售部',
        shift_jis: '山田, 太郎',
        cp850: 'Müller',
        macintosh: 'García, José',
      };
      const bytes = iconv.encode(`id,name\n1,"${names[encoding]}"\n`, encoding);
      expect(codes(await read(bytes))).toEqual(['wrong-encoding']);
      expect(cells(await read(bytes, { encoding }))).toEqual([[2, '1', names[encoding]]]);
    },
  );

  it('refuses bytes that are not of the encoding that the mapping names', async () => {
    const bytes = Buffer.concat([Buffer.from('id,name\n1,'), Buffer.from([0xff, 0xff, 0x0a])]);
    expect((await rowsIn(bytes, 1000, { encoding: 'utf-8' })).errors).toMatchObject([
      { code: 'unreadable-character', line: 2 },
    ]);
    expect(codes(await read(bytes, { encoding: 'shift_jis' }))).toEqual(['wrong-encoding']);
  });

  it('refuses half a surrogate pair', async () => {
    const bytes = Buffer.from('\ufeffid,name\n1,\ud83d\n', 'utf16le');
    expect(codes(await read(bytes))).toEqual(['wrong-encoding']);
    const whole = Buffer.from('\ufeffid,name\n1,😀\n', 'utf16le');
    expect(cells(await read(whole, {}, 1))).toEqual([[2, '1', '😀']]);
  });
});

describe('header', () => {
  it('is compared without white space at the ends', async () => {
    expect((await read(' id , full  name \n1,a\n', { columns: ['id', 'full name'] })).header).toEqual([
      'id',
      'full name',
    ]);
  });

  it('names each missing column, with the spelling that is there', async () => {
    const result = await read('ID,name\n1,a\n', { columns: ['id', 'hired'] });
    expect(result.problems).toEqual([
      expect.objectContaining({
        code: 'missing-column',
        column: 'id',
        expected: expect.stringContaining('"ID"'),
      }),
      expect.objectContaining({ code: 'missing-column', column: 'hired' }),
    ]);
  });

  it('refuses two columns of one name, where they are wanted', async () => {
    const result = await read('id,x,id\n1,a,2\n', { columns: ['id'] });
    expect(result.problems).toEqual([expect.objectContaining({ code: 'duplicate-column', column: 'id' })]);
    expect((await read('id,x,x\n1,a,2\n', { columns: ['id'] })).problems).toEqual([]);
  });

  it.each(['', '\ufeff', '\n\n', '  '])('calls %j empty', async (content) => {
    expect(codes(await read(content))).toEqual(['empty-file']);
  });

  it('says that there is nothing below a header', async () => {
    expect(codes(await read('id,name\n'))).toEqual(['no-rows']);
    expect(codes(await read('id,name\n,\n \n'))).toEqual(['no-rows']);
  });
});

describe('rows', () => {
  it('keep the line on which they begin, over quoted line breaks, blank lines and any line end', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = ['id,name', '1,"two', 'lines"', '', ',', '2,b', '3,"say ""hi"""', '4,d'].join(end);
      expect(cells(await read(text))).toEqual([
        [2, '1', `two${end}lines`],
        [6, '2', 'b'],
        [7, '3', 'say "hi"'],
        [8, '4', 'd'],
      ]);
    }
  });

  it('that are ragged are named and the others kept', async () => {
    const result = await read('id,name\n1\n2,b,c\n3,d\n');
    expect(cells(result)).toEqual([
      [2, 'ragged-row'],
      [3, 'ragged-row'],
      [4, '3', 'd'],
    ]);
    expect(result.rows[0]!.error).toMatchObject({ expected: '2 cells, as the header has', found: '1 cells' });
  });

  it('with a stray quote cost that line alone', async () => {
    const text = 'id,name\n1,2"x\n2,b\n"5"x,6\n7,c\n8,"never closed\n9,d\n10,"e"\n"11,f\n';
    const result = await read(text);
    expect(cells(result)).toEqual([
      [2, 'stray-quote'],
      [3, '2', 'b'],
      [4, 'stray-quote'],
      [5, '7', 'c'],
      [6, 'stray-quote'],
      [7, '9', 'd'],
      [8, '10', 'e'],
      [9, 'quote-not-closed'],
    ]);
    expect(result.rows[0]!.error!.column).toBe('name');
  });

  it('with a quote that is never closed, or that never end, are given up at a bound', async () => {
    const long = 'x'.repeat(3 * LONGEST_RECORD);
    const result = await read(`id,name\n1,"open\n${'y,z\n'.repeat(20_000)}2,${long}\n3,c\n`, {}, 10_000);
    expect(result.rows[0]).toMatchObject({ line: 2, error: { code: 'quote-not-closed' } });
    expect(result.rows.at(-2)).toMatchObject({ line: 20_003, error: { code: 'row-too-long' } });
    expect(result.rows.at(-1)).toEqual({ line: 20_004, cells: ['3', 'c'] });
  });

  it('are the same whatever the chunks', async () => {
    const piece = fc.constantFrom('"', ',', '\n', '\r', '\r\n', 'a', 'é', '""', ' ', '1');
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        async (pieces, size) => {
          const content = `id,name\n${pieces.join('')}`;
          expect(await read(content, { delimiter: ',' }, size)).toEqual(
            await read(content, { delimiter: ',' }, 1000),
          );
        },
      ),
    );
  });
});

it('passes on that the stream broke', async () => {
  async function* broken() {
    yield Buffer.from('id,name\n1,a\n');
    throw new Error('gone away');
  }
  await expect(openHrFile(broken())).rejects.toThrow('gone away');
});
