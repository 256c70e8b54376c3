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
};
const same = (id: string) => id;

it('says who needs a word, why, and what to do next', () => {
  printReport(read, same, same, '2026-03-31T21:59:59.999Z');
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

it('says what is withheld and why, and the cost to date', () => {
  printReport(read, same, same, '2026-03-31T21:59:59.999Z');
  expect(output().slice(output().indexOf('What is withheld'))).toBe(`What is withheld, and why
  Ratings, session themes and scores given by coaches are opinions: HR sees them of nobody,
  and no figure is made of them here. What was said in sessions, and the words of goals and
  notes, stay between coachee and coach.
  Team engagement of 1 manager: no lot of five people's answers, too few to hide who gave them.
  goal-completion (too-few-people)

Cost to date
  1,260 USD
`);
});
