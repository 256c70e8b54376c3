import { Temporal } from 'temporal-polyfill';

/** Calendar days as YYYY-MM-DD, and instants as ISO 8601 in UTC. */
export type Day = string;
export type Instant = string;

export const addDays = (day: Day, days: number): Day => Temporal.PlainDate.from(day).add({ days }).toString();
export const addMonths = (day: Day, months: number): Day =>
  Temporal.PlainDate.from(day).add({ months }).toString();
export const daysBetween = (from: Day, to: Day): number =>
  Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days;

/** The instant of a wall time in a zone; one that clocks skip moves forward by the gap. */
export const instantOf = (day: Day, time: string, zone: string): Instant =>
  new Date(
    Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(zone).epochMilliseconds,
  ).toISOString();

export const dayOf = (instant: Instant, zone: string): Day =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();

export const hoursAfter = (instant: Instant, hours: number): Instant =>
  new Date(Date.parse(instant) + hours * 3_600_000).toISOString();

/** Monday is 1. */
export const weekdayOf = (day: Day): number => Temporal.PlainDate.from(day).dayOfWeek;
