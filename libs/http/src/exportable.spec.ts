import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { FastifyRequest } from 'fastify';
import readWorkbook from 'read-excel-file/node';
import { Exportable, type Columns } from './exportable.js';

interface Line {
  readonly name: unknown;
  readonly n: number | null;
}

const columns: Columns<Line> = { name: ({ name }) => name as string, n: ({ n }) => n };

const as = async (format: string, items: readonly Line[], beside = {}) => {
  const list = new Exportable(
    { items, why: 'so' },
    columns,
    'the-rows-of-a-name-longer-than-a-sheet-may-have',
    { etag: '"1"' },
    beside,
  );
  return list.for({ query: { format } } as FastifyRequest);
};
const csv = async (items: readonly Line[], beside = {}) => (await as('csv', items, beside)).body as string;
const workbook = async (items: readonly Line[], beside = {}) =>
  readWorkbook((await as('xlsx', items, beside)).body as Buffer);
const why = { why: ({ why }: { why: string }) => why };

describe('CSV', () => {
  it('has a heading, and lines as RFC 4180 wants them', async () => {
    expect(await csv([{ name: 'a,"b"\nc', n: 1 }])).toBe('name,n\r\n"a,""b""\nc",1\r\n');
    expect(await csv([])).toBe('name,n\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@sum', '\tx', '\rx'])('keeps a spreadsheet from running %j', async (name) => {
    const [row] = parse(await csv([{ name, n: null }]), { columns: true }) as { name: string }[];
    expect(row!.name).toBe(`'${name}`);
  });

  it('leaves numbers numbers', async () => {
    expect(await csv([{ name: 'x', n: -5 }])).toContain('x,-5');
    expect(await csv([{ name: 'x', n: null }])).toContain('x,\r\n');
    expect(await csv([{ name: true, n: 0 }])).toContain('true,0');
  });

  it('says on every line what stands beside the items, and alone where there are none', async () => {
    const told = (...names: string[]) =>
      csv(
        names.map((name) => ({ name, n: 1 })),
        why,
      );
    expect(await told('a', 'b')).toBe('name,n,why\r\na,1,so\r\nb,1,so\r\n');
    expect(await told()).toBe('name,n,why\r\n,,so\r\n');
  });
});

describe('a workbook', () => {
  it('has one sheet with the same table, and cells of their kind', async () => {
    const items = [
      { name: 'a,"b"\nc', n: -1.5 },
      { name: true, n: null },
    ];
    expect(await workbook(items, why)).toEqual([
      {
        sheet: 'Cairn',
        data: [
          ['name', 'n', 'why'],
          ['a,"b"\nc', -1.5, 'so'],
          [true, null, 'so'],
        ],
      },
    ]);
    expect(await workbook([], why)).toMatchObject([
      {
        data: [
          ['name', 'n', 'why'],
          [null, null, 'so'],
        ],
      },
    ]);
  });

  it('holds text that begins as a formula as text', async () => {
    expect(await workbook([{ name: '=1+1', n: 1 }])).toMatchObject([
      {
        data: [
          ['name', 'n'],
          ['=1+1', 1],
        ],
      },
    ]);
  });

  it('is equal by its ETag, not the same bytes, and another than CSV', async () => {
    expect((await as('xlsx', [])).headers['etag']).toBe('W/"1;xlsx"');
    expect((await as('csv', [])).headers['etag']).toBe('"1;csv"');
  });
});
