import type { Client, Json } from '../api/client.js';
import type { Programme } from '../programme.js';
import { dayOf } from '../days.js';
import { faint, fixed, heading, percent, say, table } from './print.js';

export interface Read {
  readonly overview: Json;
  readonly funnel: Json;
  readonly between: Json;
  readonly themes: Json;
  readonly baseline: Json;
}

/** What HR reads of a programme, as of one moment; the baseline is one of the people, before it. */
export async function readReport(
  client: Client,
  { programId }: Programme,
  baselinePath: string,
  asOf: string,
): Promise<Read> {
  const of = (page: string) =>
    client.get(`/analytics/v1/programs/${programId}/${page}${page.includes('?') ? '&' : '?'}asOf=${asOf}`);
  const [overview, funnel, between, themes, baseline] = await Promise.all([
    of('overview'),
    of('funnel'),
    of('between-sessions?limit=500'),
    of('themes'),
    client.get(baselinePath),
  ]);
  return { overview, funnel, between, themes, baseline };
}

/** The total of a metric: its row without a group. */
export const totalOf = (answer: Json, id: string): Json =>
  answer.items.find((item: Json) => item.id === id && item.group === null);

const DAYS = new Set(['time-to-match', 'time-to-first-session']);

function shown({ id, value }: Json, currency: string): string {
  if (value === null) return '–';
  if (DAYS.has(id)) return `${fixed(value)} days`;
  if (id === 'cost-to-date') return `${value.toLocaleString('en')} ${currency}`;
  if (id === 'goal-attainment') return `${value >= 0 ? '+' : ''}${fixed(value)} T`;
  if (id === 'match-fit') return fixed(value, 2);
  return percent(value);
}

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Names of people, from enrolment, the only service that has them. */
export type NameOf = (personId: string) => string;

export function printReport(
  { overview, funnel, between }: Read,
  nameOf: NameOf,
  referenceOf: NameOf,
  asOf: string,
): void {
  heading(`What HR sees, as of ${dayOf(asOf, overview.program.zone)}`);
  say(
    faint(
      `  ${overview.program.name}, ${overview.program.startsOn} to ${overview.program.endsOn}; complete: ${overview.complete}`,
    ),
  );

  heading('Who came how far');
  table([['STAGE', 'PEOPLE'], ...funnel.items.map((item: Json) => [item.group, item.numerator])]);

  heading('Between sessions: what happens, and who needs a word');
  const signals = ({ signals }: Json): number => signals.length;
  const since = ({ signals }: Json): string => signals[0]?.since ?? '9';
  const byNeed = (a: Json, b: Json): number =>
    signals(b) - signals(a) ||
    compared(since(a), since(b)) ||
    compared(nameOf(a.personId), nameOf(b.personId)) ||
    compared(referenceOf(a.personId), referenceOf(b.personId));
  for (const item of [...between.items].sort(byNeed).slice(0, 3)) {
    const before =
      item.daysSinceLastSession === null
        ? 'no session held yet'
        : `last session ${item.daysSinceLastSession} days ago`;
    const next =
      item.daysUntilNextSession === null ? 'none booked' : `next in ${item.daysUntilNextSession} days`;
    say(`  ${nameOf(item.personId)}: ${before}, ${next}`);
    if (signals(item) === 0)
      say(
        `    on track: ${item.practice.reported} of ${item.practice.committed} practices reported since, ${item.movement.forward} steps forward`,
      );
    for (const signal of item.signals)
      say(`    ${signal.signal}, since ${signal.since.slice(0, 10)}: ${signal.reason}`);
    say(`    next: ${item.suggestedAction?.text ?? 'nothing to do'}`);
  }
  say(
    faint(
      `  ${between.items.length} under way, ${between.items.filter((item: Json) => item.signals.length > 0).length} with signals`,
    ),
  );

  heading('Outcomes so far');
  const { currency } = overview.program.costPerSession;
  table([
    ['METRIC', 'VALUE', 'OF', 'SOURCE'],
    ...overview.items
      .filter((item: Json) => item.group === null && item.id !== 'cost-to-date')
      .map((item: Json) => [
        item.id,
        shown(item, currency),
        item.denominator === null ? '' : `${fixed(item.numerator, 0)} / ${fixed(item.denominator, 0)}`,
        item.source,
      ]),
  ]);

  heading('What is withheld, and why');
  say(
    '  Ratings, session themes and scores given by coaches are opinions: no aggregate of them is shown, and never one of a person.',
  );
  say('  What was said, and the words of goals and notes, stays between coachee and coach.');
  const withheld = overview.items.filter((item: Json) => item.withheld !== null);
  if (withheld.length > 0) say(`  ${withheld.length} figures: ${JSON.stringify(withheld[0].withheld)}`);

  heading('Cost to date');
  const cost = totalOf(overview, 'cost-to-date');
  say(`  ${cost ? shown(cost, currency) : '–'}`);
}

/** The manager baseline: HR's first page. */
export function printBaseline(baseline: Json, nameOf: NameOf): void {
  heading(`Before any coaching: ${baseline.from} to ${baseline.to}`);
  const { totals } = baseline;
  say(
    `  ${totals.employedOnFirstDay} people were employed on the first day; ${totals.left} of them left, ${totals.leftVoluntarily} by their own wish.` +
      ` The team of ${totals.unknownTeam} is not known.`,
  );
  const worst = [...baseline.items]
    .sort((a: Json, b: Json) => b.left - a.left || compared(nameOf(a.managerId), nameOf(b.managerId)))
    .slice(0, 5);
  table([
    ['MANAGER', 'TEAM', 'LEFT', 'VOLUNTARILY', 'ENGAGEMENT', 'BELOW STANDARD'],
    ...worst.map((one: Json) => [
      nameOf(one.managerId),
      one.teamSizeOnFirstDay,
      one.left,
      one.leftVoluntarily,
      one.engagementMean === null ? 'withheld' : fixed(one.engagementMean, 2),
      one.belowStandard,
    ]),
  ]);
}
