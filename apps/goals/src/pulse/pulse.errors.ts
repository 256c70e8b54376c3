import type { Refusal } from '@cairn/decider';

export const noSuchPulse = (): Refusal => ({
  kind: 'not-found',
  slug: 'not-found',
  detail: 'There is no such pulse.',
});
export const noSuchRater = (): Refusal => ({
  kind: 'not-found',
  slug: 'not-found',
  detail: 'There is no such rater of this engagement.',
});
/** One face, whatever the link once was. */
export const noSuchLink = (): Refusal => ({
  kind: 'not-found',
  slug: 'not-found',
  detail:
    'This link leads nowhere: it is not complete, was replaced by another, or what it asked is over. Ask whoever gave it to you for a new one.',
});
export const answersNotAsked = (pointer: string, detail: string): Refusal => ({
  kind: 'invalid',
  slug: 'answers-not-asked',
  detail: `Answer every item of every theme that is asked, and no other: POST /goals/v1/answers/open says which.`,
  errors: [{ pointer, detail }],
});
export const raterNamed = (): Refusal => ({
  kind: 'conflict',
  slug: 'rater-named',
  detail: 'This colleague is named as a rater of this engagement already.',
});
export const raterIsCoachee = (): Refusal => ({
  kind: 'invalid',
  slug: 'rater-is-coachee',
  detail:
    'Nobody rates themself in a pulse: name a colleague, or leave personId out for somebody from outside.',
  errors: [{ pointer: '/personId', detail: 'must be somebody else' }],
});
export const raterIsCoach = (): Refusal => ({
  kind: 'invalid',
  slug: 'rater-is-coach',
  detail:
    'Your coach reads what comes of the pulses, and is asked in none: name another colleague, or leave personId out for somebody from outside.',
  errors: [{ pointer: '/personId', detail: 'must be somebody else than the coach' }],
});
export const tooManyRaters = (most: number): Refusal => ({
  kind: 'conflict',
  slug: 'too-many-raters',
  detail: `An engagement has at most ${most} raters.`,
});
export const raterNotApproved = (): Refusal => ({
  kind: 'conflict',
  slug: 'rater-not-approved',
  detail:
    'This rater is not approved yet: POST /goals/v1/engagements/{engagementId}/pulse-raters/{raterId}/approve comes first.',
});
export const raterApproved = (): Refusal => ({
  kind: 'conflict',
  slug: 'rater-approved',
  detail:
    'This rater is approved, and so is asked: from then on HR or the programme’s administrator removes them.',
});
export const raterHasLeft = (): Refusal => ({
  kind: 'conflict',
  slug: 'rater-has-left',
  detail:
    'This rater has left the company and is asked no more. Remove them (POST /goals/v1/engagements/{engagementId}/pulse-raters/{raterId}/remove); the coachee may name another.',
});
export const raterCoaches = (): Refusal => ({
  kind: 'conflict',
  slug: 'rater-coaches',
  detail:
    'This rater is the coach, who reads what comes of the pulses, and is asked in none. Remove them (POST /goals/v1/engagements/{engagementId}/pulse-raters/{raterId}/remove); the coachee may name another.',
});
export const nothingAsked = (): Refusal => ({
  kind: 'conflict',
  slug: 'nothing-asked',
  detail:
    'No pulse is asked in this engagement now: it takes an agreed goal, a session that is booked, and three approved raters who are still there.',
});
