import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { resolveWall, type Resolved } from './wall-time.js';

export type Cadence = 'weekly' | 'bi-weekly' | 'monthly';

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

/**
 * The starts of a series: `count` times from `first`, all at the same wall time in `zone`, across changes of the clocks.
 * Monthly keeps the weekday: the same one of the month as `first` (the last one, when `first` falls on the 29th or later).
 * Each occurrence is resolved on its own, so that one which falls into a clock change is refused alone.
 */
export function seriesOf(
  first: { readonly instant: string; readonly zone: string },
  cadence: Cadence,
  count: number,
): Resolved[] {
  const start = Temporal.Instant.from(first.instant).toZonedDateTimeISO(first.zone);
  const rest = wallTimes(start.toPlainDateTime(), cadence, count).slice(1);
  return [
    // The first was resolved by whoever chose it, perhaps by its offset: its wall time alone could be ambiguous.
    { ok: true, moment: first },
    ...rest.map((wall) => resolveWall(wall, first.zone)),
  ];
}

/** The recurrence knows no zone: it runs over wall time, written as UTC, which has no clock changes to stumble over. */
function wallTimes(first: Temporal.PlainDateTime, cadence: Cadence, count: number): Temporal.PlainDateTime[] {
  const dtstart = first.toZonedDateTime('UTC');
  const rule = new RRuleTemporal({ dtstart, tzid: 'UTC', count, ...recurrence(first, cadence) });
  return rule.all().map((zoned) => Temporal.PlainDateTime.from(zoned.toPlainDateTime().toString()));
}

function recurrence(first: Temporal.PlainDateTime, cadence: Cadence) {
  if (cadence !== 'monthly') return { freq: 'WEEKLY' as const, interval: cadence === 'weekly' ? 1 : 2 };
  const nth = first.day > 28 ? -1 : Math.ceil(first.day / 7);
  return { freq: 'MONTHLY' as const, byDay: [`${nth}${WEEKDAYS[first.dayOfWeek - 1]}`] };
}
