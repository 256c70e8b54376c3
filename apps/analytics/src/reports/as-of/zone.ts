import { Temporal } from 'temporal-polyfill';

export const HOUR = 3_600_000;
/** A day of a window or a threshold: 24 hours. Calendar days are counted by a `Zone`. */
export const DAY = 24 * HOUR;

/** Since 1973 every zone's offset is whole quarters of an hour: within one, the day does not change. */
const QUARTER = HOUR / 4;
const SINCE_QUARTERS = Date.UTC(1973, 0, 1);

/** Calendar arithmetic in one IANA time zone. Instants are milliseconds since 1970, days 'YYYY-MM-DD'. */
export interface Zone {
  readonly name: string;
  /** The first instant of a day. */
  startOf(day: string): number;
  /** The day that an instant lies on. */
  dayOf(at: number): string;
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
  const days = new Map<number, string>();
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
    dayOf(at) {
      if (at < SINCE_QUARTERS) return zoned(at).toPlainDate().toString();
      const quarter = Math.floor(at / QUARTER);
      let day = days.get(quarter);
      if (day === undefined) {
        day = zoned(quarter * QUARTER)
          .toPlainDate()
          .toString();
        days.set(quarter, day);
      }
      return day;
    },
  };
}

/** So many days later; earlier where negative. */
export const plusDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);

/** Whole months from one day to another, negative where it is earlier. Asked of everybody in every breakdown: no calendar is made for it. */
export function monthsBetween(from: string, to: string): number {
  const months = monthOf(to) - monthOf(from);
  const days = Number(to.slice(8)) - Number(from.slice(8));
  if (months > 0 && days < 0) return months - 1;
  return months < 0 && days > 0 ? months + 1 : months;
}

const monthOf = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));

/** Days from one day to another. */
export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY;
