import { Temporal } from 'temporal-polyfill';

export const HOUR = 3_600_000;
/** A day of a window or a threshold: 24 hours. Calendar days are counted by a `Zone`. */
export const DAY = 24 * HOUR;

/** Calendar arithmetic in one IANA time zone. Instants are milliseconds since 1970, days 'YYYY-MM-DD'. */
export interface Zone {
  readonly name: string;
  /** The first instant of a day. */
  startOf(day: string): number;
  /** The day that an instant lies on. */
  dayOf(at: number): string;
  /** Whole calendar days, or months, from one instant to another; never below 0. */
  whole(unit: 'days' | 'months', from: number, to: number): number;
  /** The same wall time that many days later. */
  plusDays(at: number, days: number): number;
}

const known = new Map<string, Zone>();

/** @throws RangeError for a name that is no time zone */
export function zoneOf(name: string): Zone {
  const found = known.get(name) ?? makeZone(name);
  known.set(name, found);
  return found;
}

function makeZone(name: string): Zone {
  const starts = new Map<string, number>();
  const zoned = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name);
  zoned(0);
  return {
    name,
    startOf(day) {
      let at = starts.get(day);
      if (at === undefined) {
        at = Temporal.PlainDate.from(day).toZonedDateTime(name).epochMilliseconds;
        starts.set(day, at);
      }
      return at;
    },
    dayOf: (at) => zoned(at).toPlainDate().toString(),
    whole: (unit, from, to) => (to <= from ? 0 : zoned(from).until(zoned(to), { largestUnit: unit })[unit]),
    plusDays: (at, days) => zoned(at).add({ days }).epochMilliseconds,
  };
}

/** The day after. */
export const nextDay = (day: string): string => Temporal.PlainDate.from(day).add({ days: 1 }).toString();

/** Days from one day to another. */
export const daysBetween = (from: string, to: string): number =>
  Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days;
