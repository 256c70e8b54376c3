import { fold } from '@cairn/decider';
import { given } from '@cairn/decider/testing';
import { describe, expect, it } from '@jest/globals';
import type { ProgramCommand } from './program.commands.js';
import { programDecider } from './program.decider.js';
import type { ProgramChanges, ProgramEvent, ProgramValues } from './program.events.js';
import { changesAhead, valuesAt, valuesOn } from './values-on.js';

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
const change = (changes: object, effectiveOn = '2026-01-02'): ProgramCommand => ({
  kind: 'change',
  at,
  effectiveOn,
  changes,
});
const changed = (changes: ProgramChanges, effectiveOn: string): ProgramEvent => ({
  type: 'ProgramChanged',
  occurredAt: at,
  data: { programId: 'p', effectiveOn, changes },
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
      .then(changed({ capacity: 15 }, '2026-01-02'));
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
  it('never opens to managers what coachees were told is closed to them, nor opens it again', () => {
    const open: ProgramEvent = { ...created, data: { ...created.data, managersSeeParticipation: true } };
    const closed = changed({ managersSeeParticipation: false }, '2026-01-02');
    past(created)
      .when(change({ managersSeeParticipation: true }))
      .thenRefused('participation-only-closed');
    past(open)
      .when(change({ managersSeeParticipation: false }))
      .then(closed);
    // Nor from a day before it was closed, on which it makes no difference by itself.
    for (const day of ['2025-12-01', '2026-01-02'])
      past(open, closed)
        .when(change({ managersSeeParticipation: true }, day))
        .thenRefused('participation-only-closed');
    past(open)
      .when(change({ managersSeeParticipation: true }))
      .thenNothing();
  });
  it('has on a day what was told last of what is in force by then', () => {
    const program = fold(programDecider, [
      created,
      changed({ allotment: 8, activationDays: 7 }, '2026-06-01'),
      changed({ allotment: 10 }, '2026-03-01'),
    ]);
    if (program.status === 'none') throw new Error('not created');
    const on = (day: string) => {
      const { allotment, activationDays } = valuesOn(program, day);
      return [allotment, activationDays];
    };
    expect([on('2026-02-28'), on('2026-03-01'), on('2026-06-01')]).toEqual([
      [6, 14],
      [10, 14],
      [10, 7],
    ]);
    // In Berlin March begins an hour earlier.
    expect(valuesAt(program, '2026-02-28T23:30:00.000Z').allotment).toBe(10);
    expect(changesAhead(program, '2026-02-28')).toEqual([
      { effectiveOn: '2026-03-01', changes: { allotment: 10 } },
      { effectiveOn: '2026-06-01', changes: { activationDays: 7 } },
    ]);
    expect(changesAhead(program, '2026-06-01')).toEqual([]);
  });
  it('tells a value again where that makes a difference on any day', () => {
    const june = changed({ allotment: 8 }, '2026-06-01');
    past(created, june)
      .when(change({ allotment: 8 }, '2026-07-01'))
      .thenNothing();
    past(created, june)
      .when(change({ allotment: 8 }, '2026-03-01'))
      .then(changed({ allotment: 8 }, '2026-03-01'));
    past(created, june)
      .when(change({ allotment: 6 }, '2026-03-01'))
      .then(changed({ allotment: 6 }, '2026-03-01'));
    past(created, june, changed({ allotment: 6 }, '2026-03-01'))
      .when(change({ allotment: 6 }, '2026-03-01'))
      .thenNothing();
  });
  it('takes what acts at once only when the day has come in its zone', () => {
    past(created)
      .when(change({ capacity: 15 }, '2026-01-03'))
      .thenRefused('effective-later');
    past({ ...created, data: { ...created.data, managersSeeParticipation: true } })
      .when(change({ managersSeeParticipation: false, allotment: 8 }, '2026-06-01'))
      .thenRefused('effective-later');
    past(created)
      .when({ ...change({ capacity: 15 }, '2026-01-03'), at: '2026-01-02T23:30:00.000Z' })
      .then({ ...changed({ capacity: 15 }, '2026-01-03'), occurredAt: '2026-01-02T23:30:00.000Z' });
    past(created)
      .when(change({ capacity: 15 }, '2025-12-01'))
      .then(changed({ capacity: 15 }, '2025-12-01'));
  });
  it('opens no cohort after its end', () => {
    past(created)
      .when({ kind: 'open-cohort', at, cohortId: 'c', name: 'Spring', opensOn: '2026-07-01' })
      .thenRefused('opens-after-end');
  });
  it('opens and closes cohorts with names of their own', () => {
    past(created)
      .when({ kind: 'open-cohort', at, cohortId: 'c', name: 'Spring', opensOn: '2026-01-05' })
      .then(opened);
    past(created, opened)
      .when({ kind: 'open-cohort', at, cohortId: 'd', name: 'Spring', opensOn: '2026-01-05' })
      .thenRefused('cohort-name-taken');
    past(created, opened)
      .when({ kind: 'open-cohort', at, cohortId: 'd', name: 'sPRING ', opensOn: '2026-01-05' })
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
  it('is told by its place in the command what of a change cannot be', () => {
    const state = fold(programDecider, [created]);
    const at = (changes: object) => {
      const decision = programDecider.decide(change(changes), state);
      return decision.ok ? [] : decision.refusal.errors!.map(({ pointer }) => pointer);
    };
    expect(at({ minimumGroup: 4 })).toEqual(['/changes/minimumGroup']);
    expect(at({ endsOn: values.startsOn })).toEqual(['/changes/endsOn']);
    const { version } = values.sessionPolicy;
    expect(at({ sessionPolicy: { ...values.sessionPolicy, version, noticeHours: 1 } })).toEqual([
      '/changes/sessionPolicy/version',
    ]);
  });
  it('has triggers, which name cohorts that there are', () => {
    const trigger = { code: 'new', kind: 'promoted-to-manager', withinDays: 90, automaticInto: 'c' } as const;
    const define: ProgramCommand = { kind: 'define-triggers', at, triggers: [trigger] };
    past(created).when(define).thenRefused('triggers');
    past(created, opened)
      .when(define)
      .then({ type: 'TriggersDefined', occurredAt: at, data: { programId: 'p', triggers: [trigger] } });
    past(created, opened).when(define).thenRepeatedYieldsNothing();
    const closed: ProgramEvent = {
      type: 'CohortClosed',
      occurredAt: at,
      data: { programId: 'p', cohortId: 'c', closedOn: '2026-01-02' },
    };
    past(created, opened, closed).when(define).thenRefused('triggers');
    past(created)
      .when({ ...define, triggers: [] })
      .thenNothing();
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
