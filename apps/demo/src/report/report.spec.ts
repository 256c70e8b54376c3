import { expect, it } from '@jest/globals';
import { capturedOutput } from '../../test/output.js';
import { printReport, type Read } from './report.js';

const output = capturedOutput();

const row = (id: string, value: number | null, withheld: string | null = null) => ({
  id,
  group: null,
  value,
  numerator: value,
  denominator: value === null ? null : 1,
  source: 'system',
  withheld,
});
const person = (personId: string, ...signals: object[]) => ({
  personId,
  daysSinceLastSession: 30,
  daysUntilNextSession: null,
  practice: { committed: 2, reported: 1 },
  movement: { forward: 1 },
  signals,
  suggestedAction: signals.length === 0 ? null : { text: 'Ask the coach to offer three times.' },
});
const read: Read = {
  overview: {
    complete: true,
    program: {
      name: 'Leading well',
      startsOn: '2026-01-05',
      endsOn: '2026-06-30',
      zone: 'Europe/Berlin',
      costPerSession: { amount: 180, currency: 'USD' },
      minimumGroup: 5,
    },
    items: [
      row('utilisation', 0.5),
      row('goal-completion', null, 'too-few-people'),
      row('cost-to-date', 1260),
    ],
  },
  funnel: { items: [] },
  between: {
    items: [
      person('Kim'),
      person('Sam', {
        signal: 'nothing-booked',
        since: '2026-03-01T00:00:00.000Z',
        reason: 'Nothing has been booked for 30 days.',
      }),
    ],
  },
  themes: { items: [] },
  baseline: { items: [{ engagementMean: 3.2 }, { engagementMean: null }] },
  opinions: { asOf: '2026-05-04T09:00:00.000Z', items: [] },
  byCohort: { items: [] },
  matches: { items: [] },
  assessments: { items: [] },
};
const same = (id: string) => id;

it('says who needs a word, why, and what to do next', () => {
  printReport(read, { cohorts: [] }, same, same, '2026-03-31T21:59:59.999Z');
  expect(output()).toContain(`
  Sam: last session 30 days ago, none booked
    nothing-booked, since 2026-03-01: Nothing has been booked for 30 days.
    next: Ask the coach to offer three times.
  Kim: last session 30 days ago, none booked
    on track; since then 2 practices agreed, 1 reported, and 1 step forward
    next: nothing to do
  2 under way, 1 with signals
`);
});

it('shows outcomes by who says so, and says of each whether it is told', () => {
  const thought = (id: string, item: string, value: number | null, bound: string | null = null) => ({
    id,
    item,
    group: null,
    value,
    bound,
    source: id === 'nps' ? 'self-reported' : 'workplace',
  });
  const items = [
    thought('theme-behaviour', 'mean', 5.2),
    thought('manager-effectiveness', 'mean', null),
    thought('nps', 'recommend', 60, 'at-least'),
  ];
  const of = (group: string | null, value: number) => ({
    id: 'goal-attainment',
    group,
    value,
    source: 'self-reported',
  });
  printReport(
    {
      ...read,
      opinions: { ...read.opinions, items },
      byCohort: { items: [of(null, 4.2), of('a', -1)] },
      matches: { items: [{ personId: 'Fay', kind: 'rematch' }] },
    },
    { cohorts: [{ cohortId: 'a', name: 'First cohort' }] },
    same,
    same,
    '2026-03-31T21:59:59.999Z',
  );
  expect(output()).toContain(`
Outcomes by who says so
  WHO SAYS SO    MEASURE                      OF            VALUE
  self-reported  goal-attainment, change      all           +4.2 T
  self-reported  goal-attainment, change      First cohort  -1.0 T
  self-reported  nps, recommend               all           at least +60
  workplace      theme-behaviour, mean        all           5.20 of 7
  workplace      manager-effectiveness, mean  all           not told yet
`);
  expect(output()).toContain('\n  Fay has had another coach\n');
});

it('says what is withheld and why, and the cost to date', () => {
  const asked = (answered: number) => ({ category: 'directReport', answered });
  const assessments = [
    { status: 'released', categories: [{ category: 'self', answered: 1 }, asked(2)] },
    { status: 'released', categories: [asked(3)] },
  ];
  printReport(
    {
      ...read,
      opinions: { ...read.opinions, items: [{ id: 'nps', item: 'recommend', value: null, group: null }] },
      assessments: { items: assessments },
    },
    { cohorts: [] },
    same,
    same,
    '2026-03-31T21:59:59.999Z',
  );
  expect(output().slice(output().indexOf('What is withheld'))).toBe(`What is withheld, and why
  What people think (ratings, recommendation, session themes, scores by coaches, pulses) is told as
  a whole, of months that are over, where at least 5 people answered and more could have.
  An answer counts when Cairn learns of it: all of these in 2026-05, and HR is told when that is over.
  2 assessments were released, each to its coachee alone: HR sees how many answered, and no result.
  In 1 of them fewer than three of a category answered: it is left out, for the coachee too.
  What was said in sessions, and the words of goals and notes, stay between coachee and coach. Whether
  a match is right, who asked for another coach and why, and what one of several raters said is shown to nobody.
  Team engagement of 1 manager: no lot of five people's answers, too few to hide who gave them.
  goal-completion (too-few-people)

Cost to date
  1,260 USD
`);
});
