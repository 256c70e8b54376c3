import { expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import type { EnrollmentEntity } from '../enrollment.entity.js';
import { initialState } from '../enrollment.state.js';
import { shownTo } from './enrollment.shown.js';

/** HR that is not limited asks for nobody's place in the company. */
const unasked = {} as EntityManager;

it('has no link to print where nobody said where people open Cairn', async () => {
  const enrollment = { enrollmentId: 'e', status: 'invited', state: initialState };
  const hr = { tenantId: 't', subject: 'hr', roles: ['hr' as const], sensitive: false };
  const shown = (publicUrl: string | null) => shownTo(unasked, hr, enrollment as EnrollmentEntity, publicUrl);
  const link = 'https://cairn.example.org/invitations/e';
  expect((await shown('https://cairn.example.org')).invitationLink).toBe(link);
  expect(await shown(null)).not.toHaveProperty('invitationLink');
});
