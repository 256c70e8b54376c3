import { given } from '@cairn/decider/testing';
import { describe, it } from '@jest/globals';
import type { CoachCommand } from './coach.commands.js';
import { coachDecider } from './coach.decider.js';
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
