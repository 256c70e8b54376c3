import { expect, it } from '@jest/globals';
import { invitationPage } from './invitation.js';

const id = '0190c3a2-0000-7000-8000-00000000000a';

it('says what to do with an invitation, whoever it is for', () => {
  const page = invitationPage(`/invitations/${id}`);
  expect(page).toContain(`POST /enrollment/v1/enrollments/${id}/activate`);
  expect(page).toContain(`POST /enrollment/v1/enrollments/${id}/decline`);
});

it('takes nothing but an id', () => {
  for (const path of [
    '/invitations',
    '/invitations/',
    '/invitations/<b>',
    `/invitations/${id}/x`,
    `/x/invitations/${id}`,
  ])
    expect(invitationPage(path)).toBeUndefined();
});
