import { expect, it } from '@jest/globals';
import { Exportable } from '@cairn/http';
import type { FastifyRequest } from 'fastify';
import { hearsCanary } from './canaries.js';
import { NAME_CANARY, TEXT_CANARY } from './story/people.js';
import { unpacked } from './workbook.js';

it.each([
  ['a cell', { said: `It is ${TEXT_CANARY}` }],
  ['a heading', { [NAME_CANARY]: 1 }],
])('a canary in %s of a workbook is heard once it is unpacked', async (_, row) => {
  const columns = Object.fromEntries(Object.entries(row).map(([key, value]) => [key, () => value]));
  const made = new Exportable({ items: [row] }, columns, 'report');
  const { body } = await made.for({ query: { format: 'xlsx' } } as FastifyRequest);
  expect(hearsCanary((body as Buffer).toString('latin1'))).toBe(false);
  expect(hearsCanary(unpacked(body as Buffer))).toBe(true);
});
