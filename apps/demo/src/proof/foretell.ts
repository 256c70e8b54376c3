import type { Json } from '../api/client.js';
import { addMonths, dayOf, instantOf } from '../days.js';
import { termsOf, ZONE, type Programme } from '../programme.js';
import { toldAs } from '../report/by-source.js';
import { heading, table } from '../report/print.js';
import type { Read } from '../report/report.js';
import { opinions } from './arithmetic/opinions.js';
import type { FeedEvent } from './feed.js';

/** What HR will be told of what people think, once the month in which it was learnt is over: nothing of it is told before. */
export function foretell(
  { opinions: told }: Pick<Read, 'opinions'>,
  events: readonly FeedEvent[],
  programme: Programme,
): void {
  const totals: Json[] = told.items.filter(({ group }: Json) => group === null);
  if (totals.some(({ value }) => value !== null)) return;
  const next = addMonths(`${dayOf(told.asOf, ZONE).slice(0, 7)}-01`, 1);
  const coming = opinions(events, termsOf(programme), instantOf(next, '00:00', ZONE));
  heading(`What HR will be told from ${next} on, worked out from the feeds that only the integration reads`);
  table([
    ['WHO SAYS SO', 'MEASURE', 'VALUE'],
    ...totals.map(({ source, id, item }) => [
      source,
      `${id}, ${item}`,
      toldAs({ id, ...coming.get(`${source} ${id} ${item}`)! }),
    ]),
  ]);
}
