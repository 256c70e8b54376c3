/** The instants of a story, in days since its first. */
const DAY = 86_400_000;
const FIRST = Date.UTC(2026, 0, 5);
/** The days on which somebody asks are within so many of the first. */
export const DAYS = 200;
export const dayAt = (n: number): number => FIRST + Math.round(n * DAY);
export const dateOf = (n: number): string => new Date(dayAt(n)).toISOString().slice(0, 10);

/** The instants at which somebody asks: the days around each month's end, and some in between. */
export const CLOCKS: readonly number[] = [
  ...[1, 2, 3, 4, 5, 6].map((month) => Date.UTC(2026, month, 1) + 12 * 3_600_000),
  ...[36, 100, DAYS].map(dayAt),
].sort((a, b) => a - b);

/** What is asked for, each time. */
export const PERIODS: readonly string[] = [
  'programme',
  'last-12-months',
  '2026-Q1',
  '2026-Q2',
  ...[1, 2, 3, 4, 5, 6, 7].map((n) => `2026-0${n}`),
];
