import { RefusedError } from '@cairn/decider';
import { expect, it } from '@jest/globals';
import { datedListing, PeopleQuery } from './queries.js';

const list = datedListing('participants');
const asOf = '2026-03-01T00:00:00.000Z';
const programId = '0199a000-0000-7000-8000-000000000001';
const rows = [1, 2, 3].map((n) => ({ id: `0199b000-0000-7000-8000-00000000000${n}` }));

const asked = (more: Partial<PeopleQuery> & { programId?: string }) => ({
  ...new PeopleQuery(),
  programId,
  limit: 1,
  ...more,
});
const page = (more: Parameters<typeof asked>[0]) =>
  list.page({ heading: { asOf } as never }, asked(more), rows, ({ id }) => id);

it('a cursor of a dated list goes on from its moment, in either form', () => {
  const { nextCursor } = page({ asOf });
  expect(list.asOf(asked({ cursor: nextCursor! })).asOf).toBe(asOf);
  expect(list.asOf(asked({ cursor: nextCursor!, asOf })).asOf).toBe(asOf);
  expect(page({ cursor: nextCursor!, format: 'csv' }).items).toEqual([rows[1]]);
});

it.each([
  ['asOf', { asOf: '2026-03-02T00:00:00.000Z' }],
  ['status', { status: 'active' }],
  ['basis', { basis: 'recordedAt' as const }],
  ['programme', { programId: '0199a000-0000-7000-8000-000000000002' }],
])('a cursor given out under another %s is refused', (_, more) => {
  const { nextCursor } = page({});
  expect(() => list.asOf(asked({ cursor: nextCursor!, ...more }))).toThrow(RefusedError);
});
