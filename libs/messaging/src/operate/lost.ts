import type { Pool } from 'pg';
import { isBeyond } from '../mark.js';
import { lettersOf, type DeadLetter } from './dead-letters.js';

/** A place in a service's log. */
export interface Place {
  /** The log's generation. */
  readonly log: number;
  readonly position: string;
}

/** What a service has published and its log no longer has, since it was restored from a backup: all between two places. */
export interface LostEvents {
  readonly source: string;
  readonly after: Place;
  readonly before: Place;
}

const placeText = ({ log, position }: Place): string => `${log}.${position}`;

/** For a command line, to be read by `lostOf`. */
export const lostText = ({ source, after, before }: LostEvents): string =>
  `${source}:${placeText(after)}-${placeText(before)}`;

/** Undefined where the text is none of `lostText`. */
export function lostOf(text: string): LostEvents | undefined {
  const [, source, from, after, to, before] =
    /^([a-z]+):(\d{1,15})\.(\d*)-(\d{1,15})\.(\d*)$/.exec(text) ?? [];
  return source === undefined
    ? undefined
    : {
        source,
        after: { log: Number(from), position: after! },
        before: { log: Number(to), position: before! },
      };
}

/** Of a message's text, where it says so; what cannot be read was sent by no relay of ours. */
function placeOf(value: Buffer): Place | undefined {
  try {
    const { log, logposition } = JSON.parse(value.toString('utf8')) as Record<string, unknown>;
    return typeof logposition === 'string' ? { log: Number(log), position: logposition } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The open dead letters, oldest first, of events that their source no longer has; also those that are merely held.
 * @throws UnknownGroup
 */
export async function listLostLetters(
  pool: Pool,
  { source, after, before }: LostEvents,
  group?: string,
): Promise<DeadLetter[]> {
  const lost: DeadLetter[] = [];
  for await (const { value, ...letter } of lettersOf(pool, source, group)) {
    const place = placeOf(value);
    // Of one stored event several may have been made.
    const isLost =
      place &&
      isBeyond({ ...place, index: 0 }, { ...after, index: Infinity }) &&
      isBeyond({ ...before, index: 0 }, { ...place, index: 0 });
    if (isLost) lost.push(letter);
  }
  return lost;
}
