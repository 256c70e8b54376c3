import type { ReceivedContract } from '@cairn/contracts';

/**
 * What every fact says of itself. A fact is one published event, kept for good: a later one never changes it. What
 * replaced it is the next fact of its kind in its stream, in the order of (version, index); it is read, not stored, so
 * that no order of arrival can matter. Instants are milliseconds since 1970, UTC; days are 'YYYY-MM-DD'.
 */
export interface Stamp {
  readonly stream: string;
  readonly version: number;
  /** Among the events that were published of one stored event. */
  readonly index: number;
  /** When it happened in the world. */
  readonly occurredAt: number;
  /** When Cairn learnt it. */
  readonly recordedAt: number;
}

export interface EnrollmentRefs {
  readonly enrollmentId: string;
  readonly programId: string;
  readonly cohortId: string;
  readonly personId: string;
}

export interface EngagementRefs extends EnrollmentRefs {
  readonly engagementId: string;
  readonly coachId: string;
}

export const stampOf = ({ envelope }: ReceivedContract): Stamp => ({
  stream: envelope.subject,
  version: envelope.streamversion,
  index: envelope.logindex,
  occurredAt: instant(envelope.time),
  recordedAt: instant(envelope.recordedtime),
});

export const enrollmentRefsOf = (data: EnrollmentRefs): EnrollmentRefs => ({
  enrollmentId: data.enrollmentId,
  programId: data.programId,
  cohortId: data.cohortId,
  personId: data.personId,
});

export const engagementRefsOf = (data: EngagementRefs): EngagementRefs => ({
  engagementId: data.engagementId,
  ...enrollmentRefsOf(data),
  coachId: data.coachId,
});

/** @throws Error for what is no instant: schemas let none through */
export function instant(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new Error(`not an instant: ${text}`);
  return at;
}

/** The order within one stream. */
export const inStreamOrder = (a: Stamp, b: Stamp): number => a.version - b.version || a.index - b.index;
