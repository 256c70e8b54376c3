import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { FastifyRequest } from 'fastify';
import { csvOf, Exportable } from './csv.js';

const columns = {
  name: (row: { name: unknown; n: number | null }) => row.name as string,
  n: (row: { n: number | null }) => row.n,
};

describe('CSV', () => {
  it('has a heading, and lines as RFC 4180 wants them', () => {
    expect(csvOf([{ name: 'a,"b"\nc', n: 1 }], columns)).toBe('name,n\r\n"a,""b""\nc",1\r\n');
    expect(csvOf([], columns)).toBe('name,n\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@sum', '\tx', '\rx'])('keeps a spreadsheet from running %j', (name) => {
    const [row] = parse(csvOf([{ name, n: null }], columns), { columns: true }) as { name: string }[];
    expect(row!.name).toBe(`'${name}`);
  });

  it('leaves numbers numbers', () => {
    expect(csvOf([{ name: 'x', n: -5 }], columns)).toContain('x,-5');
    expect(csvOf([{ name: 'x', n: null }], columns)).toContain('x,\r\n');
    expect(csvOf([{ name: true, n: 0 }], columns)).toContain('true,0');
  });

  it('says on every line what stands beside the items, and alone where there are none', () => {
    const told = (...names: string[]) => {
      const answer = { items: names.map((name) => ({ name, n: 1 })), why: 'so' };
      const list = new Exportable(answer, columns, 'rows', {}, { why: ({ why }: typeof answer) => why });
      return list.for({ query: { format: 'csv' } } as FastifyRequest).body;
    };
    expect(told('a', 'b')).toBe('name,n,why\r\na,1,so\r\nb,1,so\r\n');
    expect(told()).toBe('name,n,why\r\n,,so\r\n');
  });
});
