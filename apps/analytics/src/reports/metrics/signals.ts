import { isOpen } from '../as-of/goal-at.js';
import type { PulseAt } from '../as-of/pulse-at.js';
import { isAhead, isCompleted, isForfeited, standing, type SessionAt } from '../as-of/session-at.js';
import { afterUnpaused, unpaused } from '../as-of/span.js';
import type { Participant, ProgramView } from '../as-of/view.js';
import { DAY, plusDays } from '../as-of/zone.js';

export type SignalName =
  | 'nothing-booked'
  | 'moves-in-a-row'
  | 'no-show'
  | 'no-goal-after-second-session'
  | 'no-check-in'
  | 'pulse-overdue'
  | 'invitation-unanswered';

/** Why somebody seems off track: since when, on what evidence, and what to do. Computed at asOf, it clears itself. */
export interface Signal {
  readonly signal: SignalName;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Why, in a sentence. */
  readonly reason: string;
  /** Counts; never content. */
  readonly evidence: Readonly<Record<string, number>>;
  readonly action: Action;
}

export interface Action {
  readonly code: string;
  readonly text: string;
}

const action = (code: string, text: string): Action => ({ code, text });

/** The signals of a participant, oldest first. Somebody who is paused or has ended has none. */
export function signalsOf(participant: Participant, view: ProgramView): Signal[] {
  const { status } = participant.enrollment;
  const ofEngagement = () => {
    const goingOn = withoutWhatIsOver(participant);
    return [movesInARow, noShow, noGoal, noCheckIn, pulseOverdue].map((look) => look(goingOn, view));
  };
  const found =
    status === 'active'
      ? [nothingBooked(participant, view), ...ofEngagement()]
      : [invitationUnanswered(participant, view)];
  return found
    .filter((signal) => signal !== undefined)
    .sort((a, b) => a.since - b.since || (a.signal < b.signal ? -1 : 1));
}

/** What happened in an engagement stays with it, a goal too, open or not: once it is over, nobody is asked about it any more. */
function withoutWhatIsOver(participant: Participant): Participant {
  const over = new Set(
    participant.engagements
      .filter(({ endedAt }) => endedAt !== undefined)
      .map(({ engagementId }) => engagementId),
  );
  if (over.size === 0) return participant;
  const goesOn = ({ engagementId }: { readonly engagementId: string }) => !over.has(engagementId);
  const goals = participant.goals.filter(goesOn);
  return {
    ...participant,
    sessions: participant.sessions.filter(goesOn),
    goals,
    pulses: participant.pulses.filter(({ goalId }) => goals.some((goal) => goal.goalId === goalId)),
  };
}

/** 21 days without it are too long, 35 at a monthly cadence; paused days do not count. */
const tooLong = (view: ProgramView) => (view.program.values.cadence === 'monthly' ? 35 : 21) * DAY;

/** Nothing has been in the calendar for so long, and nothing lies ahead, though sessions are left. */
function nothingBooked(
  { enrollment, matches, sessions }: Participant,
  view: ProgramView,
): Signal | undefined {
  const { at } = view.moment;
  if (sessions.some((session) => isAhead(session, at))) return undefined;
  const used = sessions.filter((session) => isCompleted(session) || isForfeited(session)).length;
  if (used >= (enrollment.allotment ?? view.program.values.allotment)) return undefined;
  const match = matches.findLast((each) => each.status === 'active');
  const began = match?.matchedAt ?? enrollment.activatedAt!;
  const last = sessions.reduce((latest, session) => Math.max(latest, bookedUntil(session)), began);
  const since = afterUnpaused(last, tooLong(view), enrollment.pauses);
  if (since > at) return undefined;
  const days = Math.floor(unpaused(last, at, enrollment.pauses) / DAY);
  return {
    signal: 'nothing-booked',
    since,
    reason: `Nothing has been booked for ${days} days${match ? '' : ', and no coach is matched yet'}.`,
    evidence: { daysSinceLastBooking: days, matched: match ? 1 : 0 },
    action: match
      ? action('offer-times', 'Ask the coach to offer three times, and the coachee whether to pause.')
      : action(
          'find-a-coach',
          'No coach is matched yet: look at the constraint that failed and shortlist again.',
        ),
  };
}

/** Until when it stood in the calendar: its start, or its cancellation. */
const bookedUntil = (session: SessionAt): number => session.cancelledAt ?? session.startsAt;

/** Two moves or cancellations with no completed session between or after. */
function movesInARow({ sessions }: Participant): Signal | undefined {
  const held = lastHeld(sessions);
  const steps = sessions
    .flatMap((session) => session.steps)
    .filter((step) => step.at > held)
    .sort((a, b) => a.at - b.at);
  if (steps.length < 2) return undefined;
  const count = (key: 'step' | 'by', is: string) => steps.filter((step) => step[key] === is).length;
  return {
    signal: 'moves-in-a-row',
    since: steps[1]!.at,
    reason: `${steps.length} moves or cancellations in a row, and no session held since.`,
    evidence: {
      moves: count('step', 'moved'),
      cancellations: count('step', 'cancelled'),
      byCoachee: count('by', 'coachee'),
      byCoach: count('by', 'coach'),
    },
    action: action(
      'agree-a-steady-time',
      'Ask both to agree a steady time, or to pause until the weeks ahead are clearer.',
    ),
  };
}

/** A no-show since the last completed session. */
function noShow({ sessions }: Participant): Signal | undefined {
  const held = lastHeld(sessions);
  const missed = sessions.filter((session) => session.startsAt > held && isNoShow(session));
  if (missed.length === 0) return undefined;
  const by = (what: string) => missed.filter((session) => standing(session)?.what === what).length;
  const [coachee, coach] = [by('coachee-no-show'), by('coach-no-show')];
  return {
    signal: 'no-show',
    since: Math.min(...missed.map((session) => standing(session)!.at)),
    reason: `${missed.length === 1 ? 'A no-show' : `${missed.length} no-shows`} since the last session held.`,
    evidence: { byCoachee: coachee, byCoach: coach },
    action:
      coachee > 0
        ? action('ask-whether-now-is-right', 'Ask the coachee, without blame, whether now is the right time.')
        : action('speak-with-the-coach', 'Speak with the coach and offer the coachee a new time soon.'),
  };
}

const isNoShow = (session: SessionAt): boolean => standing(session)?.what.endsWith('-no-show') ?? false;

/** The start of the last completed session, or −Infinity. */
const lastHeld = (sessions: readonly SessionAt[]): number =>
  sessions.filter(isCompleted).reduce((last, session) => Math.max(last, session.startsAt), -Infinity);

/** Two sessions held with this coach, and no goal was agreed with them yet. */
function noGoal({ sessions, goals }: Participant): Signal | undefined {
  const held = sessions.filter(isCompleted);
  if (held.length < 2 || goals.some((goal) => goal.agreedAt !== undefined)) return undefined;
  return {
    signal: 'no-goal-after-second-session',
    since: held[1]!.outcome!.at,
    reason: `${held.length} sessions held, and no goal agreed yet.`,
    evidence: { sessionsHeld: held.length, goalsProposed: goals.length },
    action: action('agree-a-goal', 'Ask coach and coachee to agree a first goal in the next session.'),
  };
}

/** No check-in for so long, while a goal is open. */
function noCheckIn({ enrollment, goals }: Participant, view: ProgramView): Signal | undefined {
  const open = goals.filter(isOpen);
  if (open.length === 0) return undefined;
  const agreed = Math.min(...open.map((goal) => goal.agreedAt!));
  const last = goals
    .flatMap((goal) => goal.checkIns)
    .reduce((latest, checkIn) => Math.max(latest, checkIn.at), agreed);
  const since = afterUnpaused(last, tooLong(view), enrollment.pauses);
  if (since > view.moment.at) return undefined;
  const days = Math.floor(unpaused(last, view.moment.at, enrollment.pauses) / DAY);
  return {
    signal: 'no-check-in',
    since,
    reason: `No check-in for ${days} days while a goal is open.`,
    evidence: { daysSinceLastCheckIn: days, openGoals: open.length },
    action: action('ask-for-a-check-in', 'Remind the coachee that a check-in takes a minute.'),
  };
}

/** The last pulse that was due about an open goal brought no release since the one before it was due. */
function pulseOverdue(
  { sessions, goals, pulses }: Participant,
  { moment, program: { zone } }: ProgramView,
): Signal | undefined {
  const open = new Set(goals.filter(isOpen).map(({ goalId }) => goalId));
  const cancelled = new Set(sessions.filter((s) => s.cancelledAt !== undefined).map((s) => s.sessionId));
  const endOf = (pulse: PulseAt) => zone.startOf(plusDays(pulse.dueOn, 1));
  const due = pulses
    .filter(({ goalId, sessionId }) => open.has(goalId) && !cancelled.has(sessionId))
    .filter((pulse) => endOf(pulse) <= moment.at)
    .sort((a, b) => endOf(a) - endOf(b));
  const overdue = [...Map.groupBy(due, ({ theme }) => theme)].flatMap(([theme, asked]) => {
    const last = asked.at(-1)!;
    const before = asked.findLast((pulse) => pulse.dueOn < last.dueOn);
    const from = before ? endOf(before) : last.requestedAt;
    const answered = pulses.some(
      (pulse) =>
        pulse.theme === theme &&
        pulse.released.some(({ at, item }) => item === 'theme-behaviour' && at >= from),
    );
    return answered ? [] : [last];
  });
  if (overdue.length === 0) return undefined;
  const since = Math.min(...overdue.map(endOf));
  return {
    signal: 'pulse-overdue',
    since,
    reason: 'A pulse was due, and fewer than three raters have answered since the one before.',
    evidence: {
      pulsesOverdue: overdue.length,
      ratersAsked: Math.max(...overdue.map(({ raters }) => raters)),
    },
    action: action(
      'remind-the-raters',
      'Give the raters new links, or ask the coachee to name others: nobody sees who has answered.',
    ),
  };
}

/** The latest invitation's deadline has passed without an answer. */
function invitationUnanswered({ enrollment }: Participant, view: ProgramView): Signal | undefined {
  if (enrollment.status !== 'invited' && enrollment.status !== 'expired') return undefined;
  const invitation = enrollment.invitations.at(-1);
  if (!invitation || invitation.deadline > view.moment.at) return undefined;
  return {
    signal: 'invitation-unanswered',
    since: invitation.deadline,
    reason: 'The latest invitation was not answered by its deadline.',
    evidence: { invitations: enrollment.invitations.length },
    action: action('invite-again', 'Ask in person whether the invitation arrived, then invite again.'),
  };
}
