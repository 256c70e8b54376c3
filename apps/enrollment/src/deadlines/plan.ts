import type { DeadlineChange } from '@cairn/deadlines';
import type { StoredEvent } from '@cairn/event-store';
import type { CoachEvent } from '../coaches/coach.events.js';
import type { AssessmentEvent } from '../assessment/assessment.events.js';
import { daysAfter, SILENT_DAYS } from '../matching/course.js';
import type { MatchEvent } from '../matching/match.events.js';
import type { EnrollmentEvent } from '../enrollment/enrollment.events.js';
import { dayAfter, endOfDay } from '../programs/calendar.js';

/** The kinds of deadlines of assessments. */
export const ASSESSMENT: readonly string[] = ['assessment-day', 'assessment-closes'];

export const CREDENTIAL_EXPIRES = 'credential-expires';
export const SILENCE = 'match-silent';

/**
 * What an event means for the deadlines: an invitation lapses, an enrolment ends. Every enrolment has a history under its
 * own id, complete from the start unless an importer tells it.
 */
export function plan(stored: StoredEvent): readonly DeadlineChange[] {
  if (stored.stream.startsWith('coach-')) return planCredential(stored);
  if (stored.stream.startsWith('assessment-')) return planAssessment(stored);
  if (stored.stream.startsWith('match-')) return planSilence(stored);
  if (!stored.stream.startsWith('enrollment-')) return [];
  const event = stored as unknown as EnrollmentEvent;
  const { enrollmentId } = event.data;
  const about = { subjectId: enrollmentId, historyKey: enrollmentId };
  const invitation = `${stored.stream}/invitation`;
  const end = `${stored.stream}/end`;
  const ends = (endsAt: string): DeadlineChange => ({
    set: { ...about, key: end, kind: 'enrollment-ends', dueAt: endsAt },
  });
  switch (event.type) {
    case 'ParticipantNominated':
      return [{ history: { key: enrollmentId, complete: !event.data.history } }];
    case 'HistoryDeclared':
      return [{ history: { key: enrollmentId, through: event.data.through, complete: event.data.complete } }];
    case 'InvitationSent':
      return [{ set: { ...about, key: invitation, kind: 'invitation-expires', dueAt: event.data.deadline } }];
    case 'InvitationDeclined':
    case 'InvitationExpired':
    case 'ParticipantWithdrawn':
      return [{ clear: invitation }];
    case 'EnrollmentActivated':
      return [{ clear: invitation }, ends(event.data.endsAt)];
    case 'EnrollmentExtended':
      return [ends(event.data.endsAt)];
    case 'EnrollmentPaused':
      return [{ clear: silenceOf(enrollmentId) }];
    case 'EnrollmentResumed':
      return [silence(enrollmentId, daysAfter(event.occurredAt, SILENT_DAYS.weekly))];
    case 'EnrollmentCompleted':
    case 'EnrollmentDiscontinued':
    case 'EnrollmentCancelled':
      return [{ clear: end }, { clear: silenceOf(enrollmentId) }];
    default:
      return [];
  }
}

/** A credential expires, unless it is renewed before. */
function planCredential(stored: StoredEvent): readonly DeadlineChange[] {
  const event = stored as unknown as CoachEvent;
  if (event.type !== 'CredentialRecorded' && event.type !== 'CredentialExpired') return [];
  const { coachId, credential, issuer } = event.data;
  const key = `${stored.stream}/credential/${JSON.stringify([credential, issuer])}`;
  if (event.type === 'CredentialExpired' || event.data.expiresAt === undefined) return [{ clear: key }];
  return [{ set: { key, kind: CREDENTIAL_EXPIRES, subjectId: coachId, dueAt: event.data.expiresAt } }];
}

/**
 * Each day of answering has its end, when its answers are told, and the last one ends answering. They are known from the
 * start: an answer is no event that could set one. What has been closed by hand has nothing to settle then.
 */
function planAssessment(stored: StoredEvent): readonly DeadlineChange[] {
  const event = stored as unknown as AssessmentEvent;
  if (event.type !== 'AssessmentRequested') return [];
  const { assessmentId, enrollmentId, opensOn, closesOn, closesAt, zone } = event.data;
  const about = { subjectId: assessmentId, historyKey: enrollmentId };
  const days: string[] = [];
  for (let day = opensOn; day < closesOn; day = dayAfter(day, 1)) days.push(day);
  return [
    ...days.map((day) => ({
      set: {
        ...about,
        key: `${stored.stream}/${day}`,
        kind: 'assessment-day',
        dueAt: endOfDay(zone, day),
      },
    })),
    { set: { ...about, key: `${stored.stream}/close`, kind: 'assessment-closes', dueAt: closesAt } },
  ];
}

const silenceOf = (enrollmentId: string) => `enrollment-${enrollmentId}/silence`;

const silence = (enrollmentId: string, dueAt: string): DeadlineChange => ({
  set: {
    key: silenceOf(enrollmentId),
    kind: SILENCE,
    subjectId: enrollmentId,
    historyKey: enrollmentId,
    dueAt,
  },
});

/** Nothing has been booked for so long: looked at anew until the match is over. */
function planSilence(stored: StoredEvent): readonly DeadlineChange[] {
  const event = stored as unknown as MatchEvent;
  switch (event.type) {
    case 'CoachMatched':
      return [silence(event.data.enrollmentId, daysAfter(event.occurredAt, SILENT_DAYS.weekly))];
    case 'SilenceAwaited':
      return [silence(event.data.enrollmentId, event.data.until)];
    default:
      return [];
  }
}
