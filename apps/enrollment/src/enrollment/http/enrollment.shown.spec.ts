import { expect, it } from '@jest/globals';
import type { EnrollmentEntity } from '../enrollment.entity.js';
import { initialState } from '../enrollment.state.js';
import { shownTo } from './enrollment.shown.js';

it('has no link to print where nobody said where people open Cairn', () => {
  const enrollment = { enrollmentId: 'e', status: 'invited', state: initialState };
  const hr = { tenantId: 't', subject: 'hr', roles: ['hr' as const], sensitive: false };
  const shown = (publicUrl: string | null) => shownTo(hr, enrollment as EnrollmentEntity, publicUrl);
  expect(shown('https://cairn.example.org').invitationLink).toBe('https://cairn.example.org/invitations/e');
  expect(shown(null)).not.toHaveProperty('invitationLink');
});
