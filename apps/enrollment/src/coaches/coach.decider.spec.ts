import { fold } from '@cairn/decider';
import { given } from '@cairn/decider/testing';
import { describe, expect, it } from '@jest/globals';
import type { CoachCommand } from './coach.commands.js';
import { coachDecider, isLapsed } from './coach.decider.js';
import type { CoachEvent, ToldProfile } from './coach.events.js';

const day = (n: number) => `2026-01-${String(n).padStart(2, '0')}T09:00:00.000Z`;
const profile: ToldProfile = {
  industries: ['Manufacturing'],
  functions: ['Production'],
  levels: ['manager'],
  years: 12,
  specialties: ['giving-feedback'],
  styles: ['challenging'],
  languages: ['en'],
  hours: { zone: 'Europe/Berlin', slots: [{ day: 'mon', from: '09:00', to: '12:00' }] },
};
const told = { coachId: 'c', personId: null, capacity: 6, profile };
const added: CoachEvent = { type: 'CoachAdded', occurredAt: day(1), data: told };
const approved: CoachEvent = { type: 'CoachApproved', occurredAt: day(2), data: told };
const suspended: CoachEvent = {
  type: 'CoachSuspended',
  occurredAt: day(3),
  data: { coachId: 'c', reason: 'on-leave' },
};
const reinstated: CoachEvent = { type: 'CoachReinstated', occurredAt: day(4), data: { coachId: 'c' } };

const add: CoachCommand = { kind: 'add', at: day(1), ...told };
const approve: CoachCommand = { kind: 'approve', at: day(2) };
const suspend: CoachCommand = { kind: 'suspend', at: day(3), reason: 'on-leave' };
const reinstate: CoachCommand = { kind: 'reinstate', at: day(4) };
const changeCapacity: CoachCommand = { kind: 'change-capacity', at: day(5), capacity: 8 };
const changeProfile: CoachCommand = {
  kind: 'change-profile',
  at: day(5),
  profile: { ...profile, years: 13 },
};

const past = (...events: CoachEvent[]) => given(coachDecider, ...events);

describe('a coach', () => {
  it('is added, once', () => {
    past().when(add).then(added);
    past().when(add).thenRepeatedYieldsNothing();
  });
  it.each([approve, suspend, reinstate, changeCapacity, changeProfile])(
    'comes before anything said of them ($kind)',
    (command) => past().when(command).thenRefused('not-found'),
  );
  it('is approved with what is known by then', () => {
    past(added).when(approve).then(approved);
    past(added).when(approve).thenRepeatedYieldsNothing();
    past(added, {
      type: 'CoachCapacityChanged',
      occurredAt: day(1),
      data: { coachId: 'c', capacity: 2 },
    })
      .when(approve)
      .then({ ...approved, data: { ...told, capacity: 2 } } as CoachEvent);
  });
  it('is suspended and reinstated, each once', () => {
    past(added, approved).when(suspend).then(suspended);
    past(added, approved).when(suspend).thenRepeatedYieldsNothing();
    past(added, approved, suspended).when(reinstate).then(reinstated);
    past(added, approved, suspended).when(reinstate).thenRepeatedYieldsNothing();
  });
  it('is not suspended anew for another reason', () => {
    past(added, approved, suspended)
      .when({ ...suspend, reason: 'complaint' })
      .thenRefused('coach-state');
    past(added, approved, suspended, reinstated)
      .when({ ...suspend, at: day(9), reason: 'complaint' })
      .then({ ...suspended, occurredAt: day(9), data: { ...suspended.data, reason: 'complaint' } } as never);
  });
  it('is not suspended before approval, nor approved while suspended', () => {
    past(added).when(suspend).thenRefused('coach-state');
    past(added).when(reinstate).thenRefused('coach-state');
    past(added, approved, suspended)
      .when({ kind: 'approve', at: day(5) })
      .thenRefused('coach-state');
  });
  it('changes capacity and profile only where they differ', () => {
    past(added)
      .when(changeCapacity)
      .then({ type: 'CoachCapacityChanged', occurredAt: day(5), data: { coachId: 'c', capacity: 8 } });
    past(added).when(changeCapacity).thenRepeatedYieldsNothing();
    past(added)
      .when(changeProfile)
      .then({
        type: 'CoachProfileChanged',
        occurredAt: day(5),
        data: { coachId: 'c', profile: { ...profile, years: 13 } },
      });
    past(added).when(changeProfile).thenRepeatedYieldsNothing();
    // As a database may give it back: the same members in another order.
    const reordered = Object.fromEntries(Object.entries(profile).reverse()) as unknown as ToldProfile;
    past(added)
      .when({ kind: 'change-profile', at: day(5), profile: reordered })
      .thenNothing();
  });
  describe('turns out to be one of the employees', () => {
    const identify: CoachCommand = { kind: 'identify', at: day(5), personId: 'p' };
    const identified: CoachEvent = {
      type: 'CoachIdentified',
      occurredAt: day(5),
      data: { coachId: 'c', personId: 'p' },
    };
    const known: CoachEvent = { type: 'CoachApproved', occurredAt: day(5), data: { ...told, personId: 'p' } };
    it('before approval, which then says so', () => {
      past(added).when(identify).then(identified);
      past(added).when(identify).thenRepeatedYieldsNothing();
      past(added, identified)
        .when({ ...approve, at: day(5) })
        .then(known);
    });
    it('afterwards, which is told outside at once', () => {
      past(added, approved).when(identify).then(identified, known);
      past(added, approved).when(identify).thenRepeatedYieldsNothing();
    });
    it('while suspended, which is told outside with the reinstatement, once', () => {
      const back: CoachCommand = { kind: 'reinstate', at: day(5) };
      const again: CoachEvent = { ...reinstated, occurredAt: day(5) };
      past(added, approved, suspended).when(identify).then(identified);
      past(added, approved, suspended, identified).when(back).then(again, known);
      past(added, approved, suspended, identified, again, known, { ...suspended, occurredAt: day(5) })
        .when(back)
        .then(again);
    });
    it('and stays that one', () => {
      past(added, identified)
        .when({ ...identify, personId: 'q' })
        .thenRefused('coach-state');
    });
  });
  it('keeps the order of facts', () => {
    past(added, approved)
      .when({ ...suspend, at: day(1) })
      .thenRefused('out-of-order');
  });
});

describe('the vetting of a coach', () => {
  const screened: CoachEvent = { type: 'CoachScreened', occurredAt: day(1), data: { coachId: 'c' } };
  const interviewed: CoachEvent = { type: 'CoachInterviewed', occurredAt: day(1), data: { coachId: 'c' } };
  const screen: CoachCommand = { kind: 'screen', at: day(1) };
  const interview: CoachCommand = { kind: 'interview', at: day(1) };
  it('goes step by step, each once', () => {
    past(added).when(screen).then(screened);
    past(added).when(screen).thenRepeatedYieldsNothing();
    past(added, screened).when(interview).then(interviewed);
    past(added, screened).when(interview).thenRepeatedYieldsNothing();
    past(added, screened, interviewed).when(approve).then(approved);
  });
  it('leaves out no step but by approval', () => {
    past(added).when(interview).thenRefused('coach-state');
    past(added, screened).when(approve).then(approved);
    past(added, approved)
      .when({ ...screen, at: day(3) })
      .thenRefused('coach-state');
  });
});

describe('a retirement', () => {
  const retire: CoachCommand = { kind: 'retire', at: day(6), reason: 'stopped-coaching' };
  const data = { coachId: 'c', reason: 'stopped-coaching' };
  const retired: CoachEvent = { type: 'CoachRetired', occurredAt: day(6), data };
  it.each([[[added, approved]], [[added, approved, suspended]]])('is told once', (before) => {
    past(...before)
      .when(retire)
      .then(retired);
    past(...before)
      .when(retire)
      .thenRepeatedYieldsNothing();
  });
  it('is for who was approved, for good, and told with one reason', () => {
    past(added).when(retire).thenRefused('coach-state');
    const gone = past(added, approved, retired);
    for (const kind of ['approve', 'reinstate'] as const)
      gone.when({ kind, at: day(7) }).thenRefused('coach-state');
    gone.when({ ...suspend, at: day(7) }).thenRefused('coach-state');
    gone.when({ ...retire, at: day(7), reason: 'other' }).thenRefused('coach-state');
  });
});

describe('a credential', () => {
  const held = { coachId: 'c', credential: 'PCC', issuer: 'ICF' };
  const until = (n: number) => ({ on: day(n).slice(0, 10), at: day(n) });
  const record = (expires: { on: string; at: string } | null, at = day(3)): CoachCommand => ({
    kind: 'record-credential',
    at,
    credential: 'PCC',
    issuer: 'ICF',
    expires,
  });
  const recorded = (n: number): CoachEvent => ({
    type: 'CredentialRecorded',
    occurredAt: day(3),
    data: { ...held, expiresOn: day(n).slice(0, 10), expiresAt: day(n) },
  });
  const expired = (n: number, at = n): CoachEvent => ({
    type: 'CredentialExpired',
    occurredAt: day(at),
    data: { ...held, on: day(n).slice(0, 10) },
  });
  const expire = (n: number): CoachCommand => ({ kind: 'expire-credentials', at: day(n) });
  const lapsed = (at: number, ...events: CoachEvent[]) => {
    const state = fold(coachDecider, [added, approved, ...events]);
    return state.status !== 'none' && isLapsed(state, day(at));
  };

  it('is recorded, once', () => {
    past(added)
      .when(record(until(9)))
      .then(recorded(9));
    past(added)
      .when(record(until(9)))
      .thenRepeatedYieldsNothing();
    past(added)
      .when(record(null))
      .then({ type: 'CredentialRecorded', occurredAt: day(3), data: held });
  });
  it('expires when its time has come, once', () => {
    past(added, recorded(9)).when(expire(8)).thenNothing();
    past(added, recorded(9)).when(expire(9)).then(expired(9));
    past(added, recorded(9)).when(expire(9)).thenRepeatedYieldsNothing();
  });
  it('that has expired when it is recorded is told as such', () => {
    past(added)
      .when(record(until(2)))
      .then(recorded(2), expired(2, 3));
  });
  it('keeps new matches away when the last has expired, until it is renewed', () => {
    const other = { ...held, credential: 'ACC' };
    const acc: CoachEvent = { type: 'CredentialRecorded', occurredAt: day(3), data: other };
    expect(lapsed(9)).toBe(false);
    expect(lapsed(8, recorded(9))).toBe(false);
    // Also before that is told.
    expect(lapsed(9, recorded(9))).toBe(true);
    expect(lapsed(9, recorded(9), expired(9))).toBe(true);
    expect(lapsed(9, acc, recorded(9), expired(9))).toBe(false);
    expect(lapsed(9, recorded(9), expired(9), recorded(20))).toBe(false);
  });
  it('expires before whatever is said of the coach later, in the order of the ends', () => {
    const acc: CoachEvent = {
      type: 'CredentialRecorded',
      occurredAt: day(3),
      data: { ...held, credential: 'ACC', expiresOn: '2026-01-07', expiresAt: day(7) },
    };
    const renewed = { ...recorded(20), occurredAt: day(10) };
    past(added, approved, recorded(9), acc)
      .when(record(until(20), day(10)))
      .then(
        {
          type: 'CredentialExpired',
          occurredAt: day(7),
          data: { ...held, credential: 'ACC', on: '2026-01-07' },
        },
        expired(9),
        renewed as CoachEvent,
      );
  });
});

describe('a reassessment', () => {
  const reassess = (outcome: 'passed' | 'watch' | 'suspended'): CoachCommand => ({
    kind: 'reassess',
    at: day(6),
    outcome,
    cause: 'third-engagement',
  });
  const reassessed = (outcome: 'passed' | 'watch' | 'suspended'): CoachEvent => ({
    type: 'CoachReassessed',
    occurredAt: day(6),
    data: { coachId: 'c', outcome, cause: 'third-engagement' },
  });
  it.each(['passed', 'watch'] as const)('that is %s is kept, once', (outcome) => {
    past(added, approved).when(reassess(outcome)).then(reassessed(outcome));
    past(added, approved).when(reassess(outcome)).thenRepeatedYieldsNothing();
  });
  it('may suspend', () => {
    const data = { coachId: 'c', reason: 'reassessment' };
    past(added, approved)
      .when(reassess('suspended'))
      .then(reassessed('suspended'), { type: 'CoachSuspended', occurredAt: day(6), data });
    past(added, approved).when(reassess('suspended')).thenRepeatedYieldsNothing();
    past(added, approved, suspended).when(reassess('suspended')).then(reassessed('suspended'));
  });
  it('is of who was approved', () => past(added).when(reassess('passed')).thenRefused('coach-state'));
});
