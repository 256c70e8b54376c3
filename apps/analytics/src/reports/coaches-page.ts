import { Temporal } from 'temporal-polyfill';
import type { CoachFact } from '../projections/programs/coach-facts.js';
import { coachesAt, type CoachAt, type CredentialAt } from './as-of/coach-at.js';
import { isUnderWay } from './as-of/enrollment-at.js';
import { isCompleted, standing } from './as-of/session-at.js';
import type { Participant, ProgramView } from './as-of/view.js';
import { ALWAYS, divided, measure, sumOf, type Definition } from './metrics/measure.js';
import { isSettled, rematched } from './metrics/rematch-rate.js';
import {
  coachLateCancelRate,
  coachNoShowRate,
  coacheeLateCancelRate,
  coacheeNoShowRate,
  completionRate,
  rescheduleRate,
} from './metrics/session-rates.js';

/** Numerator and denominator of one coach, as the metric of that name has them. */
export interface Part {
  readonly value: number | null;
  readonly numerator: number;
  readonly denominator: number;
}

/** Of one coach's sessions, by party. */
export interface Rates {
  readonly completion: Part;
  readonly coachNoShow: Part;
  readonly coachLateCancel: Part;
  readonly movedByCoach: Part;
  readonly coacheeNoShow: Part;
  readonly coacheeLateCancel: Part;
  readonly movedByCoachee: Part;
}

/** One coach's part in a programme. Counts of what happened; no opinion of anybody. */
export interface CoachShown {
  readonly coachId: string;
  readonly status: CoachAt['status'];
  /** Engagements that the coach can hold at once, in all programmes; null where it is not known. */
  readonly capacity: number | null;
  readonly activeCoachees: number;
  readonly coacheesInAll: number;
  readonly sessionsCompleted: number;
  readonly noShows: number;
  readonly lateCancellations: number;
  readonly sessionsMoved: number;
  readonly rates: Rates;
  /** For how many of those matched at least 60 days before another coach was looked for. Not told to the coach. */
  readonly rematch?: Part;
  readonly reassessment: {
    readonly latest: { readonly outcome: string; readonly at: string } | null;
    /** After the third completed engagement, in whatever programme, and a year after the latest; null before. */
    readonly dueAt: string | null;
    readonly isDue: boolean;
  };
  readonly credentials: readonly CredentialAt[];
}

/** What is known of coaches, in whatever programme. */
export interface Coaches {
  readonly facts: readonly CoachFact[];
  /** When the third engagement of each was completed, by the moment looked from. */
  readonly thirdCompletedAt: ReadonlyMap<string, number>;
}

/**
 * The coaches who are approved or have coached in the programme, by id.
 * @param isShown of internal coaches
 */
export function coachesShown(
  view: ProgramView,
  { facts, thirdCompletedAt }: Coaches,
  isShown: (coachId: string) => boolean = () => true,
): CoachShown[] {
  const known = coachesAt(facts, view.moment);
  const approved = [...known].filter(([, { status }]) => status !== 'unknown').map(([coachId]) => coachId);
  const pairs = view.participants.flatMap((participant) =>
    participant.matches
      .filter(({ matchedAt }) => matchedAt !== undefined)
      .map((match) => ({ match, participant, coachId: match.coachId! })),
  );
  const matched = Map.groupBy(pairs, ({ coachId }) => coachId);
  const held = sessionsByCoach(view);
  const ids = [...new Set([...approved, ...matched.keys(), ...held.keys()])].sort();
  return ids
    .filter((coachId) => isShown(coachId))
    .map((coachId): CoachShown => {
      const own = matched.get(coachId) ?? [];
      const sessions = (held.get(coachId) ?? []).flatMap((each) => each.sessions);
      const judged = (what: string) => sessions.filter((session) => standing(session)?.what === what).length;
      const people = (of: typeof own) => new Set(of.map(({ participant }) => participant.personId)).size;
      const settled = own.filter(({ match, participant }) => isSettled(match, participant, view));
      const left = settled.filter(({ match, participant }) => rematched(participant, view).includes(match));
      const { status = 'unknown', capacity = null, credentials = [], reassessed } = known.get(coachId) ?? {};
      return {
        coachId,
        status,
        capacity,
        activeCoachees: people(
          own.filter(
            ({ match, participant }) => match.status === 'active' && isUnderWay(participant.enrollment),
          ),
        ),
        coacheesInAll: people(own),
        sessionsCompleted: sessions.filter(isCompleted).length,
        noShows: judged('coach-no-show'),
        lateCancellations: judged('coach-late-cancel'),
        sessionsMoved: sessions.filter((session) =>
          session.steps.some(({ step, by }) => step === 'moved' && by === 'coach'),
        ).length,
        rates: ratesOf({ ...view, participants: held.get(coachId) ?? [] }),
        rematch: partOf(people(left), people(settled)),
        reassessment: reassessmentOf(reassessed, thirdCompletedAt.get(coachId), view.moment.at),
        credentials,
      };
    });
}

/** Those who had sessions with each coach, with these sessions alone. */
function sessionsByCoach({ participants }: ProgramView): Map<string, Participant[]> {
  const found = new Map<string, Participant[]>();
  for (const participant of participants)
    for (const [coachId, sessions] of Map.groupBy(participant.sessions, (session) => session.coachId)) {
      const others = found.get(coachId);
      if (others) others.push({ ...participant, sessions });
      else found.set(coachId, [{ ...participant, sessions }]);
    }
  return found;
}

const partOf = (numerator: number, denominator: number): Part => ({
  value: divided(numerator, denominator),
  numerator,
  denominator,
});

function ratesOf(view: ProgramView): Rates {
  const of = (definition: Definition): Part => {
    const { numerator, denominator } = measure(definition, definition.shares(view, ALWAYS));
    return partOf(numerator!, denominator);
  };
  const due = rescheduleRate.shares(view, ALWAYS);
  const moved = (by: 'byCoach' | 'byCoachee') =>
    partOf(
      sumOf(due, ({ beside }) => beside![by]!),
      sumOf(due, ({ denominator }) => denominator),
    );
  return {
    completion: of(completionRate),
    coachNoShow: of(coachNoShowRate),
    coachLateCancel: of(coachLateCancelRate),
    movedByCoach: moved('byCoach'),
    coacheeNoShow: of(coacheeNoShowRate),
    coacheeLateCancel: of(coacheeLateCancelRate),
    movedByCoachee: moved('byCoachee'),
  };
}

function reassessmentOf(
  reassessed: CoachAt['reassessed'],
  thirdCompletedAt: number | undefined,
  at: number,
): CoachShown['reassessment'] {
  const dueAt = reassessed ? aYearAfter(reassessed.at) : thirdCompletedAt;
  const iso = (instant: number) => new Date(instant).toISOString();
  return {
    latest: reassessed ? { outcome: reassessed.outcome, at: iso(reassessed.at) } : null,
    dueAt: dueAt === undefined ? null : iso(dueAt),
    isDue: dueAt !== undefined && dueAt <= at,
  };
}

const aYearAfter = (at: number): number =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('UTC').add({ years: 1 }).epochMilliseconds;
