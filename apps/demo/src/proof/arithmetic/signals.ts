import { addDays, instantOf, type Instant } from '../../days.js';
import type { FeedEvent } from '../feed.js';
import {
  ENDED,
  has,
  last,
  pauses,
  shareOf,
  time,
  unpausedDays,
  type Enrollment,
  type Figures,
  type Program,
} from './facts.js';
import { sessionsOf, type Session } from './sessions.js';

/** Of a bi-weekly cadence. */
const TOO_LONG_DAYS = 21;

/** The names of the signals of each person, in order of the alphabet; of those who are invited or active. */
export function signalsByPerson(
  enrollments: readonly Enrollment[],
  events: readonly FeedEvent[],
  program: Program,
  asOf: Instant,
): ReadonlyMap<string, string[]> {
  const sessions = Map.groupBy(sessionsOf(events), ({ person }) => person);
  // An engagement that is over asks nothing any more.
  const over = new Set(
    events
      .filter(({ name }) => name === 'EngagementEnded' || name === 'EngagementCompleted')
      .map(({ data }) => data.engagementId as string),
  );
  const goesOn = events.filter(({ data }) => !over.has(data.engagementId));
  const goingOn = Map.groupBy(sessionsOf(goesOn), ({ person }) => person);
  const goals = Map.groupBy(
    goesOn.filter(({ stream }) => stream.startsWith('goal-')),
    ({ data }) => data.personId as string,
  );
  const pulses = Map.groupBy(
    goesOn.filter(({ stream }) => stream.startsWith('pulse-')),
    ({ data }) => data.personId as string,
  );
  const found = new Map<string, string[]>();
  for (const enrollment of enrollments) {
    const { person, events: own } = enrollment;
    if (has(own, ...ENDED, 'InvitationDeclined', 'ParticipantWithdrawn')) continue;
    const names: string[] = [];
    if (!has(own, 'EnrollmentActivated')) {
      const invitation = last(own, 'InvitationSent');
      if (invitation === undefined) continue;
      if (invitation.data.deadline <= asOf) names.push('invitation-unanswered');
    } else {
      const paused = pauses(enrollment, program.zone, asOf).some(
        ([from, to]) =>
          instantOf(from, '00:00', program.zone) <= asOf && instantOf(to, '00:00', program.zone) > asOf,
      );
      if (paused) continue;
      const waited = (from: Instant) =>
        unpausedDays(enrollment, time(from), time(asOf), program.zone, asOf) >= TOO_LONG_DAYS;
      names.push(
        ...ofCalendar(enrollment, sessions.get(person) ?? [], events, asOf, waited),
        ...ofSessions(goingOn.get(person) ?? []),
        ...ofGoals(goingOn.get(person) ?? [], goals.get(person) ?? [], waited),
        ...ofPulses(
          goingOn.get(person) ?? [],
          goals.get(person) ?? [],
          pulses.get(person) ?? [],
          program,
          asOf,
        ),
      );
    }
    found.set(person, names.sort());
  }
  return found;
}

/** Of those who are invited or active, those with a signal. */
export const offTrack = (signals: ReadonlyMap<string, string[]>): Figures => ({
  'off-track': shareOf(
    [...signals].map(([person, names]) => ({ person, names })),
    ({ names }) => names.length > 0,
  ),
});

/** When it was cancelled, unless a correction says that it was not. */
const cancelled = (s: Session) => (s.outcome.includes('cancel') ? s.cancelledAt : undefined);

/** Moves and cancellations by one of the two. */
const steps = (s: Session) =>
  [...s.moves, s.cancelledBy === 'cairn' ? undefined : cancelled(s)].filter((at) => at !== undefined);

const isHeld = (s: Session) => s.outcome === 'completed' && !s.disputed;

function ofCalendar(
  { id, events: own }: Enrollment,
  sessions: readonly Session[],
  events: readonly FeedEvent[],
  asOf: Instant,
  waited: (from: Instant) => boolean,
): string[] {
  const used = sessions.filter((s) => isHeld(s) || (s.forfeited && !s.disputed)).length;
  const allotted = last(own, 'SessionsAllotted')!.data.total;
  const ahead = sessions.some((s) => s.startsAt > asOf && s.outcome === 'scheduled');
  const matched = events.findLast(({ name, data }) => name === 'CoachMatched' && data.enrollmentId === id);
  const over =
    matched &&
    events.some(({ name, data }) => name === 'MatchEnded' && data.matchId === matched.data.matchId);
  const began = (matched && !over ? matched : last(own, 'EnrollmentActivated')!).at;
  const inCalendar = sessions.map((s) => cancelled(s) ?? s.startsAt);
  return used < allotted && !ahead && waited([began, ...inCalendar].sort().at(-1)!) ? ['nothing-booked'] : [];
}

function ofSessions(sessions: readonly Session[]): string[] {
  const names: string[] = [];
  const lastHeld = sessions.filter(isHeld).reduce((late, s) => (s.startsAt > late ? s.startsAt : late), '');
  if (sessions.flatMap(steps).filter((at) => at > lastHeld).length >= 2) names.push('moves-in-a-row');
  if (sessions.some((s) => s.startsAt > lastHeld && !s.disputed && s.outcome.endsWith('-no-show')))
    names.push('no-show');
  return names;
}

function ofGoals(
  sessions: readonly Session[],
  events: readonly FeedEvent[],
  waited: (from: Instant) => boolean,
): string[] {
  const names: string[] = [];
  const goals = [...Map.groupBy(events, ({ data }) => data.goalId as string).values()];
  const agreed = goals.filter((goal) => has(goal, 'GoalAgreed'));
  if (sessions.filter(isHeld).length >= 2 && agreed.length === 0) names.push('no-goal-after-second-session');
  const open = agreed.filter((goal) => !has(goal, 'GoalClosed'));
  if (open.length > 0) {
    const first = open.map((goal) => last(goal, 'GoalAgreed')!.at).sort()[0]!;
    const moments = open.flat().filter(({ name }) => name === 'CheckInRecorded');
    if (waited([first, ...moments.map(({ at }) => at)].sort().at(-1)!)) names.push('no-check-in');
  }
  return names;
}

/** Of a theme of an open goal, the pulse that was due last has brought no batch since the one before it was due. */
function ofPulses(
  sessions: readonly Session[],
  goals: readonly FeedEvent[],
  pulses: readonly FeedEvent[],
  { zone }: Program,
  asOf: Instant,
): string[] {
  const isOpen = (goalId: string) =>
    !goals.some(({ name, data }) => name === 'GoalClosed' && data.goalId === goalId);
  const isCancelled = (sessionId: string) => sessions.some((s) => s.id === sessionId && cancelled(s));
  const endOf = (day: string) => instantOf(addDays(day, 1), '00:00', zone);
  const asked = [...Map.groupBy(pulses, ({ stream }) => stream).values()].map((own) => ({
    ...last(own, 'PulseRequested')!.data,
    at: own[0]!.at,
  }));
  const due = asked.filter(
    ({ goalId, sessionId, dueOn }) => isOpen(goalId) && !isCancelled(sessionId) && endOf(dueOn) <= asOf,
  );
  const overdue = [...Map.groupBy(due, ({ theme }) => theme)].filter(([theme, own]) => {
    const days = [...new Set(own.map(({ dueOn }) => dueOn as string))].sort();
    const since = days.length > 1 ? endOf(days.at(-2)!) : own.find(({ dueOn }) => dueOn === days[0])!.at;
    return !pulses.some(
      ({ name, at, data }) =>
        name === 'PulsesReleased' && data.theme === theme && data.item === 'theme-behaviour' && at >= since,
    );
  });
  return overdue.length > 0 ? ['pulse-overdue'] : [];
}
