import { given } from '@cairn/decider/testing';
import { describe, it } from '@jest/globals';
import type { ProgramCommand } from './program.commands.js';
import { programDecider } from './program.decider.js';
import type { ProgramEvent, ProgramValues } from './program.events.js';

const at = '2026-01-02T08:00:00.000Z';
const policy = {
  version: 1,
  noticeHours: 24,
  lateCancelForfeits: true,
  noShowForfeits: true,
  silenceHours: 72,
  disputeHours: 72,
};
const values: ProgramValues = {
  name: 'First steps',
  track: 'manager',
  startsOn: '2026-01-05',
  endsOn: '2026-06-30',
  zone: 'Europe/Berlin',
  cadence: 'bi-weekly',
  allotment: 6,
  capacity: 12,
  activationDays: 14,
  sessionPolicy: policy,
  minimumGroup: 5,
  themes: ['giving-feedback'],
  costPerSession: { amount: 180, currency: 'EUR' },
  pricingModel: 'session',
  managersSeeParticipation: false,
};
const created: ProgramEvent = { type: 'ProgramCreated', occurredAt: at, data: { programId: 'p', ...values } };
const opened: ProgramEvent = {
  type: 'CohortOpened',
  occurredAt: at,
  data: { programId: 'p', cohortId: 'c', name: 'Spring', opensOn: '2026-01-05' },
};
const past = (...events: ProgramEvent[]) => given(programDecider, ...events);
const change = (changes: object): ProgramCommand => ({
  kind: 'change',
  at,
  effectiveOn: '2026-02-01',
  changes,
});

describe('a programme', () => {
  it('is created with all its values', () => {
    past().when({ kind: 'create', at, programId: 'p', values }).then(created);
    past()
      .when({ kind: 'create', at, programId: 'p', values: { ...values, endsOn: '2026-01-05' } })
      .thenRefused('ends-before-it-starts');
    past()
      .when({ kind: 'create', at, programId: 'p', values: { ...values, minimumGroup: 2 } })
      .thenRefused('minimum-group');
  });
  it('publishes only the values that change', () => {
    past(created)
      .when(change({ capacity: 15, allotment: 6 }))
      .then({
        type: 'ProgramChanged',
        occurredAt: at,
        data: { programId: 'p', effectiveOn: '2026-02-01', changes: { capacity: 15 } },
      });
    past(created)
      .when(change({ capacity: 12 }))
      .thenNothing();
  });
  it('never lowers its minimum group, and gives a changed policy a new version', () => {
    past(created)
      .when(change({ minimumGroup: 4 }))
      .thenRefused('minimum-group');
    past(created)
      .when(change({ sessionPolicy: { ...policy, noticeHours: 48 } }))
      .thenRefused('policy-version');
    past(created)
      .when(change({ endsOn: '2026-01-01' }))
      .thenRefused('ends-before-it-starts');
  });
  it('opens and closes cohorts with names of their own', () => {
    past(created)
      .when({ kind: 'open-cohort', at, cohortId: 'c', name: 'Spring', opensOn: '2026-01-05' })
      .then(opened);
    past(created, opened)
      .when({ kind: 'open-cohort', at, cohortId: 'd', name: 'Spring', opensOn: '2026-01-05' })
      .thenRefused('cohort-name-taken');
    past(created, opened)
      .when({ kind: 'close-cohort', at, cohortId: 'c', closedOn: '2026-06-30' })
      .then({
        type: 'CohortClosed',
        occurredAt: at,
        data: { programId: 'p', cohortId: 'c', closedOn: '2026-06-30' },
      });
    past(created)
      .when({ kind: 'close-cohort', at, cohortId: 'c', closedOn: '2026-06-30' })
      .thenRefused('not-found');
  });
  it('numbers its rules, and refuses rules that cannot be judged', () => {
    const rules = [
      { code: 'leads', any: [{ attribute: 'peopleManager' as const, is: 'equal' as const, value: true }] },
    ];
    past(created)
      .when({ kind: 'define-rules', at, rules })
      .then({ type: 'EligibilityRulesDefined', occurredAt: at, data: { programId: 'p', version: 1, rules } });
    past(created)
      .when({
        kind: 'define-rules',
        at,
        rules: [{ code: 'x', any: [{ attribute: 'level', is: 'at-least', value: 3 }] }],
      })
      .thenRefused('eligibility-rules');
  });
  it('does not exist before it is created', () => {
    past()
      .when(change({ capacity: 1 }))
      .thenRefused('not-found');
  });
  it('gives no event when a command is repeated', () => {
    past().when({ kind: 'create', at, programId: 'p', values }).thenRepeatedYieldsNothing();
    past(created)
      .when(change({ capacity: 15 }))
      .thenRepeatedYieldsNothing();
    past(created)
      .when({ kind: 'open-cohort', at, cohortId: 'c', name: 'Spring', opensOn: '2026-01-05' })
      .thenRepeatedYieldsNothing();
    past(created, opened)
      .when({ kind: 'close-cohort', at, cohortId: 'c', closedOn: '2026-06-30' })
      .thenRepeatedYieldsNothing();
    past(created).when({ kind: 'define-rules', at, rules: [] }).thenNothing();
  });
});
