import type { Json } from '../api/client.js';
import { addMonths, dayOf, instantOf } from '../days.js';
import { termsOf, ZONE, type Programme } from '../programme.js';
import { isOutcome, toldAs } from '../report/by-source.js';
import { heading, say, table } from '../report/print.js';
import type { Read } from '../report/report.js';
import { opinions, opinionsByCohort, type ByCohort } from './arithmetic/opinions.js';
import type { FeedEvent } from './feed.js';

/**
 * What HR will be told of what people think, once the month in which it was learnt is over: nothing of it is told before.
 * @returns what they will be told by cohort, of each measure
 */
export function foretell(
  { opinions: told }: Pick<Read, 'opinions'>,
  events: readonly FeedEvent[],
  programme: Programme,
): ReadonlyMap<string, ByCohort> {
  const totals: Json[] = told.items.filter(({ group }: Json) => group === null);
  const next = addMonths(`${dayOf(told.asOf, ZONE).slice(0, 7)}-01`, 1);
  const then = instantOf(next, '00:00', ZONE);
  const byCohort = opinionsByCohort(events, termsOf(programme), then);
  if (totals.some(({ value }) => value !== null)) return byCohort;
  const coming = opinions(events, termsOf(programme), then);
  heading(`What HR will be told from ${next} on, worked out from the feeds that only the integration reads`);
  table([
    ['WHO SAYS SO', 'MEASURE', 'VALUE'],
    ...totals.map(({ source, id, item }) => [
      source,
      `${id}, ${item}`,
      toldAs({ id, ...coming.get(`${source} ${id} ${item}`)! }),
    ]),
  ]);
  say(
    '\n  Values are told in steps, so the whole need not be the mean of its groups; withheld is what too few have said.',
  );
  const { cohorts } = programme;
  if (cohorts.length < 2) return byCohort;
  say('\n  By cohort, as /outcomes?dimension=cohort says then:');
  table([
    ['WHO SAYS SO', 'MEASURE', ...cohorts.map(({ name }) => name.toUpperCase())],
    ...totals.filter(isOutcome).map(({ source, id, item }) => [
      source,
      `${id}, ${item}`,
      ...cohorts.map(({ cohortId }) => {
        const one = byCohort.get(`${source} ${id} ${item}`)?.get(cohortId);
        return one ? toldAs({ id, ...one }) : 'withheld';
      }),
    ]),
  ]);
  return byCohort;
}
