import { refusalsOf, type Refusal } from '@cairn/decider';
import type { FeedbackMoment } from './enrollment.events.js';
import type { UnitsInUse } from './units.js';

const OVER = ['declined', 'withdrawn', 'completed', 'discontinued', 'cancelled'] as const;
const ANEW = 'Nominate them anew (POST …/programs/{programId}/enrollments).';

export const {
  noSuch: noSuchEnrollment,
  notInState,
  toldOtherwise,
  outOfOrder,
} = refusalsOf('enrolment', 'enrollment-state', {
  nominated: 'Invite them first (POST …/enrollments/{enrollmentId}/invite).',
  waitlisted: 'They are invited when a place comes free.',
  invited: 'It begins when they accept the invitation (POST …/enrollments/{enrollmentId}/activate).',
  expired: 'Ask HR for another invitation (POST …/enrollments/{enrollmentId}/invite).',
  active: 'It ends by POST …/enrollments/{enrollmentId}/discontinue or cancel.',
  paused: 'Resume it first (POST …/enrollments/{enrollmentId}/resume).',
  ...Object.fromEntries(OVER.map((state) => [state, ANEW])),
});

export const alreadyActive = (enrollmentId: string) =>
  toldOtherwise(
    'active',
    `Change preferences with POST /enrollment/v1/enrollments/${enrollmentId}/preferences.`,
    'with other preferences or another privacy notice, which stay',
  );

export function unknownThemes(pointer: string, unknown: number, themes: readonly string[]): Refusal {
  const detail = `must be of the programme's: ${themes.join(', ')}`;
  return {
    kind: 'invalid',
    slug: 'unknown-theme',
    detail: `Not a theme of this programme: ${unknown} of those given. Its themes are: ${themes.join(', ')}.`,
    errors: [{ pointer, detail }],
    extra: { allowed: themes },
  };
}

export function unknownStyles(pointer: string, unknown: number, styles: readonly string[]): Refusal {
  const detail = styles.length === 0 ? 'must be left out' : `must be of the coaches': ${styles.join(', ')}`;
  const fix =
    styles.length === 0
      ? 'No coach names a style yet: leave styles out.'
      : `Theirs are: ${styles.join(', ')}.`;
  return {
    kind: 'invalid',
    slug: 'unknown-style',
    detail: `Not a style of any coach: ${unknown} of those given. ${fix}`,
    errors: [{ pointer, detail }],
    extra: { allowed: styles },
  };
}

export const feedbackGiven = (moment: FeedbackMoment): Refusal => ({
  kind: 'conflict',
  slug: 'feedback-given',
  detail: `You have answered this already, and your answer stays: the programme is asked about once ${moment === 'end' ? 'at the end' : 'after the third session'}.`,
});

export const feedbackNotAsked = (moment: FeedbackMoment, state: string): Refusal => ({
  kind: 'conflict',
  slug: 'feedback-not-asked',
  detail:
    moment === 'end'
      ? 'The enrolment has not ended after at least one session that was held: feedbackAsked of the enrolment says what is asked now.'
      : 'Three sessions have not been held yet, or the enrolment has ended: feedbackAsked of the enrolment says what is asked now. If the third was confirmed a moment ago, try again in a second.',
  extra: { state },
});

export const nothingAllotted = (): Refusal => ({
  kind: 'invalid',
  slug: 'nothing-allotted',
  detail:
    'A count of 0 changes nothing: grant sessions with a count above it, or take some back with one below.',
  errors: [{ pointer: '/count', detail: 'must not be 0' }],
});

export const endsTooEarly = (endsOn: string): Refusal => ({
  kind: 'invalid',
  slug: 'ends-too-early',
  detail: `An extension must end after ${endsOn}, the present last day.`,
  errors: [{ pointer: '/endsOn', detail: `must be after ${endsOn}` }],
});

export const allotmentBelowZero = (total: number): Refusal => ({
  kind: 'invalid',
  slug: 'allotment-below-zero',
  detail: `Only ${total} sessions are allotted; no more than that can be taken back.`,
});

export const endsTooLate = (latest: string): Refusal => ({
  kind: 'invalid',
  slug: 'ends-too-late',
  detail: `An extension may end on ${latest} at the latest, five years from now.`,
  errors: [{ pointer: '/endsOn', detail: `must be on or before ${latest}` }],
});

/** @param tooMany how many more are in use than would be left */
export function allotmentInUse(tooMany: number, { used, booked, ahead }: UnitsInUse): Refusal {
  const cancelFirst = ahead.slice(0, tooMany);
  const missing = tooMany - cancelFirst.length;
  const fix =
    cancelFirst.length === 0
      ? 'None of them lies ahead, so take back fewer'
      : missing === 0
        ? `Cancel ${cancelFirst.length} of them first (cancelFirst), or take back fewer`
        : `Only ${cancelFirst.length} of them (cancelFirst) lie ahead and can be cancelled: take back at least ${missing} fewer`;
  return {
    kind: 'conflict',
    slug: 'allotment-in-use',
    detail: `${used} sessions of the allotment are held or forfeited and ${booked} are booked: ${tooMany} more than would be left. ${fix}.`,
    extra: { used, booked, cancelFirst },
  };
}

export const historyGoesBack = (through: string): Refusal => ({
  kind: 'conflict',
  slug: 'history-goes-back',
  detail: `The history of this enrolment is declared up to ${through} already; it can only be moved on.`,
  extra: { through },
});

export const historyInTheFuture = (through: string): Refusal => ({
  kind: 'invalid',
  slug: 'history-in-the-future',
  detail: `Nothing up to ${through} can have been handed over yet: it lies in the future. Give an instant that has passed.`,
});

export const noHistory = (): Refusal => ({
  kind: 'conflict',
  slug: 'no-history',
  detail:
    'This enrolment has no open history: only one that was opened with "history": true can have it declared.',
});

export const alreadyOver = (what: 'deadline' | 'end', at: string): Refusal => ({
  kind: 'invalid',
  slug: 'already-over',
  detail: `The ${what} would be ${at}, which is already past: choose a later one, or have the programme extended first.`,
});

export const programOver = (programId: string, endsOn: string): Refusal => ({
  kind: 'invalid',
  slug: 'already-over',
  detail: `The programme ended on ${endsOn}: move its end first (PATCH /enrollment/v1/programs/${programId} with "endsOn"), or nominate into one that goes on.`,
});

export const hasLeft = (leftOn: string): Refusal => ({
  kind: 'conflict',
  slug: 'person-left',
  detail: `This person left the company on ${leftOn}.`,
  extra: { leftOn },
});

export const notCompleted = (): Refusal => ({
  kind: 'conflict',
  slug: 'person-not-completed',
  detail:
    'This is a placeholder: a manager whom the HR file names but does not contain. Complete the person first (POST /enrollment/v1/people/{personId}/complete).',
});

/**
 * @param rules those that do not hold, with what was asked of which value
 * @param evaluated whether `asOf` is the day of a recorded evaluation, not of the nomination itself
 */
export const notEligible = (
  rules: readonly { code: string; why: readonly string[] }[],
  asOf: string,
  evaluated: boolean,
): Refusal => ({
  kind: 'conflict',
  slug: 'not-eligible',
  detail: `As of ${asOf}, ${evaluated ? 'the day of the latest recorded evaluation' : 'the day of the nomination'}, this person is not eligible by the rules ${rules.map(({ code }) => code).join(', ')}. Record an evaluation as of another day (POST /enrollment/v1/programs/{programId}/eligibility/evaluations with "asOf") and nominate again: the latest one decides. Or HR nominates them all the same with "override": true.`,
  extra: { rules, asOf },
});

export const overrideIsForHr = (): Refusal => ({
  kind: 'forbidden',
  slug: 'override-not-allowed',
  detail:
    'Only role hr may nominate somebody whom the eligibility rules leave out; send the nomination without "override".',
});

export const historyIsImported = (): Refusal => ({
  kind: 'forbidden',
  slug: 'history-not-allowed',
  detail: 'Only role integration tells the past: leave "history" out.',
});

export const alreadyEnrolled = (enrollmentId: string, state: string): Refusal => ({
  kind: 'conflict',
  slug: 'already-enrolled',
  detail: `This person is in the programme already (${state}): one open enrolment for each person and programme.`,
  extra: { enrollmentId, state },
});
