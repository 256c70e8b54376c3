import { Temporal } from 'temporal-polyfill';
import { WEEKDAYS, type WeeklyHours } from '../coaches/weekly-hours.js';

const WEEK = 7 * 24 * 60;

/**
 * Stretches of a week as from, to, from, to, … in minutes after Monday 00:00 UTC: ascending, apart from each other, and
 * wrapped at the end of the week. Flat, since a bulk run compares millions of them.
 */
export type WeekInUtc = readonly number[];

/**
 * A person's weekly hours as they fall in UTC in the ISO week of `on` ("YYYY-MM-DD"). A week in which the clocks change
 * takes each day at its own offset; a wall time that the change skips counts as the moment after it.
 */
export function weekInUtc(hours: WeeklyHours, on: string): WeekInUtc {
  const date = Temporal.PlainDate.from(on);
  const monday = date.subtract({ days: date.dayOfWeek - 1 });
  const start = monday.toZonedDateTime('UTC').epochMilliseconds;
  const stretches: [number, number][] = [];
  for (const { day, from, to } of hours.slots) {
    const local = monday.add({ days: WEEKDAYS.indexOf(day) });
    const begins = Math.round((instantOf(local, from, hours.zone) - start) / 60_000);
    const ends = Math.round((instantOf(local, to, hours.zone) - start) / 60_000);
    const wrapped = ((begins % WEEK) + WEEK) % WEEK;
    const until = wrapped + ends - begins;
    stretches.push([wrapped, Math.min(until, WEEK)]);
    if (until > WEEK) stretches.push([0, until - WEEK]);
  }
  return joined(stretches);
}

/** Minutes a week that lie in both. */
export function sharedMinutes(a: WeekInUtc, b: WeekInUtc): number {
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const both = Math.min(a[i + 1]!, b[j + 1]!) - Math.max(a[i]!, b[j]!);
    if (both > 0) shared += both;
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return shared;
}

/** Minutes a week in all. */
export function minutesOf(week: WeekInUtc): number {
  let minutes = 0;
  for (let i = 0; i < week.length; i += 2) minutes += week[i + 1]! - week[i]!;
  return minutes;
}

function instantOf(date: Temporal.PlainDate, time: string, zone: string): number {
  const day = time === '24:00' ? date.add({ days: 1 }) : date;
  const plainTime = Temporal.PlainTime.from(time === '24:00' ? '00:00' : time);
  return day.toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds;
}

function joined(stretches: [number, number][]): WeekInUtc {
  const week: number[] = [];
  for (const [from, to] of stretches.sort((a, b) => a[0] - b[0])) {
    if (from >= to) continue;
    const last = week.length - 1;
    if (last >= 0 && from <= week[last]!) week[last] = Math.max(week[last]!, to);
    else week.push(from, to);
  }
  return week;
}
