import { RefusedError } from '@cairn/decider';
import { START, type EventLog, type Position } from '@cairn/event-store';

/** `<service>-<generation of its log>-<position in it>`; the position is missing before the first event. */
export const FEED_PLACE = /^[a-z]+-\d{1,15}-(\d{16})?$/;

/** Where a reader of a feed stands. */
export interface FeedPlace {
  /** Whose feed it is. */
  readonly service: string;
  readonly generation: number;
  readonly position: Position;
}

export const placeText = ({ service, generation, position }: FeedPlace): string =>
  `${service}-${generation}-${position}`;

/**
 * The place that `after` names in the log of `service`; its beginning where it is undefined or empty.
 * @throws RefusedError 400 where it is of another service's feed. 409 where the log is no longer the one that the reader knew, or ends before that place: going on
 * from there would skip, without a word, what was written in its stead
 */
export async function placeIn(
  service: string,
  log: Pick<EventLog, 'generation' | 'head'>,
  after: string | undefined,
): Promise<FeedPlace> {
  const generation = await log.generation();
  if (after === undefined || after === '') return { service, generation, position: START };
  const [of, known, position] = after.split('-') as [string, string, Position];
  if (of !== service)
    throw new RefusedError({
      kind: 'malformed',
      slug: 'bad-query',
      detail: `That place is of the feed of ${of}, and this is the feed of ${service}: each has places of its own.`,
      errors: [{ pointer: '/after', detail: `must be the "next" of an earlier answer of ${service}` }],
    });
  if (Number(known) !== generation)
    throw new RefusedError({
      kind: 'conflict',
      slug: 'feed-began-anew',
      detail:
        'The log of this service has been made anew, restored or moved since that place was given. Read from the ' +
        'beginning (without after) and leave out events whose id you have already.',
    });
  const head = await log.head();
  if (position > head)
    throw new RefusedError({
      kind: 'conflict',
      slug: 'after-the-end-of-the-feed',
      detail:
        'The log ends before that place: it is not what it was when the place was given. Read from the beginning ' +
        '(without after) and leave out events whose id you have already; "head" is where the log ends.',
      extra: { head: placeText({ service, generation, position: head }) },
    });
  return { service, generation, position };
}
