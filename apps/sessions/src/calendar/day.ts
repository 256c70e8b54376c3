import { Temporal } from 'temporal-polyfill';
import { iso } from './wall-time.js';

/** The day (YYYY-MM-DD) that the calendar of `zone` shows at `instant`. */
export const dayOf = (instant: string, zone: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();

/** The instant at which `day` begins in `zone`: where midnight is skipped, the first instant after it. */
export const startOfDay = (day: string, zone: string): string =>
  iso(Temporal.PlainDate.from(day).toZonedDateTime(zone).toInstant());

/** The instant at which `day` is over in `zone`, which is when the next one begins. */
export const endOfDay = (day: string, zone: string): string =>
  startOfDay(Temporal.PlainDate.from(day).add({ days: 1 }).toString(), zone);
