import type { Outcome } from '@cairn/contracts';
import type { EngagementRefs } from '../../projections/fact.js';
import type { Party, SessionFact } from '../../projections/participation/session-facts.js';
import { hasHappened, isKnown, type Moment } from './moment.js';

/** How a session was judged, after the corrections that are known. */
export interface JudgedOutcome {
  readonly what: Outcome;
  /** When it was judged first; a correction does not move it. */
  readonly at: number;
  readonly forfeited: boolean;
  /** Completed on the evidence alone, with nobody's objection. */
  readonly auto: boolean;
}

/** A move or a cancellation by one of the two; what Cairn cancels by itself is nobody's step. */
export interface CalendarStep {
  readonly step: 'moved' | 'cancelled';
  readonly by: Party;
  readonly at: number;
}

/** One session as it stood. A moved session is one session, at its last time. */
export interface SessionAt extends EngagementRefs {
  readonly sessionId: string;
  readonly scheduledAt: number;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly outcome?: JudgedOutcome;
  /** When it was cancelled, in time or late; not where a correction says that it was not. */
  readonly cancelledAt?: number;
  readonly disputed: boolean;
  readonly steps: readonly CalendarStep[];
}

/** @param facts of one session, in stream order. Undefined while it was not scheduled yet. */
export function sessionAt(facts: readonly SessionFact[], moment: Moment): SessionAt | undefined {
  let session: SessionAt | undefined;
  for (const fact of facts) {
    if (fact.fact === 'corrected') session = session && corrected(session, fact, moment);
    else if (hasHappened(fact, moment)) session = after(session, fact);
  }
  return session && restated(notBefore(session, moment.at));
}

/** What a correction says was held or missed was so from its end on, though it had been cancelled before. */
function notBefore(session: SessionAt, at: number): SessionAt {
  if (session.outcome === undefined || session.outcome.at <= at) return session;
  const { outcome: _, ...ahead } = session;
  return ahead;
}

/** A cancellation stands as the outcome has it in the end: it was by somebody else, or there was none. */
function restated(session: SessionAt): SessionAt {
  const { cancelledAt, ...kept } = session;
  const what = session.outcome?.what;
  if (cancelledAt === undefined || what === 'cancelled-in-time') return session;
  const by = what === 'coach-late-cancel' ? 'coach' : what === 'coachee-late-cancel' ? 'coachee' : undefined;
  if (by)
    return {
      ...session,
      steps: session.steps.map((step) => (step.step === 'moved' ? step : { ...step, by })),
    };
  return { ...kept, steps: session.steps.filter(({ step }) => step === 'moved') };
}

/** A correction replaces the outcome that it corrects, back to the day of that outcome; what was held, not before its end. */
function corrected(session: SessionAt, fact: SessionFact & { fact: 'corrected' }, moment: Moment): SessionAt {
  if (!session.outcome || !isKnown(fact, moment)) return session;
  const isCancelled = fact.outcome === 'cancelled-in-time' || fact.outcome.endsWith('-late-cancel');
  const judgedAt = session.cancelledAt ?? session.outcome.at;
  const at = isCancelled ? judgedAt : Math.max(judgedAt, session.endsAt);
  return {
    ...session,
    outcome: { what: fact.outcome, at, forfeited: fact.forfeited, auto: false },
    disputed: false,
  };
}

function after(
  session: SessionAt | undefined,
  fact: Exclude<SessionFact, { fact: 'corrected' }>,
): SessionAt | undefined {
  if (fact.fact === 'scheduled')
    return {
      sessionId: fact.sessionId,
      engagementId: fact.engagementId,
      enrollmentId: fact.enrollmentId,
      programId: fact.programId,
      cohortId: fact.cohortId,
      personId: fact.personId,
      coachId: fact.coachId,
      scheduledAt: fact.occurredAt,
      startsAt: fact.startsAt,
      endsAt: fact.endsAt,
      disputed: false,
      steps: [],
    };
  if (!session) return undefined;
  const judged = (what: Outcome, forfeited = false, auto = false): SessionAt => ({
    ...session,
    disputed: false,
    outcome: { what, at: fact.occurredAt, forfeited, auto },
  });
  switch (fact.fact) {
    case 'moved':
      return {
        ...session,
        startsAt: fact.startsAt,
        endsAt: fact.endsAt,
        steps: [...session.steps, { step: 'moved', by: fact.by, at: fact.occurredAt }],
      };
    case 'cancelled': {
      const { by, late, forfeited, occurredAt: at } = fact;
      const what = !late || by === 'cairn' ? 'cancelled-in-time' : (`${by}-late-cancel` as const);
      const steps =
        by === 'cairn' ? session.steps : [...session.steps, { step: 'cancelled' as const, by, at }];
      return { ...judged(what, forfeited), cancelledAt: at, steps };
    }
    case 'noShow':
      return judged(`${fact.by}-no-show`, fact.forfeited);
    case 'completed':
      return judged('completed', false, fact.auto);
    case 'unconfirmed':
      return judged('unconfirmed');
    case 'disputed':
      return { ...session, disputed: true };
    case 'awaiting':
      return session;
  }
}

/** Due: its time has come and it was not cancelled in time. */
export const isDue = (session: SessionAt, at: number): boolean =>
  session.startsAt <= at && session.outcome?.what !== 'cancelled-in-time';

/** Due, and nobody has judged it yet. */
export const isAwaiting = (session: SessionAt): boolean => session.outcome === undefined;

/** The outcome that counts: none while it is disputed. */
export const standing = (session: SessionAt): JudgedOutcome | undefined =>
  session.disputed ? undefined : session.outcome;

export const isCompleted = (session: SessionAt): boolean => standing(session)?.what === 'completed';

/** Used up a unit without being held. */
export const isForfeited = (session: SessionAt): boolean => standing(session)?.forfeited ?? false;

/** Lies ahead: booked, not cancelled, and not begun. */
export const isAhead = (session: SessionAt, at: number): boolean =>
  session.startsAt > at && session.outcome === undefined;
