import { inStreamOrder } from '../projections/fact.js';
import type { CoachFact } from '../projections/programs/coach-facts.js';
import { isUnderWay } from './as-of/enrollment-at.js';
import { hasHappened, type Moment } from './as-of/moment.js';
import { isCompleted, standing } from './as-of/session-at.js';
import type { ProgramView } from './as-of/view.js';

/** One coach's part in a programme. Counts of what happened; no opinion of anybody. */
export interface CoachShown {
  readonly coachId: string;
  readonly status: 'approved' | 'suspended' | 'retired' | 'unknown';
  /** Engagements that the coach can hold at once, in all programmes; null where it is not known. */
  readonly capacity: number | null;
  readonly activeCoachees: number;
  readonly coacheesInAll: number;
  readonly sessionsCompleted: number;
  readonly noShows: number;
  readonly lateCancellations: number;
  readonly sessionsMoved: number;
}

/** The coaches who are approved or have coached in the programme, by id. */
export function coachesShown(view: ProgramView, facts: readonly CoachFact[]): CoachShown[] {
  const known = coachesAt(facts, view.moment);
  const matches = view.participants.flatMap(({ enrollment, matches }) =>
    matches.map((match) => ({ ...match, isUnderWay: isUnderWay(enrollment) })),
  );
  const sessions = Map.groupBy(
    view.participants.flatMap((participant) => participant.sessions),
    (session) => session.coachId,
  );
  const ids = new Set([
    ...known.keys(),
    ...matches.flatMap((match) => match.coachId ?? []),
    ...sessions.keys(),
  ]);
  return [...ids].sort().map((coachId) => {
    const own = matches.filter((match) => match.coachId === coachId && match.matchedAt !== undefined);
    const held = sessions.get(coachId) ?? [];
    const judged = (what: string) => held.filter((session) => standing(session)?.what === what).length;
    const people = (of: typeof own) => new Set(of.map((match) => match.personId)).size;
    return {
      coachId,
      status: known.get(coachId)?.status ?? 'unknown',
      capacity: known.get(coachId)?.capacity ?? null,
      activeCoachees: people(own.filter((match) => match.status === 'active' && match.isUnderWay)),
      coacheesInAll: people(own),
      sessionsCompleted: held.filter(isCompleted).length,
      noShows: judged('coach-no-show'),
      lateCancellations: judged('coach-late-cancel'),
      sessionsMoved: held.filter((session) =>
        session.steps.some(({ step, by }) => step === 'moved' && by === 'coach'),
      ).length,
    };
  });
}

interface CoachAt {
  readonly status: 'approved' | 'suspended' | 'retired';
  readonly capacity: number;
}

function coachesAt(facts: readonly CoachFact[], moment: Moment): Map<string, CoachAt> {
  const coaches = new Map<string, CoachAt>();
  for (const fact of facts.toSorted(inStreamOrder)) {
    if (!hasHappened(fact, moment)) continue;
    const coach = coaches.get(fact.coachId);
    if (fact.fact === 'approved') coaches.set(fact.coachId, { status: 'approved', capacity: fact.capacity });
    else if (!coach) continue;
    else if (fact.fact === 'suspended') coaches.set(fact.coachId, { ...coach, status: 'suspended' });
    else if (fact.fact === 'retired') coaches.set(fact.coachId, { ...coach, status: 'retired' });
    else if (fact.fact === 'reinstated') coaches.set(fact.coachId, { ...coach, status: 'approved' });
    else coaches.set(fact.coachId, { ...coach, capacity: fact.capacity });
  }
  return coaches;
}
