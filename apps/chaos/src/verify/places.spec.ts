import { describe, expect, it } from '@jest/globals';
import { judgePlaces, type Places } from './places.js';
import type { Stored } from './seen.js';

const event = (stream: string, version: number, type: string, data: object = {}): Stored => ({
  id: `${stream} ${version}`,
  stream,
  version,
  type,
  data,
  recordedAt: '',
  occurredAt: '',
});

/** Two are invited into one programme; one of them has left it, and the coach, again. */
const invited = (who: string) => [
  event(`enrollment-${who}`, 1, 'ParticipantNominated', { programId: 'p' }),
  event(`enrollment-${who}`, 2, 'InvitationSent', { programId: 'p' }),
];
const matched = (who: string) => [
  event(`match-${who}`, 1, 'MatchProposed', { coachId: 'c' }),
  event(`match-${who}`, 2, 'CoachMatched', { coachId: 'c' }),
];
const LOG: readonly Stored[] = [
  event('program-p', 1, 'ProgramCreated'),
  event('coach-c', 1, 'CoachAdded'),
  event('coach-c', 2, 'CoachApproved'),
  ...invited('stays'),
  ...invited('leaves'),
  ...matched('stays'),
  ...matched('leaves'),
  event('enrollment-leaves', 3, 'EnrollmentDiscontinued', { programId: 'p' }),
  event('match-leaves', 3, 'MatchEnded', { coachId: 'c' }),
];
const PROGRAM = { key: 'program-p', version: 1, status: null, taken: 1, capacity: 2 };
const COACH = { key: 'coach-c', version: 2, status: 'approved', taken: 1, capacity: 2 };
const OTHERS = [
  { key: 'enrollment-stays', version: 2, status: 'invited', taken: null },
  { key: 'enrollment-leaves', version: 3, status: 'discontinued', taken: null },
  { key: 'match-stays', version: 2, status: 'active', taken: null },
  { key: 'match-leaves', version: 3, status: 'ended', taken: null },
];

const wrongs = (places: Places) => {
  const { unlike, overbooked } = judgePlaces(LOG, places);
  return [unlike.length, overbooked.length];
};

describe('the judge of places', () => {
  it('finds nothing where they are what the events say', () => {
    expect(judgePlaces(LOG, [PROGRAM, COACH, ...OTHERS])).toEqual({ unlike: [], overbooked: [] });
  });

  it.each<[string, Places, [unlike: number, overbooked: number]]>([
    ['a place of a programme that was not given back', [{ ...PROGRAM, taken: 2 }, COACH, ...OTHERS], [1, 0]],
    ['a place of a coach that is given back twice', [PROGRAM, { ...COACH, taken: 0 }, ...OTHERS], [1, 0]],
    ['a programme that is not there', [COACH, ...OTHERS], [1, 0]],
    ['an enrolment that has not followed its stream', [PROGRAM, COACH, ...OTHERS.slice(1)], [1, 0]],
    [
      'a match that runs still',
      [PROGRAM, COACH, ...OTHERS.slice(0, 3), { ...OTHERS[3]!, status: 'active' }],
      [1, 0],
    ],
    ['more coachees than places', [{ ...PROGRAM, capacity: 1 }, COACH, ...OTHERS], [0, 1]],
    ['more matches than their coach has places', [PROGRAM, { ...COACH, capacity: 1 }, ...OTHERS], [0, 1]],
  ])('finds %s', (_, places, expected) => {
    expect(wrongs(places)).toEqual(expected);
  });
});
