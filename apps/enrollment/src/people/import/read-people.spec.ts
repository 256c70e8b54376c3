import { expect, it } from '@jest/globals';
import { latestDayBegun } from './read-people.js';

it('the latest day that has begun anywhere is that of UTC+14', () => {
  expect(latestDayBegun('2026-06-01T09:59:59.999Z')).toBe('2026-06-01');
  expect(latestDayBegun('2026-06-01T10:00:00.000Z')).toBe('2026-06-02');
  expect(latestDayBegun('2026-12-31T23:59:00.000Z')).toBe('2027-01-01');
});
