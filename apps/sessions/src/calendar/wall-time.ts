import type { Refusal } from '@cairn/decider';
import { Temporal } from 'temporal-polyfill';

/** A point in time as people agree on it: the instant (ISO 8601, UTC, with ms) and the zone whose wall clock counts. */
export interface Moment {
  readonly instant: string;
  readonly zone: string;
}

export type Resolved =
  { readonly ok: true; readonly moment: Moment } | { readonly ok: false; readonly refusal: Refusal };

const SHAPE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Reads a time as a client writes it: a wall time (`2026-03-29T09:00`) in an IANA zone, or an instant with `Z` or an offset
 * and a zone. A wall time that the zone's clocks skip or show twice is refused with both choices (RFC 5545 would guess).
 */
export function resolveTime(text: string, zone: string | undefined, pointer = '/startsAt'): Resolved {
  const parts = SHAPE.exec(text);
  if (parts === null || !isDate(text))
    return no('not-a-time', `"${shown(text)}" is not a time such as 2026-03-02T09:00.`, pointer);
  if (zone === undefined)
    return no(
      'zone-required',
      'Give the IANA zone too, such as Europe/Berlin: an offset does not say when clocks change.',
      '/zone',
    );
  if (!isZone(zone))
    return no(
      'unknown-zone',
      `"${shown(zone)}" is no IANA zone that is known here, such as Europe/Berlin.`,
      '/zone',
    );
  if (parts[1] === undefined) return resolveWall(Temporal.PlainDateTime.from(text), zone, pointer);
  if (parts[1] === 'Z') return yes(Temporal.Instant.from(text), zone);
  const claimed = Temporal.Instant.from(text);
  const there = claimed.toZonedDateTimeISO(zone);
  if (there.offset === parts[1]) return yes(claimed, zone);
  return no(
    'offset-not-of-zone',
    `${zone} is at ${there.offset} then, not at ${parts[1]}.`,
    pointer,
    choicesOf(Temporal.PlainDateTime.from(text), zone),
  );
}

/** The instant at which the clocks of `zone` show `wall`; refused where that is no instant or two. */
export function resolveWall(wall: Temporal.PlainDateTime, zone: string, pointer = '/startsAt'): Resolved {
  const choices = choicesOf(wall, zone);
  if (choices.length === 1) return yes(Temporal.Instant.from(choices[0]!), zone);
  const skipped = !choices[0]!.startsWith(wall.toString({ smallestUnit: 'minute' }));
  const what = skipped ? 'does not exist' : 'happens twice';
  return no(
    skipped ? 'local-time-does-not-exist' : 'local-time-ambiguous',
    `${wall.toString()} ${what} in ${zone}, because clocks change. Choose ${choices.join(' or ')}.`,
    pointer,
    choices,
  );
}

/** True for a name of the IANA time zone database; an offset such as +02:00 is none. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(zone)) return false;
  try {
    return new Temporal.ZonedDateTime(0n, zone).timeZoneId !== '';
  } catch {
    return false;
  }
}

/** ISO 8601 in UTC with milliseconds: the one form in which instants are stored and compared. */
export const iso = (instant: Temporal.Instant): string => instant.toString({ fractionalSecondDigits: 3 });

function choicesOf(wall: Temporal.PlainDateTime, zone: string): string[] {
  const earlier = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const later = wall.toZonedDateTime(zone, { disambiguation: 'later' });
  const text = (z: Temporal.ZonedDateTime) => z.toString({ timeZoneName: 'never' });
  return earlier.equals(later) ? [text(earlier)] : [text(earlier), text(later)];
}

function isDate(text: string): boolean {
  try {
    Temporal.PlainDateTime.from(text.replace(/Z$/, ''));
    return true;
  } catch {
    return false;
  }
}

const yes = (instant: Temporal.Instant, zone: string): Resolved => ({
  ok: true,
  moment: { instant: iso(instant), zone },
});

const no = (slug: string, detail: string, pointer: string, choices?: readonly string[]): Resolved => ({
  ok: false,
  refusal: {
    kind: 'invalid',
    slug,
    detail,
    errors: [{ pointer, detail }],
    ...(choices && { extra: { choices } }),
  },
});

const shown = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
