import type { Judgement } from '../matching/courses.js';

/** What reactions ask of this service. */
export type ReactionCommand =
  /** The last session of the allotment was used. */
  | { readonly kind: 'complete-early'; readonly enrollmentId: string }
  /** The coachee has left: the enrolment is withdrawn or discontinued, whichever its state asks for. */
  | { readonly kind: 'coachee-left'; readonly enrollmentId: string }
  /** An internal coach has left: no new matches. */
  | { readonly kind: 'suspend-coach'; readonly coachId: string }
  /** The match with a coach who has left: a proposal goes back to the request, a running match ends, and another coach is looked for. */
  | { readonly kind: 'coach-left'; readonly enrollmentId: string; readonly coachId: string }
  /** What its sessions say of a running match. */
  | ({
      readonly kind: 'judge-match';
      readonly enrollmentId: string;
      readonly engagementId: string;
    } & Judgement)
  /** Units that were left when an engagement ended are there for the next one. */
  | { readonly kind: 'grant-again'; readonly enrollmentId: string; readonly count: number }
  /** A proposal to a coach who is suspended, has retired or holds no valid credential any more goes back to the request. */
  | { readonly kind: 'give-back'; readonly enrollmentId: string; readonly coachId: string }
  /** The coachee of an assessment has left: nobody is left to read its results. */
  | { readonly kind: 'withdraw-assessment'; readonly assessmentId: string }
  /** A programme nominates whoever is promoted to people manager. */
  | {
      readonly kind: 'nominate-promoted';
      readonly programId: string;
      readonly cohortId: string;
      readonly personId: string;
      readonly promotedOn: string;
      readonly withinDays: number;
    };

type Ids = Partial<Record<'programId' | 'enrollmentId' | 'coachId' | 'assessmentId', string>>;

/**
 * What it does and to whom, in one of an event's commands alone. A judgement is of all sessions of which is known by then:
 * where its event comes again, and others have come meanwhile, it is another one.
 */
export function about(command: ReactionCommand): string {
  const { programId, enrollmentId, coachId, assessmentId }: Ids = command;
  const judged = command.kind === 'judge-match' && [...command.reasons, command.silentAt].join();
  return [command.kind, programId, enrollmentId, coachId, assessmentId, judged].filter(Boolean).join(' ');
}
