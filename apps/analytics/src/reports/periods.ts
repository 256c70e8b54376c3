import { Temporal } from 'temporal-polyfill';
import type { Span } from './as-of/span.js';
import type { Zone } from './as-of/zone.js';

export interface Period {
  /** As it was asked for: `programme`, `last-12-months`, `2026-03`, `2026-Q1` or `2026-W10`. */
  readonly name: string;
  readonly kind: 'programme' | 'last-12-months' | 'quarter' | 'month' | 'week';
  /** From its first instant up to, not including, its last. */
  readonly span: Span;
}

/** What may be asked for by whoever is shown closed months alone. */
export const PERIODS_OPEN = 'programme, last-12-months, a quarter (2026-Q1), a month (2026-03)';
export const PERIODS = `${PERIODS_OPEN}, an ISO week (2026-W10)`;

export const PROGRAMME: Period = {
  name: 'programme',
  kind: 'programme',
  span: { from: -Infinity, to: Infinity },
};

/**
 * A period in the programme's zone. The last 12 months end at `asOf`.
 * @returns undefined for a text that names none
 */
export function periodOf(name: string, zone: Zone, asOf: number): Period | undefined {
  if (name === 'programme') return PROGRAMME;
  if (name === 'last-12-months') return lastTwelveMonths(zone, asOf);
  const month = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(name);
  if (month) return months(name, 'month', zone, Number(month[1]), Number(month[2]), 1);
  const quarter = /^(\d{4})-Q([1-4])$/.exec(name);
  if (quarter) return months(name, 'quarter', zone, Number(quarter[1]), Number(quarter[2]) * 3 - 2, 3);
  const week = /^(\d{4})-W(\d{2})$/.exec(name);
  return week ? isoWeek(name, zone, Number(week[1]), Number(week[2])) : undefined;
}

const between = (zone: Zone, from: Temporal.PlainDate, to: Temporal.PlainDate): Span => ({
  from: zone.startOf(from.toString()),
  to: zone.startOf(to.toString()),
});

function lastTwelveMonths(zone: Zone, asOf: number): Period {
  const last = Temporal.PlainDate.from(zone.dayOf(asOf));
  const from = zone.startOf(last.subtract({ months: 12 }).add({ days: 1 }).toString());
  return { name: 'last-12-months', kind: 'last-12-months', span: { from, to: asOf + 1 } };
}

function months(
  name: string,
  kind: 'month' | 'quarter',
  zone: Zone,
  year: number,
  month: number,
  count: number,
): Period {
  const from = Temporal.PlainDate.from({ year, month, day: 1 });
  return { name, kind, span: between(zone, from, from.add({ months: count })) };
}

/** Week 1 is the week with the year's first Thursday (ISO 8601). */
function isoWeek(name: string, zone: Zone, year: number, week: number): Period | undefined {
  const fourth = Temporal.PlainDate.from({ year, month: 1, day: 4 });
  const monday = fourth.subtract({ days: fourth.dayOfWeek - 1 }).add({ weeks: week - 1 });
  if (week < 1 || monday.add({ days: 3 }).year !== year) return undefined;
  return { name, kind: 'week', span: between(zone, monday, monday.add({ weeks: 1 })) };
}

/**
 * The calendar months that are over at `asOf`, oldest first, from the month of `startsOn` on. The first also holds
 * whatever came before it.
 */
export function closedMonths(startsOn: string, zone: Zone, asOf: number): Period[] {
  const closed: Period[] = [];
  let month = Temporal.PlainYearMonth.from(startsOn.slice(0, 7));
  for (;;) {
    const next = months(month.toString(), 'month', zone, month.year, month.month, 1);
    if (next.span.to > asOf) return closed;
    closed.push(next);
    month = month.add({ months: 1 });
  }
}
