/** Tokens that a date format may use; everything else in it must stand in the text as it is. */
const tokens: Record<string, string> = {
  YYYY: '(?<year>\\d{4})',
  YY: '(?<short>\\d{2})',
  MMM: '(?<name>[A-Za-z]{3})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{2})',
  D: '(?<day>\\d{1,2})',
};
const token = /YYYY|YY|MMM|MM|M|DD|D/g;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Databases and spreadsheets append midnight to a day. */
const midnight = /[ T]0?0:00(:00(\.0+)?)?Z?$/;

export type DateReading =
  | { readonly ok: true; readonly day: string }
  | { readonly ok: false; readonly code: 'unreadable-date' | 'ambiguous-date' };

/** A format is usable if it has one each of day, month and year. */
export function isDateFormat(format: string): boolean {
  const kinds = (format.match(token) ?? []).map((found) => found[0]);
  return kinds.length === 3 && new Set(kinds).size === 3 && !/[A-Za-z]/.test(format.replace(token, ''));
}

/** Two-digit years need a pivot: below it they are 20xx, from it on 19xx. */
export const needsPivot = (format: string): boolean => /(^|[^Y])YY($|[^Y])/.test(format);

/**
 * Reads days in any of the formats as 'YYYY-MM-DD'. A text that two formats read as different days is ambiguous, not
 * guessed. Same text, same string: a million rows share a few thousand days.
 */
export function dayReader(
  formats: readonly string[],
  pivot: number | undefined,
): (text: string) => DateReading {
  const patterns = formats.map((format) => {
    const escaped = format.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    return new RegExp(`^${escaped.replace(token, (found) => tokens[found]!)}$`);
  });
  const known = new Map<string, DateReading>();
  return (text) => {
    let reading = known.get(text);
    if (!reading) {
      const days = new Set(patterns.map((pattern) => dayBy(pattern, text.replace(midnight, ''), pivot)));
      days.delete(undefined);
      const [day] = days;
      if (days.size > 1) reading = { ok: false, code: 'ambiguous-date' };
      else reading = day ? { ok: true, day } : { ok: false, code: 'unreadable-date' };
      // A column of nonsense must not fill the memory.
      if (known.size < 100_000) known.set(text, reading);
    }
    return reading;
  };
}

function dayBy(pattern: RegExp, text: string, pivot: number | undefined): string | undefined {
  const found = pattern.exec(text)?.groups;
  if (!found) return undefined;
  const short = Number(found['short']);
  const year = found['year'] ? Number(found['year']) : short + (short < (pivot ?? 0) ? 2000 : 1900);
  const month = found['name'] ? months.indexOf(found['name'].toLowerCase()) + 1 : Number(found['month']);
  return dayOf(year, month, Number(found['day']));
}

/** 'YYYY-MM-DD', or undefined where there is no such day between 1900 and 2199. */
function dayOf(year: number, month: number, day: number): string | undefined {
  if (year < 1900 || year > 2199) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.toISOString().slice(0, 10);
}

/** Whether the text is a real day written YYYY-MM-DD. */
export function isDay(text: string): boolean {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return found !== null && dayOf(Number(found[1]), Number(found[2]), Number(found[3])) === text;
}
