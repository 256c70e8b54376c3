import type { Client, Json } from '../api/client.js';
import type { Programme } from '../programme.js';
import { dayOf } from '../days.js';
import { printBySource, printMatches, printWithheld } from './by-source.js';
import { counted, faint, fixed, heading, percent, say, table } from './print.js';

export interface Read {
  readonly overview: Json;
  readonly funnel: Json;
  readonly between: Json;
  readonly themes: Json;
  readonly baseline: Json;
  /** What people think, as far as HR is told of it by now. */
  readonly opinions: Json;
  /** Self-scored goal attainment of each cohort. */
  readonly byCohort: Json;
  readonly matches: Json;
  readonly assessments: Json;
}

/** What HR reads of a programme, as of one moment; the baseline is one of the people, before it. */
export async function readReport(
  client: Client,
  { programId }: Programme,
  baselinePath: string,
  asOf: string,
): Promise<Read> {
  const program = `/analytics/v1/programs/${programId}`;
  const of = (page: string) => client.get(`${program}/${page}?asOf=${asOf}`);
  const [overview, funnel, between, themes, baseline, opinions, byCohort, matches, assessments] =
    await Promise.all([
      of('overview'),
      of('funnel'),
      client.list(`${program}/between-sessions?asOf=${asOf}`),
      of('themes'),
      client.list(baselinePath),
      // Told by when they were learnt, which was today.
      client.get(`${program}/opinions`),
      client.get(`${program}/metrics?metric=goal-attainment&dimension=cohort&asOf=${asOf}`),
      client.list(`/enrollment/v1/matches?programId=${programId}`),
      client.list(`/enrollment/v1/assessments?programId=${programId}`),
    ]);
  return { overview, funnel, between, themes, baseline, opinions, byCohort, matches, assessments };
}

/** The total of a metric: its row without a group. */
export const totalOf = (answer: Json, id: string): Json =>
  answer.items.find((item: Json) => item.id === id && item.group === null);

const DAYS = new Set(['time-to-match', 'time-to-rematch', 'time-to-first-session']);
/** Told elsewhere: cost at the end, and themes one by one. */
const NOT_IN_TABLE = new Set(['cost-to-date', 'theme-share']);
/** Their numerator is a sum of scores, no count. */
const SUMS: Readonly<Record<string, number>> = { 'match-fit': 2, 'goal-attainment': 1 };

const partOf = ({ id, numerator, denominator }: Json): string =>
  denominator === null ? '' : `${fixed(numerator, SUMS[id] ?? 0)} / ${denominator}`;

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
  read: Read,
  { cohorts }: Pick<Programme, 'cohorts'>,
  nameOf: NameOf,
  referenceOf: NameOf,
  asOf: string,
): void {
  const { overview, funnel, between, themes } = read;
  const { name, startsOn, endsOn, zone, costPerSession } = overview.program;
  heading(`What HR sees, as of ${dayOf(asOf, zone)}`);
  const whole = overview.complete ? '' : '; some of what happened by then has not arrived yet';
  say(faint(`  ${name}, ${startsOn} to ${endsOn}${whole}`));

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
    const { daysSinceLastSession: since, daysUntilNextSession: until, practice, movement } = item;
    const before = since === null ? 'no session held yet' : `last session ${counted(since, 'day')} ago`;
    const next = until === null ? 'none booked' : `next in ${counted(until, 'day')}`;
    say(`  ${nameOf(item.personId)}: ${before}, ${next}`);
    if (signals(item) === 0)
      say(
        `    on track; since then ${counted(practice.committed, 'practice')} agreed, ${practice.reported} reported, ` +
          `and ${counted(movement.forward, 'step')} forward`,
      );
    for (const signal of item.signals)
      say(`    ${signal.signal}, since ${dayOf(signal.since, zone)}: ${signal.reason}`);
    say(`    next: ${item.suggestedAction?.text ?? 'nothing to do'}`);
  }
  say(
    faint(
      `  ${between.items.length} under way, ${between.items.filter((item: Json) => item.signals.length > 0).length} with signals`,
    ),
  );

  heading('Outcomes so far');
  const currency = costPerSession?.currency;
  const figures: Json[] = overview.items.filter(({ group }: Json) => group === null);
  table([
    ['METRIC', 'VALUE', 'OF', 'SOURCE'],
    ...figures
      .filter(({ id }) => !NOT_IN_TABLE.has(id))
      .map((item) => [item.id, shown(item, currency), partOf(item), item.source]),
  ]);

  heading('What the goals are about');
  table([
    ['THEME', 'GOALS', 'PEOPLE'],
    ...themes.items
      .filter(({ group }: Json) => group !== null)
      .map((item: Json) => [item.group, item.numerator, item.n]),
  ]);

  printBySource(read, cohorts);
  printMatches(read, nameOf);
  printWithheld(read);

  heading('Cost to date');
  const cost = totalOf(overview, 'cost-to-date');
  say(`  ${cost ? shown(cost, currency) : '–'}`);
}

/** The manager baseline: HR's first page. */
export function printBaseline(baseline: Json, nameOf: NameOf): void {
  heading(`Before any coaching: ${baseline.from} to ${baseline.to}`);
  const { totals } = baseline;
  say(
    `  ${counted(totals.employedOnFirstDay, 'person was', 'people were')} employed on the first day; ` +
      `${totals.left} of them left, ${totals.leftVoluntarily} by their own wish.`,
  );
  if (totals.unknownTeam > 0)
    say(
      `  Of ${totals.unknownTeam} it is not known whose team they were in: their manager came later, or had left.`,
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
