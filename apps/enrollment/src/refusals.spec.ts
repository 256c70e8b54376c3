import { describe, expect, it } from '@jest/globals';
import { STATUSES as ASSESSMENTS } from './assessment/assessment.decider.js';
import { assessmentOpen, notInState as assessmentCannot } from './assessment/assessment.errors.js';
import { notInState as coachCannot } from './coaches/coach.errors.js';
import { COACH_STATUSES as COACHES } from './coaches/coach.js';
import { notInState as enrollmentCannot } from './enrollment/enrollment.errors.js';
import { STATUSES as ENROLLMENTS } from './enrollment/enrollment.state.js';
import { STATUSES as MATCHES } from './matching/match.decider.js';
import { notInState as matchCannot } from './matching/match.errors.js';

describe('what a state does not allow', () => {
  it.each([
    ...ASSESSMENTS.map((state) => [state, assessmentCannot('x', state)] as const),
    ...ENROLLMENTS.map((state) => [state, enrollmentCannot('x', state)] as const),
    ...COACHES.map((state) => [state, coachCannot('x', state)] as const),
    ...MATCHES.map((state) => [state, matchCannot('x', state)] as const),
  ])('is refused with a way on: %s', (state, { detail, extra }) => {
    expect(detail).toMatch(new RegExp(`is ${state} and cannot be x\\. \\w.*\\.$`));
    expect(extra).toEqual({ state });
  });

  it('is released once it is closed, also to make room for another', () => {
    expect(assessmentCannot('released', 'collecting').detail).toContain('/assessments/{assessmentId}/close');
    expect(assessmentOpen('a', 'collecting').detail).toContain('Close and release it first');
    expect(assessmentOpen('a', 'closed').detail).toContain('Release it first');
  });
});
