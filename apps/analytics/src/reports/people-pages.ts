import type { GoalStatus } from './as-of/goal-at.js';
import { isOpen } from './as-of/goal-at.js';
import { isAhead, isCompleted, isDue, isForfeited } from './as-of/session-at.js';
import type { Participant, ProgramView } from './as-of/view.js';
import type { Reader } from './access.js';
import { DAY } from './as-of/zone.js';
import { signalsOf, type Action, type SignalName } from './metrics/signals.js';

/** A signal as it is told: instants are ISO 8601, UTC. */
export interface SignalShown {
  readonly signal: SignalName;
  readonly since: string;
  readonly reason: string;
  readonly evidence: Readonly<Record<string, number>>;
  readonly action: Action;
}

export interface GoalShown {
  readonly goalId: string;
  readonly theme: string;
  readonly status: GoalStatus;
}

/** One participant: status and counts; goals only for those who may see them. Never content. */
export interface ParticipantShown {
  readonly personId: string;
  readonly enrollmentId: string;
  readonly cohortId: string;
  readonly status: string;
  readonly since: string;
  readonly coachId: string | null;
  readonly lastActivity: string | null;
  readonly lastSession: string | null;
  readonly nextSession: string | null;
  readonly sessions: {
    readonly allotment: number;
    readonly completed: number;
    readonly forfeited: number;
    readonly due: number;
  };
  readonly goals?: readonly GoalShown[];
  readonly signals: readonly SignalShown[];
}

/** What happens between the sessions of one coachee. */
export interface BetweenSessionsShown {
  readonly personId: string;
  readonly enrollmentId: string;
  readonly coachId: string | null;
  readonly status: string;
  readonly lastSession: string | null;
  /** Whole days; null without one. */
  readonly daysSinceLastSession: number | null;
  readonly nextSession: string | null;
  readonly daysUntilNextSession: number | null;
  /** Since the last session, or since the activation. */
  readonly practice: { readonly committed: number; readonly reported: number; readonly overdue: number };
  /** Check-ins since the last session; `goals` are those agreed and open. Only for those who may see goals. */
  readonly movement?: {
    readonly goals: number;
    readonly forward: number;
    readonly steady: number;
    readonly back: number;
    readonly last: string | null;
  };
  readonly signals: readonly SignalShown[];
  readonly suggestedAction: Action | null;
}

const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

/** What of a person decides on their pages. */
type Sees = Pick<Reader, 'goals' | 'coaches'>;

/** The coach of the engagement that goes on, else of the last match. */
export const coachOf = ({ matches }: Participant): string | null =>
  matches.findLast((match) => match.coachId !== undefined)?.coachId ?? null;

const lastSessionOf = ({ sessions }: Participant): number | undefined =>
  sessions.findLast(isCompleted)?.startsAt;

const nextSessionOf = ({ sessions }: Participant, at: number): number | undefined =>
  sessions.find((session) => isAhead(session, at))?.startsAt;

const signalsShown = (participant: Participant, view: ProgramView): SignalShown[] =>
  signalsOf(participant, view).map(({ signal, since, reason, evidence, action }) => ({
    signal,
    since: new Date(since).toISOString(),
    reason,
    evidence,
    action,
  }));

/** The last thing that happened: an answer to the invitation, a step in the calendar, a session, anything with a goal. */
function lastActivityOf({ enrollment, sessions, goals }: Participant): number | undefined {
  const times = [
    ...(enrollment.activatedAt === undefined ? [] : [enrollment.activatedAt]),
    ...sessions.flatMap((session) => [
      ...session.steps.map((step) => step.at),
      ...(isCompleted(session) ? [session.startsAt] : []),
    ]),
    ...goals.flatMap((goal) => goal.activity),
  ];
  return times.length === 0 ? undefined : times.reduce((last, at) => Math.max(last, at));
}

/** A participant as their coach has them: with what is of the two, as if there had been no other coach. */
export function asCoachSees(participant: Participant, coachId: string): Participant {
  const isOwn = (of: { readonly coachId?: string }) => of.coachId === coachId;
  const { enrollment, sessions } = participant;
  const matches = participant.matches.filter(isOwn);
  const goals = participant.goals.filter(isOwn);
  const usedElsewhere = sessions.filter(
    (session) => !isOwn(session) && (isCompleted(session) || isForfeited(session)),
  ).length;
  return {
    ...participant,
    enrollment: {
      ...enrollment,
      ...(enrollment.allotment !== undefined && { allotment: enrollment.allotment - usedElsewhere }),
      // Without sessions of before, silence counts from when the two were matched.
      ...(matches[0]?.kind === 'rematch' && { activatedAt: matches[0].matchedAt }),
    },
    matches,
    engagements: participant.engagements.filter(isOwn),
    sessions: sessions.filter(isOwn),
    goals,
    pulses: participant.pulses.filter(({ goalId }) => goals.some((goal) => goal.goalId === goalId)),
  };
}

export function participantShown(participant: Participant, view: ProgramView, sees: Sees): ParticipantShown {
  const { enrollment, sessions, goals } = participant;
  const { at } = view.moment;
  const count = (of: (session: (typeof sessions)[number]) => boolean) => sessions.filter(of).length;
  return {
    personId: participant.personId,
    enrollmentId: enrollment.enrollmentId,
    cohortId: enrollment.cohortId,
    status: enrollment.status,
    since: new Date(enrollment.since).toISOString(),
    coachId: sees.coaches ? coachOf(participant) : null,
    lastActivity: iso(lastActivityOf(participant)),
    lastSession: iso(lastSessionOf(participant)),
    nextSession: iso(nextSessionOf(participant, at)),
    sessions: {
      allotment: enrollment.allotment ?? 0,
      completed: count(isCompleted),
      forfeited: count(isForfeited),
      due: count((session) => isDue(session, at)),
    },
    ...(sees.goals
      ? {
          goals: goals.map(({ goalId, theme, status }) => ({ goalId, theme, status })),
        }
      : {}),
    signals: signalsShown(participant, view),
  };
}

export function betweenSessionsShown(
  participant: Participant,
  view: ProgramView,
  sees: Sees,
): BetweenSessionsShown {
  const { enrollment, goals } = participant;
  const { at } = view.moment;
  const [last, next] = [lastSessionOf(participant), nextSessionOf(participant, at)];
  const since = last ?? enrollment.activatedAt ?? at;
  const practices = goals.flatMap((goal) => [...goal.practices.values()]);
  const today = view.program.zone.dayOf(at);
  const checkIns = goals.flatMap((goal) => goal.checkIns).filter((checkIn) => checkIn.at >= since);
  const moved = (movement: string) => checkIns.filter((checkIn) => checkIn.movement === movement).length;
  const signals = signalsShown(participant, view);
  return {
    personId: participant.personId,
    enrollmentId: enrollment.enrollmentId,
    coachId: sees.coaches ? coachOf(participant) : null,
    status: enrollment.status,
    lastSession: iso(last),
    daysSinceLastSession: last === undefined ? null : Math.floor((at - last) / DAY),
    nextSession: iso(next),
    daysUntilNextSession: next === undefined ? null : Math.floor((next - at) / DAY),
    practice: {
      committed: practices.filter((practice) => practice.committedAt >= since).length,
      reported: practices.filter((practice) => (practice.reportedAt ?? -Infinity) >= since).length,
      overdue: practices.filter((practice) => practice.reportedAt === undefined && practice.dueOn < today)
        .length,
    },
    ...(sees.goals
      ? {
          movement: {
            goals: goals.filter(isOpen).length,
            forward: moved('forward'),
            steady: moved('steady'),
            back: moved('back'),
            last:
              goals
                .flatMap((goal) => goal.checkIns)
                .sort((a, b) => a.at - b.at)
                .at(-1)?.movement ?? null,
          },
        }
      : {}),
    signals,
    suggestedAction: signals[0]?.action ?? null,
  };
}
