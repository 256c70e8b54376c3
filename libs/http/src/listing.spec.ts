import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { RefusedError } from '@cairn/decider';
import { listing } from './listing.js';

const participants = listing('participants.3', {
  name: 'text',
  since: 'date',
  at: 'instant',
  count: 'integer',
  id: 'id',
});
const place = {
  name: 'Zoë "Z", O’Hara',
  since: '2026-01-31',
  at: '2026-01-31T10:00:00.000Z',
  count: -3,
  id: '0190a1b2-0000-7000-8000-000000000001',
};

const cursorFor = (row: typeof place): string => participants.page([row, row], 1, (each) => each).nextCursor!;

describe('a page', () => {
  const numbers = listing('numbers', { n: 'integer' });
  const rows = [1, 2, 3].map((n) => ({ n }));

  it('shows as many as were asked for, and says where to go on', () => {
    const page = numbers.page(
      rows,
      2,
      (row) => row,
      (row) => `no. ${row.n}`,
    );
    expect(page.items).toEqual(['no. 1', 'no. 2']);
    expect(numbers.after(page.nextCursor)).toEqual({ n: 2 });
  });

  it('goes on under the same filters only', () => {
    const query = (some: object) => ({ limit: 2, ...some });
    const { nextCursor } = numbers.under(query({ theme: 'a' })).page(rows, 2, (row) => row);
    expect(numbers.under(query({ theme: 'a', cursor: nextCursor })).after(nextCursor)).toEqual({ n: 2 });
    for (const other of [{ theme: 'b' }, {}, { theme: 'a', other: 1 }])
      expect(() => numbers.under(query(other)).after(nextCursor)).toThrow(RefusedError);
  });

  it('is the last one when nothing is left', () => {
    expect(numbers.page(rows, 3, (row) => row)).toEqual({ items: rows });
    expect(numbers.page([], 3, (row: { n: number }) => row)).toEqual({ items: [] });
    expect(numbers.after(undefined)).toBeUndefined();
  });
});

describe('a cursor', () => {
  it('comes back as it went out, and can stand in an address', () => {
    expect(cursorFor(place)).toMatch(/^[\w-]+$/);
    expect(participants.after(cursorFor(place))).toEqual(place);
  });

  const made = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url');
  const { name, since, at, count, id } = place;
  it.each([
    ['nothing', ''],
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('x').toString('base64url')],
    ['another list', made('participants.2', name, since, at, count, id)],
    ['too few keys', made('participants.3', name)],
    ['too many keys', made('participants.3', name, since, at, count, id, 1)],
    ['a text that is none', made('participants.3', 1, since, at, count, id)],
    ['NUL in a text', made('participants.3', '\u0000', since, at, count, id)],
    ['a date that is none', made('participants.3', name, '2026-02-30', at, count, id)],
    ['an instant that is none', made('participants.3', name, since, 'now', count, id)],
    ['a number that is none', made('participants.3', name, since, at, 1.5, id)],
    ['an id that is none', made('participants.3', name, since, at, count, "' or 1=1")],
    ['an object', Buffer.from('{}').toString('base64url')],
    ['trailing rubbish', `${made('participants.3', name, since, at, count, id)}=`],
  ])('is refused when it is %s', (_, cursor) => {
    expect(() => participants.after(cursor)).toThrow(RefusedError);
    expect(() => participants.after(cursor)).toThrow('bad-cursor');
  });
});
