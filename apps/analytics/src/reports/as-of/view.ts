import type { CoachFact } from '../../projections/programs/coach-facts.js';
import type { EngagementFact } from '../../projections/participation/engagement-facts.js';
import type { EnrollmentFact } from '../../projections/participation/enrollment-facts.js';
import { inStreamOrder, type Stamp } from '../../projections/fact.js';
import type { GoalFact } from '../../projections/participation/goal-facts.js';
import type { MatchFact } from '../../projections/participation/match-facts.js';
import type { PersonFact } from '../../projections/people/person-facts.js';
import type { ProgramFact } from '../../projections/programs/program-facts.js';
import type { SessionFact } from '../../projections/participation/session-facts.js';
import { coachesAt } from './coach-at.js';
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
  /** Of those who were ever matched in it. */
  readonly coaches: readonly CoachFact[];
}

/** Lists to be filled, one of each kind. */
export const noFacts = (): { [Kind in keyof ProgramFacts]: ProgramFacts[Kind][number][] } => ({
  program: [],
  enrollments: [],
  matches: [],
  engagements: [],
  sessions: [],
  goals: [],
  people: [],
  coaches: [],
});

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
  /** Whether a coach could go on at an instant: neither suspended nor retired, as far as it is known. */
  couldCoach(coachId: string, at: number): boolean;
}

/** The same facts, seen from any moment. Undefined while the programme was not known. */
export type ProgramHistory = (moment: Moment) => ProgramView | undefined;

/** A history that a longer one can be made of: what neither stream nor person of the new facts is, the two share. */
export interface GrowingHistory extends ProgramHistory {
  /** @param facts that are not in it yet */
  with(facts: ProgramFacts): GrowingHistory;
}

/** Of large programmes few views are kept, of small ones all that one report takes: at most so many participants. */
const PARTICIPANTS_KEPT = 50_000;

/** Groups the facts once, so that they can be looked at from many moments, from each of them once. */
export const historyOf = (facts: ProgramFacts): GrowingHistory => lookedAt(grown(NOTHING, facts));

type Keyed<F> = ReadonlyMap<string, readonly F[]>;

/** Streams of an enrolment's, by name, so that equal times never tie. */
interface Threads {
  readonly program: readonly ProgramFact[];
  readonly enrollments: Keyed<EnrollmentFact>;
  readonly matches: Keyed<Stream<MatchFact, MatchAt>>;
  readonly engagements: Keyed<Stream<EngagementFact, EngagementAt>>;
  readonly sessions: Keyed<Stream<SessionFact, SessionAt>>;
  readonly goals: Keyed<Stream<GoalFact, GoalAt>>;
  readonly pulses: Keyed<Stream<GoalFact, PulseAt>>;
  readonly people: Keyed<PersonFact>;
  readonly coaches: Keyed<CoachFact>;
}

const NOTHING: Threads = {
  program: [],
  enrollments: new Map(),
  matches: new Map(),
  engagements: new Map(),
  sessions: new Map(),
  goals: new Map(),
  pulses: new Map(),
  people: new Map(),
  coaches: new Map(),
};

const grown = (threads: Threads, facts: ProgramFacts): Threads => ({
  program: inOrder([...threads.program, ...facts.program]),
  enrollments: longer(threads.enrollments, facts.enrollments, (fact) => fact.enrollmentId),
  matches: woven(threads.matches, facts.matches, matchAt),
  engagements: woven(threads.engagements, facts.engagements, engagementAt),
  sessions: woven(threads.sessions, facts.sessions, sessionAt),
  goals: woven(threads.goals, facts.goals, goalAt),
  pulses: woven(threads.pulses, facts.goals, pulseAt),
  people: longer(threads.people, facts.people, (fact) => fact.personId),
  coaches: longer(threads.coaches, facts.coaches, (fact) => fact.coachId),
});

function lookedAt(threads: Threads): GrowingHistory {
  const { enrollments, matches, engagements, sessions, goals, pulses, people, coaches } = threads;
  const look: ProgramHistory = (moment) => {
    const at = programAt(threads.program, moment);
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
      couldCoach(coachId, at) {
        const coach = coachesAt(coaches.get(coachId) ?? [], lookingAt(moment, at)).get(coachId);
        return coach?.status !== 'suspended' && coach?.status !== 'retired';
      },
    };
  };
  const views = new Map<string, ProgramView | undefined>();
  const history: ProgramHistory = (moment) => {
    const key = `${moment.at} ${moment.knownAt}`;
    const view = views.has(key) ? views.get(key) : look(moment);
    // The one that was asked for last comes last.
    views.delete(key);
    views.set(key, view);
    if (views.size > 1 && views.size * enrollments.size > PARTICIPANTS_KEPT)
      views.delete(views.keys().next().value!);
    return view;
  };
  return Object.assign(history, { with: (facts: ProgramFacts) => lookedAt(grown(threads, facts)) });
}

/** The view with some of its people only: itself, where that is everybody. */
export function only(view: ProgramView, keep: (participant: Participant) => boolean): ProgramView {
  const participants = view.participants.filter(keep);
  return participants.length === view.participants.length ? view : { ...view, participants };
}

/** Each group in the order of its stream. */
function longer<F extends Stamp>(there: Keyed<F>, facts: readonly F[], keyOf: (fact: F) => string): Keyed<F> {
  if (facts.length === 0) return there;
  const all = new Map(there);
  for (const [key, more] of Map.groupBy(facts, keyOf))
    all.set(key, inOrder([...(there.get(key) ?? []), ...more]));
  return all;
}

/** By enrolment, and within it by stream; streams in the order of their names. */
function woven<F extends Stamp & { readonly enrollmentId: string }, T>(
  there: Keyed<Stream<F, T>>,
  facts: readonly F[],
  look: Look<F, T>,
): Keyed<Stream<F, T>> {
  if (facts.length === 0) return there;
  const all = new Map(there);
  for (const [enrollmentId, own] of Map.groupBy(facts, (fact) => fact.enrollmentId)) {
    const streams = new Map(there.get(enrollmentId)?.map((stream) => [stream.name, stream]));
    for (const [name, more] of Map.groupBy(own, (fact) => fact.stream))
      streams.set(name, streamOf(name, [...(streams.get(name)?.facts ?? []), ...more], look));
    all.set(
      enrollmentId,
      [...streams.values()].sort((a, b) => order(a.name, b.name)),
    );
  }
  return all;
}

/** By stream, each in its order. What is told again in a place of its stream replaces what was, as it does in the tables. */
function inOrder<F extends Stamp>(facts: readonly F[]): F[] {
  const compare = (a: F, b: F): number => order(a.stream, b.stream) || inStreamOrder(a, b);
  const sorted = facts.toSorted(compare);
  return sorted.filter((fact, at) => at + 1 === sorted.length || compare(fact, sorted[at + 1]!) !== 0);
}

type Look<F, T> = (facts: readonly F[], moment: Moment) => T | undefined;

/** What one stream says at a moment; undefined before it began. */
interface Stream<F, T> {
  readonly name: string;
  readonly facts: readonly F[];
  at(moment: Moment): T | undefined;
}

/** Once all of it has happened and is known, a stream looks the same from every moment: it is then folded once. */
function streamOf<F extends Stamp, T>(name: string, unsorted: readonly F[], look: Look<F, T>): Stream<F, T> {
  const facts = inOrder(unsorted);
  const all = lookingAt(
    EVER,
    facts.reduce((last, fact) => Math.max(last, fact.occurredAt), -Infinity),
  );
  const known = facts.reduce((last, fact) => Math.max(last, fact.recordedAt), -Infinity);
  const first = facts.reduce((earliest, fact) => Math.min(earliest, fact.occurredAt), Infinity);
  let whole: { readonly seen: T | undefined } | undefined;
  return {
    name,
    facts,
    at(moment) {
      if (moment.at < first) return undefined;
      if (moment.at < all.at || moment.knownAt < known) return look(facts, moment);
      whole ??= { seen: look(facts, all) };
      return whole.seen;
    },
  };
}

function seen<F, T>(
  all: readonly Stream<F, T>[] | undefined,
  moment: Moment,
  startOf: (seen: T) => number,
): T[] {
  const found: T[] = [];
  for (const stream of all ?? []) {
    const each = stream.at(moment);
    if (each !== undefined) found.push(each);
  }
  return found.sort((a, b) => startOf(a) - startOf(b));
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
