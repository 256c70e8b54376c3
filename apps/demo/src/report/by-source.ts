import type { Json } from '../api/client.js';
import { dayOf } from '../days.js';
import type { Cohort } from '../programme.js';
import { counted, fixed, heading, percent, say, table } from './print.js';
import type { Read } from './report.js';

/** What somebody says of themself, what others observe, what the workplace sees: side by side, as HR is told it by now. */
export function printBySource({ opinions, byCohort }: Read, cohorts: readonly Cohort[]): void {
  heading('Outcomes by who says so');
  const rows: [string, string, string, string][] = [{ cohortId: null, name: 'all' }, ...cohorts].flatMap(
    ({ cohortId, name }) =>
      byCohort.items
        .filter(({ group }: Json) => group === cohortId)
        .map(({ id, source, value }: Json) => [
          source,
          `${id}, change`,
          name,
          value === null ? '–' : `${value < 0 ? '' : '+'}${fixed(value)} T`,
        ]),
  );
  const totals: Json[] = opinions.items.filter(({ group }: Json) => group === null);
  for (const own of Map.groupBy(totals, ({ id, source }) => `${id} ${source}`).values()) {
    const [{ id, source }] = own;
    // What is withheld looks the same, item by item.
    if (own.every(({ value }) => value === null)) {
      rows.push([source, own.length === 1 ? `${id}, ${own[0].item}` : id, 'all', 'not told yet']);
      continue;
    }
    for (const one of own) rows.push([source, `${id}, ${one.item}`, 'all', toldAs(one)]);
  }
  table([
    ['WHO SAYS SO', 'MEASURE', 'OF', 'VALUE'],
    ...rows.toSorted((a, b) => SOURCES.indexOf(a[0]) - SOURCES.indexOf(b[0])),
  ]);
}

/** What is told by cohort beside each other; of the rest more is told otherwise. */
export const isOutcome = ({ id }: Json): boolean =>
  ['goal-attainment', 'behaviour-change', ...WORKPLACE].includes(id);

const WORKPLACE = [
  'theme-behaviour',
  'one-to-ones-held',
  'development-conversations',
  'manager-effectiveness',
];
const SOURCES = ['self-reported', 'observed', 'workplace'];
const BOUNDS: Readonly<Record<string, string>> = { 'at-least': 'at least ', 'at-most': 'at most ' };

/** One figure of what people think, on its scale. */
export function toldAs({
  id,
  value,
  bound,
}: {
  readonly id: string;
  readonly value: number | null;
  readonly bound: string | null;
}): string {
  if (value === null) return 'not told';
  const figure: Readonly<Record<string, () => string>> = {
    satisfaction: () => `${fixed(value, 2)} of 5`,
    nps: () => `${value > 0 ? '+' : ''}${fixed(value, 0)}`,
    'theme-share': () => percent(value),
    'rematch-offers': () => percent(value),
    'rematch-reasons': () => percent(value),
    // From −1, not right, to 1, good.
    'fit-signals': () => `${value > 0 ? '+' : ''}${fixed(value, 2)}`,
    'goal-attainment': () => `T ${fixed(value)}`,
    'behaviour-change': () => `${value > 0 ? '+' : ''}${fixed(value, 2)}`,
  };
  return `${BOUNDS[bound ?? ''] ?? ''}${figure[id]?.() ?? `${fixed(value, 2)} of 7`}`;
}

/** Who has had another coach: never why, or who asked. */
export function printMatches({ matches }: Read, nameOf: (personId: string) => string): void {
  const again = matches.items.filter(({ kind }: Json) => kind === 'rematch');
  if (again.length === 0) return;
  heading('Coaches');
  for (const { personId } of again) say(`  ${nameOf(personId)} has had another coach`);
}

/** What nobody is shown, or not yet, and the reason of each. */
export function printWithheld({ overview, baseline, opinions, assessments }: Read): void {
  const { zone, minimumGroup } = overview.program;
  heading('What is withheld, and why');
  const thought: Json[] = opinions.items;
  if (thought.some(({ value }) => value === null)) {
    say(
      '  What people think (ratings, recommendation, session themes, scores by coaches, pulses) is told as',
    );
    say(
      `  a whole, of months that are over, where at least ${minimumGroup} people answered and more could have.`,
    );
  }
  if (thought.length > 0 && thought.every(({ value }) => value === null)) {
    const month = dayOf(opinions.asOf, zone).slice(0, 7);
    say(
      `  An answer counts when Cairn learns of it: all of these in ${month}, and HR is told when that is over.`,
    );
  }
  const released: Json[] = assessments.items.filter(({ status }: Json) => status === 'released');
  if (released.length > 0) {
    const were = counted(released.length, 'assessment was', 'assessments were');
    say(`  ${were} released, each to its coachee alone: HR sees how many answered, and no result.`);
  }
  const few = released.flatMap(({ categories }) => categories).filter(isTooFew).length;
  if (few > 0)
    say(`  In ${few} of them fewer than three of a category answered: it is left out, for the coachee too.`);
  say(
    '  What was said in sessions, and the words of goals and notes, stay between coachee and coach. Whether',
  );
  say(
    '  a match is right, who asked for another coach and why, and what one of several raters said is shown to nobody.',
  );
  const small = baseline.items.filter(({ engagementMean }: Json) => engagementMean === null).length;
  if (small > 0)
    say(
      `  Team engagement of ${counted(small, 'manager')}: no lot of five people's answers, too few to hide who gave them.`,
    );
  const withheld = overview.items.filter((one: Json) => one.group === null && one.withheld !== null);
  if (withheld.length > 0) say(`  ${withheld.map((one: Json) => `${one.id} (${one.withheld})`).join(', ')}`);
}

/** Raters who stay anonymous are shown from three on. */
const isTooFew = ({ category, answered }: Json): boolean =>
  category !== 'self' && category !== 'manager' && answered < 3;
