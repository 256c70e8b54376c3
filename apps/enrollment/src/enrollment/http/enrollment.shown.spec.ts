import { expect, it } from '@jest/globals';
import { enrollmentDecider } from '../enrollment.decider.js';
import type { EnrollmentEntity } from '../enrollment.entity.js';
import { shownTo } from './enrollment.shown.js';

it('has no link to print where nobody said where people open Cairn', () => {
  const enrollment = { enrollmentId: 'e', status: 'invited', state: enrollmentDecider.initialState };
  const hr = { tenantId: 't', subject: 'hr', roles: ['hr' as const] };
  const shown = (publicUrl: string | null) => shownTo(hr, enrollment as EnrollmentEntity, publicUrl);
  expect(shown('https://cairn.example.org').invitationLink).toBe('https://cairn.example.org/invitations/e');
  expect(shown(null)).not.toHaveProperty('invitationLink');
});
