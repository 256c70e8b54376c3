import type { EngagementFact } from '../../projections/participation/engagement-facts.js';
import type { EnrollmentFact } from '../../projections/participation/enrollment-facts.js';
import { inStreamOrder, type Stamp } from '../../projections/fact.js';
import type { GoalFact } from '../../projections/participation/goal-facts.js';
import type { MatchFact } from '../../projections/participation/match-facts.js';
import type { PersonFact } from '../../projections/people/person-facts.js';
import type { ProgramFact } from '../../projections/programs/program-facts.js';
import type { SessionFact } from '../../projections/participation/session-facts.js';
import { engagementAt, type EngagementAt } from './engagement-at.js';
import { enrollmentAt, type EnrollmentAt } from './enrollment-at.js';
import { goalAt, type GoalAt } from './goal-at.js';
import { matchAt, type MatchAt } from './match-at.js';
import { EVER, lookingAt, type Moment } from './moment.js';
import { managersOf, personAt, type PersonAt } from './person-at.js';
import { pulseAt, type PulseAt } from './pulse-at.js';
import { programAt, type ProgramAt } from './program-at.js';
import { sessionAt, type SessionAt } from './session-at.js';

/** Everything that is kept of one programme and of the people in it, in any order. */
export interface ProgramFacts {
  readonly program: readonly ProgramFact[];
  readonly enrollments: readonly EnrollmentFact[];
  readonly matches: readonly MatchFact[];
  readonly engagements: readonly EngagementFact[];
  readonly sessions: readonly SessionFact[];
  readonly goals: readonly GoalFact[];
  readonly people: readonly PersonFact[];
}

/** One enrolment with all that belongs to it, joined from what each stream said. */
export interface Participant {
  readonly personId: string;
  readonly enrollment: EnrollmentAt;
  /** Oldest first. */
  readonly matches: readonly MatchAt[];
  readonly engagements: readonly EngagementAt[];
  /** By start. */
  readonly sessions: readonly SessionAt[];
  readonly goals: readonly GoalAt[];
  readonly pulses: readonly PulseAt[];
}

/** A programme as it stood at a moment: what metrics are computed from. */
export interface ProgramView {
  readonly moment: Moment;
  readonly program: ProgramAt;
  /** By enrolment. */
  readonly participants: readonly Participant[];
  /** A person of the programme as the directory had them on a day, as far as it was known then, or at another moment. */
  person(personId: string, day: string, known?: Moment): PersonAt | undefined;
  /** Everybody whom a person of the programme ever reported to, as far as it is known. */
  managersOf(personId: string): ReadonlySet<string>;
}

/** The same facts, seen from any moment. Undefined while the programme was not known. */
export type ProgramHistory = (moment: Moment) => ProgramView | undefined;

/** Groups the facts once, so that they can be looked at from many moments, from each of them once. */
export function historyOf(facts: ProgramFacts): ProgramHistory {
  const program = facts.program.toSorted((a, b) => order(a.stream, b.stream) || inStreamOrder(a, b));
  const enrollments = streams(facts.enrollments, (fact) => fact.enrollmentId);
  const [matches, engagements, sessions, goals, pulses] = [
    streamsOf(facts.matches, matchAt),
    streamsOf(facts.engagements, engagementAt),
    streamsOf(facts.sessions, sessionAt),
    streamsOf(facts.goals, goalAt),
    streamsOf(facts.goals, pulseAt),
  ];
  const people = streams(facts.people, (fact) => fact.personId);
  const look: ProgramHistory = (moment) => {
    const at = programAt(program, moment);
    if (!at) return undefined;
    const participants = [...enrollments.keys()].sort(order).flatMap((id): Participant[] => {
      const enrollment = enrollmentAt(enrollments.get(id)!, moment, at.zone);
      if (!enrollment) return [];
      return [
        {
          personId: enrollment.personId,
          enrollment,
          matches: seen(matches.get(id), moment, (match) => match.requestedAt),
          engagements: seen(engagements.get(id), moment, (each) => each.plannedAt),
          sessions: seen(sessions.get(id), moment, (session) => session.startsAt),
          goals: seen(goals.get(id), moment, (goal) => goal.proposedAt),
          pulses: seen(pulses.get(id), moment, (pulse) => pulse.requestedAt),
        },
      ];
    });
    return {
      moment,
      program: at,
      participants,
      person: (personId, day, known = moment) => personAt(people.get(personId) ?? [], day, known),
      managersOf: (personId) => managersOf(people.get(personId) ?? [], moment),
    };
  };
  const views = new Map<string, ProgramView | undefined>();
  return (moment) => {
    const key = `${moment.at} ${moment.knownAt}`;
    if (!views.has(key)) views.set(key, look(moment));
    return views.get(key);
  };
}

/** The view with some of its people only. */
export const only = (view: ProgramView, keep: (participant: Participant) => boolean): ProgramView => ({
  ...view,
  participants: view.participants.filter(keep),
});

function streams<F extends Stamp>(facts: readonly F[], keyOf: (fact: F) => string): Map<string, F[]> {
  const groups = Map.groupBy(facts, keyOf);
  for (const group of groups.values()) group.sort(inStreamOrder);
  return groups;
}

/** By enrolment, and within it by stream; streams in the order of their names, so that equal times never tie. */
function streamsOf<F extends Stamp & { readonly enrollmentId: string }, T>(
  facts: readonly F[],
  look: Look<F, T>,
): Map<string, Stream<T>[]> {
  const ofEnrollment = new Map<string, Stream<T>[]>();
  for (const group of [...streams(facts, (fact) => fact.stream).entries()].sort(([a], [b]) => order(a, b))) {
    const { enrollmentId } = group[1][0]!;
    const stream = streamOf(group[1], look);
    const others = ofEnrollment.get(enrollmentId);
    if (others) others.push(stream);
    else ofEnrollment.set(enrollmentId, [stream]);
  }
  return ofEnrollment;
}

type Look<F, T> = (facts: readonly F[], moment: Moment) => T | undefined;
/** What one stream says at a moment; undefined before it began. */
type Stream<T> = (moment: Moment) => T | undefined;

/** Once all of it has happened and is known, a stream looks the same from every moment: it is then folded once. */
function streamOf<F extends Stamp, T>(facts: readonly F[], look: Look<F, T>): Stream<T> {
  const all = lookingAt(
    EVER,
    facts.reduce((last, fact) => Math.max(last, fact.occurredAt), -Infinity),
  );
  const known = facts.reduce((last, fact) => Math.max(last, fact.recordedAt), -Infinity);
  const first = facts.reduce((earliest, fact) => Math.min(earliest, fact.occurredAt), Infinity);
  let whole: { readonly seen: T | undefined } | undefined;
  return (moment) => {
    if (moment.at < first) return undefined;
    if (moment.at < all.at || moment.knownAt < known) return look(facts, moment);
    whole ??= { seen: look(facts, all) };
    return whole.seen;
  };
}

function seen<T>(all: readonly Stream<T>[] | undefined, moment: Moment, startOf: (seen: T) => number): T[] {
  const found: T[] = [];
  for (const stream of all ?? []) {
    const each = stream(moment);
    if (each !== undefined) found.push(each);
  }
  return found.sort((a, b) => startOf(a) - startOf(b));
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
