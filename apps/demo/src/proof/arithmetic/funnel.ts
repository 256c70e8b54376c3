import type { Instant } from '../../days.js';
import type { FeedEvent } from '../feed.js';
import { has, last, shareOf, type Enrollment, type Figure, type Figures } from './facts.js';
import { sessionsOf } from './sessions.js';

/** How far people came: counts by stage. */
export function funnel(
  enrollments: readonly Enrollment[],
  events: readonly FeedEvent[],
): Readonly<Record<string, number>> {
  const count = (...names: string[]) => enrollments.filter(({ events }) => has(events, ...names)).length;
  const matched = new Set(
    events.filter(({ name }) => name === 'CoachMatched').map(({ data }) => data.enrollmentId),
  );
  const met = new Set(
    sessionsOf(events)
      .filter((s) => s.outcome === 'completed' && !s.disputed)
      .map(({ person }) => person),
  );
  return {
    nominated: enrollments.length,
    invited: count('InvitationSent'),
    activated: count('EnrollmentActivated'),
    matched: enrollments.filter(({ id }) => matched.has(id)).length,
    'first-session': enrollments.filter(({ person }) => met.has(person)).length,
    completed: count('EnrollmentCompleted'),
  };
}

/** Of the people whose latest invitation has come to its deadline, those who were activated by it. */
export function activation(enrollments: readonly Enrollment[], asOf: Instant): Figures {
  const invited = enrollments.filter(({ events }) => has(events, 'InvitationSent'));
  const deadline = ({ events }: Enrollment): string => last(events, 'InvitationSent')!.data.deadline;
  const due = invited.filter((enrollment) => deadline(enrollment) <= asOf);
  const inTime = (enrollment: Enrollment) => {
    const activated = last(enrollment.events, 'EnrollmentActivated');
    return activated !== undefined && activated.at <= deadline(enrollment);
  };
  const soFar: Figure = shareOf(invited, ({ events }) => has(events, 'EnrollmentActivated'));
  return {
    'activation-rate': {
      ...shareOf(due, inTime),
      beside: {
        'activatedSoFar.value': soFar.value,
        'activatedSoFar.numerator': soFar.numerator!,
        'activatedSoFar.denominator': soFar.denominator!,
      },
    },
  };
}
