import { describe, expect, it } from '@jest/globals';
import { readyCoach, readyCoachee, type Coach, type Coachee } from './candidates.js';
import { shortlist } from './shortlist.js';
import { coach, coachee, ON } from '../../test/matching.js';

const listFor = (one: Coachee, coaches: Coach[]) =>
  shortlist(
    readyCoachee(one, ON),
    coaches.map((each) => readyCoach(each, ON)),
  );
const refs = (one: Coachee, coaches: Coach[]) => {
  const list = listFor(one, coaches);
  if (!list.found) throw new Error(list.constraint);
  return list.coaches.map(({ coach: { externalRef } }) => externalRef);
};

describe('a shortlist', () => {
  const five = [1, 2, 3, 4, 5].map((years) => coach(`C${years}`, { years }));

  it('has the three best where three qualify, best first', () => {
    expect(refs(coachee('E'), five)).toEqual(['C5', 'C4', 'C3']);
  });
  it('is shorter where fewer qualify', () => {
    expect(refs(coachee('E'), [five[0]!, { ...five[1]!, status: 'retired' }])).toEqual(['C1']);
  });
  it('leaves out the coaches of declined shortlists', () => {
    expect(refs(coachee('E', { declinedCoachIds: ['coach-C5', 'coach-C4', 'coach-C3'] }), five)).toEqual([
      'C2',
      'C1',
    ]);
  });
  it('breaks ties by external reference, whatever the ids and the order', () => {
    const equal = ['K', 'B', 'b', 'A', '10', '9'].map((ref, i) => coach(ref, { coachId: `id-${9 - i}` }));
    expect(refs(coachee('E'), equal)).toEqual(['10', '9', 'A']);
    expect(refs(coachee('E'), equal.toReversed())).toEqual(['10', '9', 'A']);
  });
  it('says with each coach why', () => {
    const list = listFor(coachee('E'), five);
    expect(list.found && list.coaches[0]!.fit).toMatchObject({ score: 0.642857, parts: expect.any(Array) });
  });
  it('names the failed constraint where nobody qualifies', () => {
    expect(listFor(coachee('E', { languages: ['fi'] }), five)).toEqual({
      found: false,
      constraint: 'language',
      removed: [{ constraint: 'language', coaches: 5 }],
    });
  });
});
