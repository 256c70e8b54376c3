import type { BaselineRows } from '@cairn/manager-baseline';
import { describe, expect, it } from '@jest/globals';
import { attributesOf, type PersonFacts } from './attributes.js';

const history = (some: Partial<PersonFacts['history']> = {}): PersonFacts['history'] => ({
  employments: [{ start: '2015-03-10', end: null, leavingReason: null }],
  managerLinks: [],
  engagementScores: [],
  performanceRatings: [],
  ...some,
});
const person = (personId: string, some: Partial<PersonFacts> = {}): PersonFacts => ({
  personId,
  level: 'manager',
  department: 'Making',
  position: 'Plant Manager',
  location: 'North',
  onLeave: false,
  history: history(),
  ...some,
});
const employed = (personId: string, start: string, end: string | null = null) =>
  ({ personId, start, end, leavingReason: end === null ? null : 'voluntary', placeholder: false }) as const;
const reports = (personId: string, from: string) => ({ personId, managerId: 'm', from });
const rows = (some: Partial<BaselineRows> = {}): BaselineRows => ({
  employments: [
    employed('m', '2015-03-10'),
    employed('a', '2016-01-01'),
    employed('b', '2016-01-01', '2018-10-01'),
  ],
  managerLinks: [reports('a', '2016-01-01'), reports('b', '2016-01-01')],
  engagementScores: [],
  performanceRatings: [],
  ...some,
});
const of = (asOf: string, facts = person('m'), from = rows()) =>
  attributesOf([facts], from, asOf).get(facts.personId)!;

describe('the attributes of a person', () => {
  it('tell the team on the day and the baseline of the 12 months before', () => {
    expect(of('2019-02-28')).toMatchObject({
      peopleManager: true,
      teamSize: 1,
      baselineTeamSize: 2,
      baselineLeft: 1,
      baselineLeftVoluntarily: 1,
      baselineBelowStandard: 0,
      baselineTeamEngagement: null,
    });
    expect(of('2018-09-30')).toMatchObject({ teamSize: 2, baselineTeamSize: 2, baselineLeft: 0 });
    // From 2 October on, whoever left on the first is no longer in the period.
    expect(of('2019-10-01')).toMatchObject({ baselineTeamSize: 1, baselineLeft: 0 });
  });

  it('are zeros for whoever leads nobody', () => {
    expect(of('2019-02-28', person('a'))).toMatchObject({
      peopleManager: false,
      teamSize: 0,
      baselineTeamSize: 0,
      baselineLeft: 0,
    });
  });

  it('count whole months since the start of the present employment', () => {
    expect(of('2019-03-09').tenureMonths).toBe(47);
    expect(of('2019-03-10').tenureMonths).toBe(48);
    const returned = history({
      employments: [
        { start: '2010-01-01', end: '2012-01-01', leavingReason: 'voluntary' },
        { start: '2018-12-01', end: null, leavingReason: null },
      ],
    });
    expect(of('2019-03-10', person('m', { history: returned })).tenureMonths).toBe(3);
    // Whoever starts again on the day of their leaving has started on it.
    const sameDay = history({
      employments: [
        { start: '2010-01-01', end: '2019-03-10', leavingReason: 'voluntary' },
        { start: '2019-03-10', end: null, leavingReason: null },
      ],
    });
    expect(of('2019-03-10', person('m', { history: sameDay })).tenureMonths).toBe(0);
    const placeholder = history({ employments: [{ start: null, end: null, leavingReason: null }] });
    expect(of('2019-03-10', person('m', { history: placeholder })).tenureMonths).toBeNull();
  });

  it('withhold a team’s engagement below five answers', () => {
    const team = ['a', 'b', 'c', 'd', 'e'];
    const scores = (count: number) =>
      rows({
        employments: [employed('m', '2015-03-10'), ...team.map((id) => employed(id, '2016-01-01'))],
        managerLinks: team.map((id) => reports(id, '2016-01-01')),
        engagementScores: team
          .slice(0, count)
          .map((personId, i) => ({ personId, score: i + 1, surveyedOn: '2019-02-01' })),
      });
    expect(of('2019-02-28', person('m'), scores(4)).baselineTeamEngagement).toBeNull();
    expect(of('2019-02-28', person('m'), scores(5)).baselineTeamEngagement).toBe(3);
  });
});
