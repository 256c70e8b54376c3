import type { Subject } from '@cairn/identity';
import { describe, expect, it } from '@jest/globals';
import { ownParty, sightOf } from './goal.access.js';
import type { KnownGoal } from './goal.decider.js';
import { noSuchGoal } from './goal.errors.js';

const goal = (sharedWith: ('hr' | 'manager')[] = []) =>
  ({
    refs: { personId: 'coachee-1', coachId: 'coach-1', enrollmentId: 'e-1' },
    sharedWith,
  }) as unknown as KnownGoal;
const who = (subject: Partial<Subject>): Subject => ({
  tenantId: 't',
  subject: 's',
  roles: [],
  sensitive: false,
  ...subject,
});

const nobody = { isManager: false, isReachedByHr: false, handedOver: [] };
const reached = { ...nobody, isReachedByHr: true };
const managed = { ...nobody, isManager: true };

describe('who sees a goal', () => {
  it('coachee and coach see all of their own, and nothing of others', () => {
    expect(sightOf(who({ roles: ['coachee'], personId: 'coachee-1' }), goal(), nobody)).toBe('all');
    expect(sightOf(who({ roles: ['coach'], coachId: 'coach-1' }), goal(), nobody)).toBe('all');
    expect(sightOf(who({ roles: ['coachee'], personId: 'coachee-2' }), goal(), nobody)).toBe('none');
    expect(sightOf(who({ roles: ['coach'] }), goal(), nobody)).toBe('none');
  });
  it('HR sees theme and status, the text only where it is shared, and nobody out of its reach', () => {
    expect(sightOf(who({ roles: ['hr'] }), goal(), reached)).toBe('status');
    expect(sightOf(who({ roles: ['hr'] }), goal(['hr']), reached)).toBe('text-shared');
    expect(sightOf(who({ roles: ['hr'] }), goal(['hr']), nobody)).toBe('none');
  });
  it('the manager sees theme and status only where they are shared', () => {
    const manager = who({ roles: ['manager'], personId: 'manager-1' });
    expect(sightOf(manager, goal(), managed)).toBe('none');
    expect(sightOf(manager, goal(['manager']), managed)).toBe('status');
    expect(sightOf(manager, goal(['manager']), nobody)).toBe('none');
  });
  it('the next coach sees what the coachee has handed over, and writes nothing', () => {
    const next = who({ roles: ['coach'], coachId: 'coach-2' });
    const from = (enrollmentId: string, coachId: string) => ({
      ...nobody,
      handedOver: [{ enrollmentId, coachId }],
    });
    expect(sightOf(next, goal(), from('e-1', 'coach-1'))).toBe('all');
    expect(sightOf(next, goal(), from('e-2', 'coach-1'))).toBe('none');
    expect(sightOf(next, goal(), from('e-1', 'coach-3'))).toBe('none');
    expect(sightOf({ ...next, roles: ['hr'] }, goal(), from('e-1', 'coach-1'))).toBe('none');
    expect(() => ownParty(next, goal().refs, noSuchGoal())).toThrow('not-found');
  });
  it('others act on nothing', () => {
    const party = (subject: Partial<Subject>, only?: 'coachee') =>
      ownParty(who(subject), goal().refs, noSuchGoal(), only);
    expect(() => party({ roles: ['coachee'], personId: 'x' })).toThrow('not-found');
    expect(party({ roles: ['coach'], coachId: 'coach-1' })).toBe('coach');
    const both: Partial<Subject> = { roles: ['coachee', 'coach'], personId: 'x', coachId: 'coach-1' };
    expect(party(both)).toBe('coach');
    expect(() => party(both, 'coachee')).toThrow('not-found');
  });
});
