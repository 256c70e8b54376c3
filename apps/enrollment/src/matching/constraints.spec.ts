import { describe, expect, it } from '@jest/globals';
import { readyCoach, readyCoachee, type Coach, type Coachee } from './candidates.js';
import { CONSTRAINTS, failedConstraint, sift, type Constraint } from './constraints.js';
import { managerChain } from './reporting-line.js';
import { coach, coachee, hours, ON } from '../../test/matching.js';

const failed = (a: Partial<Coachee>, b: Partial<Coach>) =>
  failedConstraint(readyCoachee(coachee('E1', a), ON), readyCoach(coach('C1', b), ON));

describe('the constraints of a match', () => {
  it('all hold for an ordinary pair', () => expect(failed({}, {})).toBeNull());

  const mornings = hours('Europe/Berlin', 'mon-fri 08:00-12:00');
  const cases: [Constraint, string, Partial<Coachee>, Partial<Coach>][] = [
    ['approved', 'the coach is only screened', {}, { status: 'screened' }],
    ['in-service', 'the coach is suspended', {}, { status: 'suspended' }],
    ['in-service', 'the coach is retired', {}, { status: 'retired' }],
    ['credentials', 'the last credential has expired', {}, { lapsed: true }],
    ['reporting-line', 'the coach is the coachee', { personId: 'p' }, { personId: 'p' }],
    ['reporting-line', 'the coach is the manager', { managerChain: ['boss', 'chief'] }, { personId: 'boss' }],
    ['reporting-line', 'the coach is further up', { managerChain: ['boss', 'chief'] }, { personId: 'chief' }],
    [
      'reporting-line',
      'the coach is a report',
      { personId: 'p' },
      { personId: 'q', managerChain: ['p', 'chief'] },
    ],
    [
      'reporting-line',
      'the coach is further down',
      { personId: 'p' },
      { personId: 'q', managerChain: ['x', 'p'] },
    ],
    [
      'same-team',
      'both report to one manager',
      { managerChain: ['boss'] },
      { personId: 'q', managerChain: ['boss'] },
    ],
    ['declared-conflict', 'the coach declared it', {}, { conflicts: ['E0', 'E1'] }],
    ['declined-before', 'the coachee declined the coach', { declinedCoachIds: ['coach-C1'] }, {}],
    ['level', 'the coach does not coach executives', { level: 'executive' }, {}],
    ['language', 'no language in common', { languages: ['de'] }, { languages: ['en', 'fr'] }],
    [
      'hours',
      'a continent apart',
      { hours: mornings },
      { hours: hours('America/Los_Angeles', 'mon-fri 09:00-12:00') },
    ],
    ['hours', 'a minute short', { hours: mornings }, { hours: hours('Europe/Berlin', 'mon 11:01-13:00') }],
    ['capacity', 'the coach is full', {}, { placesLeft: 0 }],
  ];
  it.each(cases)('%s: %s', (constraint, _, a, b) => expect(failed(a, b)).toBe(constraint));
  it('has a case for each', () =>
    expect(new Set(cases.map(([constraint]) => constraint))).toEqual(new Set(CONSTRAINTS)));

  it('let colleagues of other teams and other lines coach each other', () => {
    expect(
      failed({ managerChain: ['boss', 'chief'] }, { personId: 'q', managerChain: ['other-boss', 'chief'] }),
    ).toBeNull();
  });
  it('take languages without their region, and who leads without a title as a manager', () => {
    expect(failed({ languages: ['pt-BR'] }, { languages: ['pt'] })).toBeNull();
    expect(failed({ level: 'individual' }, { levels: ['manager'] })).toBeNull();
    expect(failed({ level: 'individual' }, { levels: ['director'] })).toBe('level');
  });
  it('take two people without a manager for no team', () => {
    expect(failed({ managerChain: [] }, { personId: 'q', managerChain: [] })).toBeNull();
  });
  it('hold at exactly the minimum of hours, and where the coachee named none', () => {
    expect(failed({ hours: mornings }, { hours: hours('Europe/Berlin', 'mon 11:00-13:00') })).toBeNull();
    expect(failed({ hours: null }, { hours: hours('Asia/Tokyo', 'mon 09:00-10:00') })).toBeNull();
  });
});

describe('sifting coaches', () => {
  const sifted = (a: Partial<Coachee>, ...coaches: Partial<Coach>[]) =>
    sift(
      readyCoachee(coachee('E1', a), ON),
      coaches.map((one, i) => readyCoach(coach(`C${i}`, one), ON)),
    );

  it('keeps those who qualify', () => {
    expect(sifted({}, {}, { placesLeft: 0 }, {})).toHaveLength(2);
  });
  it('names the constraint that removed the last ones, and counts each coach once, where it fell out', () => {
    const german = { languages: ['de'] };
    expect(
      sifted(
        { languages: ['fr'], level: 'executive' },
        { status: 'applied' },
        { ...german, placesLeft: 0 },
        { ...german, levels: ['executive'] },
        { levels: ['executive'], placesLeft: 0 },
      ),
    ).toEqual({
      constraint: 'language',
      removed: [
        { constraint: 'approved', coaches: 1 },
        { constraint: 'level', coaches: 1 },
        { constraint: 'language', coaches: 2 },
      ],
    });
  });
  it('says so where there are no coaches at all', () => {
    expect(sifted({})).toEqual({ constraint: 'no-coaches', removed: [] });
  });
});

describe('a chain of managers', () => {
  const managers: Record<string, string | null> = { a: 'b', b: 'c', c: null, x: 'y', y: 'x', self: 'self' };
  const of = (personId: string) => managerChain(personId, (id) => managers[id]);
  it('goes from the direct one to the top', () => expect(of('a')).toEqual(['b', 'c']));
  it('is empty at the top and for strangers', () => expect([of('c'), of('stranger')]).toEqual([[], []]));
  it('ends in a circle', () => expect([of('x'), of('self')]).toEqual([['y'], []]));
});
