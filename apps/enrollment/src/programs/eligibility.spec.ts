import { describe, expect, it } from '@jest/globals';
import { evaluateEligibility, rulesAtFault, type Condition, type EligibilityRule } from './eligibility.js';

const leads: EligibilityRule = {
  code: 'leads-a-team',
  any: [{ attribute: 'teamSize', is: 'at-least', value: 3 }],
};
const trouble: EligibilityRule = {
  code: 'team-in-trouble',
  any: [
    { attribute: 'baselineLeft', is: 'at-least', value: 2 },
    { attribute: 'baselineTeamEngagement', is: 'at-most', value: 3.5 },
  ],
};

describe('eligibility', () => {
  it('asks that every rule holds, and of a rule that any condition does', () => {
    expect(
      evaluateEligibility([leads, trouble], { teamSize: 5, baselineLeft: 0, baselineTeamEngagement: 3.2 })
        .eligible,
    ).toBe(true);
    expect(evaluateEligibility([leads, trouble], { teamSize: 2, baselineLeft: 4 }).eligible).toBe(false);
    expect(evaluateEligibility([], {}).eligible).toBe(true);
  });
  it('says of each rule why', () => {
    expect(evaluateEligibility([trouble], { baselineLeft: 1, baselineTeamEngagement: null }).rules).toEqual([
      {
        code: 'team-in-trouble',
        holds: false,
        why: [
          'baselineLeft is at least 2: does not hold (1)',
          'baselineTeamEngagement is at most 3.5: does not hold (not known)',
        ],
      },
    ]);
  });
  it('compares texts as people read them, whatever their case and white space', () => {
    const eligible = (condition: Omit<Condition, 'attribute'>, department = 'Neue  Führung ') =>
      evaluateEligibility([{ code: 'of-it', any: [{ attribute: 'department', ...condition }] }], {
        department,
      }).eligible;
    expect(eligible({ is: 'equal', value: 'neue führung' })).toBe(true);
    expect(eligible({ is: 'not-equal', value: 'neue führung' })).toBe(false);
    expect(eligible({ is: 'one-of', value: ['IT', 'NEUE FÜHRUNG'] })).toBe(true);
    expect(eligible({ is: 'equal', value: 'neueführung' })).toBe(false);
  });
  it('lets what is not known satisfy nothing but "absent"', () => {
    const rule = (is: 'not-equal' | 'absent' | 'present'): EligibilityRule => ({
      code: 'x',
      any: [{ attribute: 'department', is, ...(is === 'not-equal' ? { value: 'Sales' } : {}) }],
    });
    expect(evaluateEligibility([rule('not-equal')], {}).eligible).toBe(false);
    expect(evaluateEligibility([rule('absent')], {}).eligible).toBe(true);
    expect(evaluateEligibility([rule('present')], { department: 'IT' }).eligible).toBe(true);
  });
  it.each([
    ['equal', 'Leaders', true],
    ['equal', 'Others', false],
    ['not-equal', 'Leaders', false],
    ['not-equal', 'Others', true],
    ['one-of', ['Others', 'Night shift'], true],
    ['one-of', ['Others'], false],
    ['present', undefined, true],
    ['absent', undefined, false],
  ] as const)('asks of the groups whether one %s %j: %s', (is, value, eligible) => {
    const rule: EligibilityRule = {
      code: 'x',
      any: [{ attribute: 'group', is, ...(value ? { value } : {}) }],
    };
    expect(rulesAtFault([rule])).toEqual([]);
    expect(evaluateEligibility([rule], { group: ['Leaders', 'Night shift'] }).eligible).toBe(eligible);
    expect(evaluateEligibility([rule], { group: [] }).eligible).toBe(is === 'absent');
  });
  it('refuses a value that its attribute cannot have, and names those that it can', () => {
    const level = (is: 'equal' | 'not-equal' | 'one-of', value: string | string[]): EligibilityRule => ({
      code: is,
      any: [{ attribute: 'level', is, value }],
    });
    expect(
      rulesAtFault([
        level('equal', 'boss'),
        level('not-equal', 'Manager'),
        level('one-of', ['manager', 'chief']),
      ]),
    ).toEqual(
      [0, 1, 2].map((n) => ({
        pointer: `/rules/${n}/any/0/value`,
        detail: 'must be one of: individual, manager, director, executive',
      })),
    );
    expect(rulesAtFault([level('equal', 'manager'), level('one-of', ['director', 'executive'])])).toEqual([]);
  });
  it('refuses rules that could not be judged, each fault at its place', () => {
    expect(
      rulesAtFault([
        { code: 'a', any: [{ attribute: 'salary' as never, is: 'equal', value: 1 }] },
        {
          code: 'a',
          any: [
            { attribute: 'level', is: 'one-of', value: [] },
            { attribute: 'onLeave', is: 'equal', value: 'yes' },
            { attribute: 'level', is: 'absent', value: 1 },
          ],
        },
      ]).map((fault) => fault.pointer),
    ).toEqual([
      '/rules/0/any/0/attribute',
      '/rules/1/code',
      '/rules/1/any/0/value',
      '/rules/1/any/1/value',
      '/rules/1/any/2/value',
    ]);
  });
});
