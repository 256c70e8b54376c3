import { Temporal } from 'temporal-polyfill';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A stretch of one weekday in local wall time, "HH:MM"; `to` is after `from` and may be "24:00". */
export interface WeeklySlot {
  readonly day: Weekday;
  readonly from: string;
  readonly to: string;
}

/** When a person can be met in an ordinary week: wall times in an IANA zone. */
export interface WeeklyHours {
  readonly zone: string;
  readonly slots: readonly WeeklySlot[];
}

const SLOT = /^([a-z]{3})(?:-([a-z]{3}))?\s+(.+)$/;
const TIMES = /^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$/;

/**
 * Reads "mon 09:00-17:00; tue-thu 9:00-12:00, 13:00-17:00"; entries are separated by `;` or `|`.
 * @returns the slots in the order of the week, or undefined where any entry cannot be read
 */
export function parseSlots(text: string): WeeklySlot[] | undefined {
  const slots: WeeklySlot[] = [];
  for (const entry of text.toLowerCase().split(/[;|]/)) {
    if (entry.trim() === '') continue;
    const parts = SLOT.exec(entry.trim());
    const days = parts && daysFrom(parts[1]!, parts[2] ?? parts[1]!);
    if (!days) return undefined;
    for (const range of parts[3]!.split(',')) {
      const times = timesOf(range.trim());
      if (!times) return undefined;
      for (const day of days) slots.push({ day, ...times });
    }
  }
  return slots.sort((a, b) => weekOrder(a) - weekOrder(b));
}

/** The inverse of `parseSlots`, one entry a slot. */
export function formatSlots(slots: readonly WeeklySlot[]): string {
  return slots.map(({ day, from, to }) => `${day} ${from}-${to}`).join('; ');
}

/** Minutes from midnight of a wall time "HH:MM". */
export function minuteOfDay(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** Whether `zone` is an IANA zone that this runtime knows. A bare offset such as "+02:00" is none: it has no DST. */
export function isIanaZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    Temporal.PlainDate.from('2000-01-01').toZonedDateTime(zone);
    return true;
  } catch {
    return false;
  }
}

function daysFrom(first: string, last: string): readonly Weekday[] | undefined {
  const from = WEEKDAYS.indexOf(first as Weekday);
  const to = WEEKDAYS.indexOf(last as Weekday);
  return from < 0 || to < from ? undefined : WEEKDAYS.slice(from, to + 1);
}

function timesOf(range: string): Pick<WeeklySlot, 'from' | 'to'> | undefined {
  const [, fromHour, fromMinute, toHour, toMinute] = TIMES.exec(range) ?? [];
  if (fromHour === undefined) return undefined;
  if (Number(fromMinute) > 59 || Number(toMinute) > 59) return undefined;
  const from = `${fromHour.padStart(2, '0')}:${fromMinute}`;
  const to = `${toHour!.padStart(2, '0')}:${toMinute}`;
  return minuteOfDay(to) <= 24 * 60 && minuteOfDay(from) < minuteOfDay(to) ? { from, to } : undefined;
}

function weekOrder({ day, from }: WeeklySlot): number {
  return WEEKDAYS.indexOf(day) * 24 * 60 + minuteOfDay(from);
}
