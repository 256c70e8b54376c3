import { Temporal } from 'temporal-polyfill';

const instant = (zoned: Temporal.ZonedDateTime): string => new Date(zoned.epochMilliseconds).toISOString();

/** The calendar day on which `at` falls in `zone`. */
export const dayIn = (zone: string, at: string): string =>
  Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainDate().toString();

/** The instant at which `day` is over in `zone`: the start of the next one. */
export const endOfDay = (zone: string, day: string): string =>
  instant(Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(zone));

/** The deadline of an invitation sent at `at`: the end of the `days`-th day after it, in the programme's zone. */
export const deadlineAfter = (zone: string, at: string, days: number): string =>
  endOfDay(zone, dayAfter(dayIn(zone, at), days));

/** The day so many days after another. */
export const dayAfter = (day: string, days: number): string =>
  Temporal.PlainDate.from(day).add({ days }).toString();
