import type { FeedEvent } from '../feed.js';
import { mean } from './facts.js';

/** Before and after: means over the people of whom there are both. */
export interface Change {
  readonly people: number;
  readonly before: number;
  readonly after: number;
}

/** What colleagues see of the goal's theme: each person's first batch, and their last. */
export const pulseChange = (events: readonly FeedEvent[]): Change =>
  changeOf(
    [
      ...Map.groupBy(
        events.filter(({ name, data }) => name === 'PulsesReleased' && data.item === 'theme-behaviour'),
        ({ data }) => data.personId,
      ).values(),
    ].map((own) => ({
      before: own.slice(0, 1).map(({ data }) => data.mean as number),
      after: own
        .slice(1)
        .slice(-1)
        .map(({ data }) => data.mean as number),
    })),
  );

/** What the questionnaire says, as the coachees see themselves or as others do: each person's mean over themes. */
export function assessedChange(events: readonly FeedEvent[], by: 'self' | 'others'): Change {
  const released = Map.groupBy(
    events.filter(({ name }) => name === 'ResultsReleased'),
    ({ data }) => data.personId,
  );
  return changeOf(
    [...released.values()].map((own) => {
      const of = (moment: string) =>
        own
          .filter(({ data }) => data.moment === moment)
          .flatMap(({ data }) => data.results as { category: string; mean: number }[])
          .filter(({ category }) => (category === 'self') === (by === 'self'))
          .map(({ mean }) => mean);
      return { before: of('baseline'), after: of('followUp') };
    }),
  );
}

function changeOf(people: readonly { before: readonly number[]; after: readonly number[] }[]): Change {
  const both = people.filter(({ before, after }) => before.length > 0 && after.length > 0);
  return {
    people: both.length,
    before: mean(both.map(({ before }) => mean(before))),
    after: mean(both.map(({ after }) => mean(after))),
  };
}
