import { refusalsOf, type Refusal } from '@cairn/decider';

/** Who is identified stays that person. */
export const ANOTHER_ONE = 'Another employee is another coach (POST …/coaches).';

export const {
  noSuch: noSuchCoach,
  notInState,
  toldOtherwise,
  outOfOrder,
} = refusalsOf('coach', 'coach-state', {
  applied:
    'Screen them (POST …/coaches/{coachId}/screen), or approve whoever was vetted elsewhere (POST …/coaches/{coachId}/approve).',
  screened:
    'Interview them (POST …/coaches/{coachId}/interview), or approve whoever was vetted elsewhere (POST …/coaches/{coachId}/approve).',
  interviewed: 'Approve them first (POST …/coaches/{coachId}/approve).',
  approved: 'They are vetted: reassess them (POST …/coaches/{coachId}/reassess), suspend or retire them.',
  suspended: 'Reinstate them first (POST …/coaches/{coachId}/reinstate).',
  retired: 'Whoever coaches from outside again is added under another reference (POST …/coaches).',
});

export const referenceTaken = (externalRef: string, coachId: string): Refusal => ({
  kind: 'conflict',
  slug: 'coach-reference-taken',
  detail: `Another coach has the reference "${externalRef}".`,
  extra: { coachId },
});

export const noSuchEmployee = (pointer: string): Refusal => ({
  kind: 'invalid',
  slug: 'no-such-employee',
  detail: 'An internal coach is one of the people in the directory who have not left; import them first.',
  errors: [{ pointer, detail: 'must be an employee id of the directory, of somebody who has not left' }],
});

/** Places are counted by coach: one person has them once. */
export const isCoachAlready = (coachId: string): Refusal => ({
  kind: 'conflict',
  slug: 'employee-is-coach',
  detail: 'This employee is a coach already, under another reference; change that one.',
  extra: { coachId },
});

/** Whoever is vetted, reassessed and given places has no say in it. */
export const oneself = (): Refusal => ({
  kind: 'forbidden',
  slug: 'own-coach-record',
  detail:
    'You are this coach yourself, and nobody decides on themself: ask somebody else of HR or of programme administration.',
});

/** Nor has whoever is below them in HR. */
export const oneselfOrAbove = (): Refusal => ({
  kind: 'forbidden',
  slug: 'own-coach-record',
  detail:
    'This employee is you yourself, or above you in your reporting line, and you do not decide on such a coach: ask somebody else of HR, or of programme administration, to add them.',
});

export const coachHasLeft = (state: string): Refusal => ({
  kind: 'conflict',
  slug: 'coach-has-left',
  detail:
    'This coach is an employee who has left the company. Whoever coaches from outside is added as a coach without an employee id.',
  extra: { state },
});

/** How a coachee gets another coach than one who cannot be matched with them now. */
export const ANOTHER_COACH =
  'Choose another one of the shortlist, or decline it, or the proposal, to get another shortlist.';

/** The coachee's choice came too late: others have taken the coach's last place. */
export const noPlaceLeft = (coachId: string): Refusal => ({
  kind: 'conflict',
  slug: 'coach-full',
  detail: `This coach has no place left now. ${ANOTHER_COACH}`,
  extra: { coachId },
});

export const notAvailable = (coachId: string, state: string): Refusal => ({
  kind: 'conflict',
  slug: 'coach-not-available',
  detail: `This coach is ${state} and takes no new match. ${ANOTHER_COACH}`,
  extra: { coachId, state },
});

export const credentialsLapsed = (coachId: string): Refusal => ({
  kind: 'conflict',
  slug: 'coach-not-available',
  detail: `The credentials of this coach have expired, and until one is renewed they take no new match. ${ANOTHER_COACH}`,
  extra: { coachId, state: 'credentials-expired' },
});
