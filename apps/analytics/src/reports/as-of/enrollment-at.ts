import type { EnrollmentFact } from '../../projections/participation/enrollment-facts.js';
import type { EnrollmentRefs } from '../../projections/fact.js';
import { hasHappened, type Moment } from './moment.js';
import type { Span } from './span.js';
import type { Zone } from './zone.js';

export type EnrollmentStatus =
  | 'nominated'
  | 'waitlisted'
  | 'invited'
  | 'expired'
  | 'declined'
  | 'withdrawn'
  | 'active'
  | 'paused'
  | 'completed'
  | 'discontinued'
  | 'cancelled';

export interface Invitation {
  readonly sentAt: number;
  /** The last instant at which it could be taken up. */
  readonly deadline: number;
}

/** One person's enrolment in one programme as it stood. */
export interface EnrollmentAt extends EnrollmentRefs {
  readonly status: EnrollmentStatus;
  /** When it came into that status. */
  readonly since: number;
  readonly nominatedAt: number;
  /** Every invitation, oldest first. */
  readonly invitations: readonly Invitation[];
  readonly activatedAt?: number;
  /** When it ended after it was active: completed, discontinued or cancelled. */
  readonly endedAt?: number;
  /** Why it ended, or why it never began. */
  readonly reason?: string;
  /** In whole days of the programme's zone, in order; the last may be open. */
  readonly pauses: readonly Span[];
  /** Sessions granted in all; undefined before any were. */
  readonly allotment?: number;
  /** Its own end date, where it was extended. */
  readonly endsOn?: string;
}

/** @param facts of one enrolment, in stream order. Undefined while nobody was nominated yet. */
export function enrollmentAt(
  facts: readonly EnrollmentFact[],
  moment: Moment,
  zone: Zone,
): EnrollmentAt | undefined {
  let enrollment: EnrollmentAt | undefined;
  for (const fact of facts) if (hasHappened(fact, moment)) enrollment = after(enrollment, fact, zone);
  return enrollment && withPauses(enrollment, moment.at);
}

function after(
  enrollment: EnrollmentAt | undefined,
  fact: EnrollmentFact,
  zone: Zone,
): EnrollmentAt | undefined {
  const at = fact.occurredAt;
  if (fact.fact === 'nominated')
    return {
      enrollmentId: fact.enrollmentId,
      programId: fact.programId,
      cohortId: fact.cohortId,
      personId: fact.personId,
      status: 'nominated',
      since: at,
      nominatedAt: at,
      invitations: [],
      pauses: [],
    };
  if (!enrollment) return undefined;
  switch (fact.fact) {
    case 'waitlisted':
    case 'expired':
      return { ...enrollment, status: fact.fact, since: at };
    case 'invited':
      return {
        ...enrollment,
        status: 'invited',
        since: at,
        invitations: [...enrollment.invitations, { sentAt: at, deadline: fact.deadline }],
      };
    case 'declined':
    case 'withdrawn':
      return { ...enrollment, status: fact.fact, since: at, reason: fact.reason };
    case 'activated':
      return { ...enrollment, status: 'active', since: at, activatedAt: at };
    case 'paused':
      return {
        ...enrollment,
        pauses: [...enrollment.pauses, { from: zone.startOf(fact.day), to: Infinity }],
      };
    case 'resumed':
      return { ...enrollment, pauses: resumed(enrollment.pauses, zone.startOf(fact.day)) };
    case 'extended':
      return { ...enrollment, endsOn: fact.day };
    case 'completed':
      return { ...enrollment, status: 'completed', since: at, endedAt: at };
    case 'discontinued':
    case 'cancelled':
      return { ...enrollment, status: fact.fact, since: at, endedAt: at, reason: fact.reason };
    case 'allotted':
      return { ...enrollment, allotment: fact.total };
  }
}

function resumed(pauses: readonly Span[], to: number): Span[] {
  const last = pauses.at(-1);
  if (!last) return [];
  // Resumed before the pause began: there was none.
  return to <= last.from ? pauses.slice(0, -1) : [...pauses.slice(0, -1), { from: last.from, to }];
}

/** A pause counts from its first day on, which may lie after the day on which it was asked for. */
function withPauses(enrollment: EnrollmentAt, at: number): EnrollmentAt {
  if (enrollment.status !== 'active') return enrollment;
  const last = enrollment.pauses.at(-1);
  if (!last || last.from > at) return enrollment;
  return last.to > at
    ? { ...enrollment, status: 'paused', since: last.from }
    : { ...enrollment, since: Math.max(last.to, enrollment.since) };
}

/** Active or paused. */
export const isUnderWay = ({ status }: EnrollmentAt): boolean => status === 'active' || status === 'paused';
