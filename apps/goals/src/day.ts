import { Temporal } from 'temporal-polyfill';

/** The day (YYYY-MM-DD) that the calendar of `zone` shows at `instant`. */
export const dayOf = (instant: string, zone: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();
