import { addDays, dayOf, daysBetween, type Day, type Instant } from '../days.js';
import type { FeedEvent } from './feed.js';

/**
 * HR's headline numbers, worked out a second time from the published events alone. Nothing here is shared with analytics:
 * each number is told in the plainest way, slowly, so that a difference means that one of the two is wrong.
 */
export interface Numbers {
  readonly [id: string]: number | null;
}

export interface Program {
  readonly programId: string;
  readonly zone: string;
  readonly cadence: 'weekly' | 'bi-weekly' | 'monthly';
  readonly allotment: number;
  readonly cost: number;
}

interface Enrollment {
  readonly id: string;
  readonly person: string;
  readonly events: readonly FeedEvent[];
}

const DAY = 86_400_000;
const time = (instant: Instant): number => Date.parse(instant);
const ratio = (numerator: number, denominator: number): number | null =>
  denominator === 0 ? null : numerator / denominator;

/** @param events of all services; those after `asOf` are left out here */
export function recompute(all: readonly FeedEvent[], program: Program, asOf: Instant): Numbers {
  const events = all.filter((event) => event.at <= asOf && event.data.programId === program.programId);
  const enrollments = enrollmentsOf(events);
  return {
    ...funnel(enrollments),
    ...activation(enrollments, asOf),
    ...engagement(enrollments, events, program, asOf),
    ...sessions(events, asOf),
    ...use(enrollments, events, program, asOf),
    ...matches(events),
    ...times(enrollments, events, asOf),
    ...goals(events, asOf),
  };
}

function enrollmentsOf(events: readonly FeedEvent[]): Enrollment[] {
  const byId = Map.groupBy(
    events.filter(({ stream }) => stream.startsWith('enrollment-')),
    ({ data }) => data.enrollmentId as string,
  );
  return [...byId].map(([id, own]) => ({ id, person: own[0]!.data.personId, events: own }));
}

const last = (events: readonly FeedEvent[], ...names: string[]) =>
  events.findLast(({ name }) => names.includes(name));
const has = (events: readonly FeedEvent[], ...names: string[]) =>
  events.some(({ name }) => names.includes(name));
const ENDED = ['EnrollmentCompleted', 'EnrollmentDiscontinued', 'EnrollmentCancelled'];

function funnel(enrollments: readonly Enrollment[]): Numbers {
  const count = (...names: string[]) => enrollments.filter(({ events }) => has(events, ...names)).length;
  return {
    'funnel.nominated': enrollments.length,
    'funnel.invited': count('InvitationSent'),
    'funnel.activated': count('EnrollmentActivated'),
  };
}

/** Of the people whose latest invitation has come to its deadline, those who were activated by it. */
function activation(enrollments: readonly Enrollment[], asOf: Instant): Numbers {
  const due = enrollments.filter(
    ({ events }) => (last(events, 'InvitationSent')?.data.deadline ?? '9') <= asOf,
  );
  const activated = due.filter(({ events }) => has(events, 'EnrollmentActivated'));
  return { 'activation-rate': ratio(activated.length, due.length) };
}

/** Days [from, to) on which an enrolment was paused, up to asOf. */
function pauses({ events }: Enrollment, zone: string, asOf: Instant): [Day, Day][] {
  const spans: [Day, Day][] = [];
  let from: Day | undefined;
  for (const { name, data, at } of events) {
    if (name === 'EnrollmentPaused') from = data.from;
    if (from !== undefined && (name === 'EnrollmentResumed' || ENDED.includes(name))) {
      spans.push([from, name === 'EnrollmentResumed' ? data.on : dayOf(at, zone)]);
      from = undefined;
    }
  }
  if (from !== undefined) spans.push([from, addDays(dayOf(asOf, zone), 1)]);
  return spans;
}

/** Outcome of each session as it stands, corrections included. */
interface Session {
  readonly id: string;
  readonly person: string;
  startsAt: Instant;
  outcome: string;
  completedAt?: Instant;
  movedBy: Set<string>;
  forfeited: boolean;
  disputed: boolean;
}

function sessionsOf(events: readonly FeedEvent[]): Session[] {
  const found = new Map<string, Session>();
  for (const { name, data, at } of events) {
    if (name === 'SessionScheduled')
      found.set(data.sessionId, {
        id: data.sessionId,
        person: data.personId,
        startsAt: data.startsAt,
        outcome: 'scheduled',
        movedBy: new Set(),
        forfeited: false,
        disputed: false,
      });
    const session = data.sessionId === undefined ? undefined : found.get(data.sessionId);
    if (session === undefined) continue;
    if (name === 'SessionRescheduled') {
      session.startsAt = data.to.startsAt;
      session.movedBy.add(data.by);
    } else if (name === 'SessionCancelled') {
      session.outcome = data.late ? `${data.by}-late-cancel` : 'cancelled-in-time';
      session.forfeited = data.forfeited;
    } else if (name === 'SessionAwaitingConfirmation') session.outcome = 'awaiting';
    else if (name === 'SessionUnconfirmed') session.outcome = 'unconfirmed';
    else if (name === 'NoShowRecorded') {
      session.outcome = `${data.party}-no-show`;
      session.forfeited = data.forfeited;
    } else if (name === 'SessionCompleted') {
      session.outcome = 'completed';
      session.completedAt = at;
      session.disputed = false;
    } else if (name === 'SessionDisputed') session.disputed = true;
    else if (name === 'OutcomeCorrected') {
      session.outcome = data.to;
      session.forfeited = data.forfeited;
      session.disputed = false;
      if (data.to === 'completed') session.completedAt ??= at;
    }
  }
  return [...found.values()];
}

/** Completed ÷ (due − awaiting − disputed), and each party's failures over the same. */
function sessions(events: readonly FeedEvent[], asOf: Instant): Numbers {
  const due = sessionsOf(events).filter((s) => s.startsAt <= asOf && s.outcome !== 'cancelled-in-time');
  const judged = due.filter((s) => !s.disputed && s.outcome !== 'awaiting' && s.outcome !== 'scheduled');
  const share = (outcome: string) => ratio(judged.filter((s) => s.outcome === outcome).length, judged.length);
  return {
    'completion-rate': share('completed'),
    'coachee-no-show-rate': share('coachee-no-show'),
    'coachee-late-cancel-rate': share('coachee-late-cancel'),
    'coach-no-show-rate': share('coach-no-show'),
    'coach-late-cancel-rate': share('coach-late-cancel'),
    'reschedule-rate': ratio(due.filter((s) => s.movedBy.size > 0).length, due.length),
  };
}

/** One who was active all through the window; `active` says for each whether something happened in it. */
function engagement(
  enrollments: readonly Enrollment[],
  events: readonly FeedEvent[],
  program: Program,
  asOf: Instant,
): Numbers {
  const days = program.cadence === 'monthly' ? 45 : 28;
  const to = dayOf(asOf, program.zone);
  const from = addDays(to, -days + 1);
  const within = (at: Instant) => at <= asOf && dayOf(at, program.zone) >= from;
  const through = enrollments.filter((enrollment) => {
    const activated = enrollment.events.find(({ name }) => name === 'EnrollmentActivated');
    if (activated === undefined || has(enrollment.events, ...ENDED)) return false;
    if (dayOf(activated.at, program.zone) >= from) return false;
    return !pauses(enrollment, program.zone, asOf).some(([first, end]) => first <= to && end > from);
  });
  const people = (events: readonly FeedEvent[]) => new Set(events.map(({ data }) => data.personId as string));
  const met = new Set(
    sessionsOf(events)
      .filter((s) => s.outcome === 'completed' && !s.disputed && within(s.startsAt))
      .map(({ person }) => person),
  );
  const busy = people(events.filter(({ stream, at }) => stream.startsWith('goal-') && within(at)));
  return {
    'engaged-rate': ratio(through.filter(({ person }) => met.has(person)).length, through.length),
    'between-session-active': ratio(through.filter(({ person }) => busy.has(person)).length, through.length),
  };
}

/** Sessions used against those that could have been by now, and what they have cost. */
function use(
  enrollments: readonly Enrollment[],
  events: readonly FeedEvent[],
  program: Program,
  asOf: Instant,
): Numbers {
  const period = { weekly: 7, 'bi-weekly': 14, monthly: 30 }[program.cadence];
  const all = sessionsOf(events);
  let planned = 0;
  for (const enrollment of enrollments) {
    const activated = enrollment.events.find(({ name }) => name === 'EnrollmentActivated');
    if (activated === undefined) continue;
    const ended = last(enrollment.events, ...ENDED);
    const to = dayOf(ended?.at ?? asOf, program.zone);
    const from = dayOf(activated.at, program.zone);
    const paused = pauses(enrollment, program.zone, asOf).reduce(
      (sum, [first, end]) => sum + daysBetween(first, end < to ? end : to),
      0,
    );
    const allotted = last(enrollment.events, 'SessionsAllotted')?.data.total ?? program.allotment;
    planned += Math.min(allotted, Math.floor((daysBetween(from, to) - paused) / period));
  }
  const completed = all.filter((s) => s.outcome === 'completed' && !s.disputed).length;
  const forfeited = all.filter((s) => s.forfeited && !s.disputed).length;
  return {
    utilisation: ratio(completed + forfeited, planned),
    delivered: ratio(completed, planned),
    'cost-to-date': program.cost * (completed + forfeited),
  };
}

/** Mean score of the matches that are active. */
function matches(events: readonly FeedEvent[]): Numbers {
  const ended = new Set(events.filter(({ name }) => name === 'MatchEnded').map(({ data }) => data.matchId));
  const scores = events
    .filter(({ name, data }) => name === 'CoachMatched' && !ended.has(data.matchId))
    .map(({ data }) => data.score as number);
  return {
    'match-fit': ratio(
      scores.reduce((sum, score) => sum + score, 0),
      scores.length,
    ),
  };
}

/** Median days, with those who are still waiting counted as long as they have waited. */
function times(enrollments: readonly Enrollment[], events: readonly FeedEvent[], asOf: Instant): Numbers {
  const held = sessionsOf(events).filter((s) => s.outcome === 'completed');
  const first: Waiting[] = [];
  for (const { events: own, person } of enrollments) {
    const activated = own.find(({ name }) => name === 'EnrollmentActivated');
    if (activated === undefined) continue;
    const starts = held
      .filter((s) => s.person === person)
      .map(({ startsAt }) => startsAt)
      .sort();
    const ended = last(own, ...ENDED);
    first.push(waitingFrom(activated.at, starts[0], ended?.at, asOf));
  }
  const requests = Map.groupBy(
    events.filter(({ data }) => data.matchId !== undefined),
    ({ data }) => data.matchId as string,
  );
  const match: Waiting[] = [];
  for (const own of requests.values()) {
    const requested = own.find(({ name }) => name === 'MatchRequested');
    if (requested === undefined) continue;
    const matched = own.find(({ name }) => name === 'CoachMatched');
    const withdrawn = own.find(({ name }) => name === 'MatchRequestWithdrawn');
    match.push(waitingFrom(requested.at, matched?.at, withdrawn?.at, asOf));
  }
  return { 'time-to-match': median(match), 'time-to-first-session': median(first) };
}

interface Waiting {
  readonly days: number;
  readonly end: 'event' | 'other' | 'open';
}

function waitingFrom(
  from: Instant,
  event: Instant | undefined,
  other: Instant | undefined,
  asOf: Instant,
): Waiting {
  if (event !== undefined) return { days: (time(event) - time(from)) / DAY, end: 'event' };
  if (other !== undefined) return { days: (time(other) - time(from)) / DAY, end: 'other' };
  return { days: (time(asOf) - time(from)) / DAY, end: 'open' };
}

/** The day by which half have had it: cumulative incidence, withdrawal being another way out (Aalen–Johansen). */
function median(list: readonly Waiting[]): number | null {
  let free = 1;
  let reached = 0;
  const moments = [...new Set(list.map(({ days }) => days))].sort((a, b) => a - b);
  for (const moment of moments) {
    const atRisk = list.filter(({ days }) => days >= moment).length;
    const now = (end: Waiting['end']) => list.filter((one) => one.days === moment && one.end === end).length;
    reached += (free * now('event')) / atRisk;
    free *= 1 - (now('event') + now('other')) / atRisk;
    if (reached >= 0.5 - 1e-12) return moment;
  }
  return null;
}

/** Attained ÷ agreed goals that are due, and the mean change of the goal attainment T score. */
function goals(events: readonly FeedEvent[], asOf: Instant): Numbers {
  const own = Map.groupBy(
    events.filter(({ stream }) => stream.startsWith('goal-')),
    ({ data }) => data.goalId as string,
  );
  const over = new Set(
    events
      .filter(({ name }) => name === 'EngagementEnded' || name === 'EngagementCompleted')
      .map(({ data }) => data.engagementId),
  );
  const due = [...own.values()].filter((goal) => {
    if (!has(goal, 'GoalAgreed')) return false;
    const terms = last(goal, 'GoalProposed', 'GoalAgreed', 'GoalRevised')!.data;
    return terms.targetDate <= asOf.slice(0, 10) || over.has(terms.engagementId);
  });
  const attained = due.filter((goal) => last(goal, 'GoalClosed')?.data.outcome === 'attained');

  const perPerson = Map.groupBy([...own.values()], (goal) => goal[0]!.data.personId as string);
  const changes: number[] = [];
  for (const list of perPerson.values()) {
    const scored = list.flatMap((goal) => {
      const closing = goal.findLast(
        ({ name, data }) =>
          name === 'AttainmentScored' && data.scorer === 'self' && data.moment === 'closing',
      );
      const baseline = last(goal, 'AttainmentScaleDefined');
      const weight = last(goal, 'GoalProposed', 'GoalAgreed', 'GoalRevised')!.data.weight as number;
      return closing && baseline
        ? [{ weight, before: baseline.data.baselineLevel as number, after: closing.data.level as number }]
        : [];
    });
    if (scored.length === 0) continue;
    const score = (level: (one: (typeof scored)[number]) => number) => {
      const weighted = scored.reduce((sum, one) => sum + one.weight * level(one), 0);
      const squares = scored.reduce((sum, one) => sum + one.weight ** 2, 0);
      const total = scored.reduce((sum, one) => sum + one.weight, 0);
      return 50 + (10 * weighted) / Math.sqrt(0.7 * squares + 0.3 * total ** 2);
    };
    changes.push(score((one) => one.after) - score((one) => one.before));
  }
  return {
    'goal-completion': ratio(attained.length, due.length),
    'goal-attainment': ratio(
      changes.reduce((sum, change) => sum + change, 0),
      changes.length,
    ),
  };
}

/** The manager baseline's totals from the people's events: who was employed on the first day, and left in the period. */
export function recomputeBaseline(
  all: readonly FeedEvent[],
  from: Day,
  to: Day,
): { employed: number; left: number } {
  const left = new Map<string, Day>();
  for (const { name, data } of all) if (name === 'PersonLeft') left.set(data.personId, data.leftOn);
  const there = all.filter(({ name, data }) => {
    if (name !== 'PersonAdded' || data.placeholder || data.startedOn > from) return false;
    return (left.get(data.personId) ?? '9') >= from;
  });
  const gone = there.filter(({ data }) => {
    const on = left.get(data.personId);
    return on !== undefined && on <= to;
  });
  return { employed: there.length, left: gone.length };
}
