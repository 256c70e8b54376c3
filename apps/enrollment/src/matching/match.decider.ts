import { accept, refuse, type Decider, type Decision } from '@cairn/decider';
import { same } from '../same.js';
import type { NobodyQualifies } from './constraints.js';
import type { MatchCommand } from './match.commands.js';
import * as errors from './match.errors.js';
import type {
  FittingCoach,
  From,
  MatchEvent,
  MatchRefs,
  Party,
  RematchReason,
  Risk,
} from './match.events.js';
import { SHORTLIST_LENGTH } from './shortlist.js';

/** What holds in every state of a match that exists. */
interface Known {
  readonly refs: MatchRefs;
  readonly lastOccurredAt: string;
  /** Left out of every further shortlist. */
  readonly declinedCoachIds: readonly string[];
  /** Of a rematch. */
  readonly from?: From;
}

/** What a running match has beside its coach. */
interface Running {
  readonly coach: FittingCoach;
  /** Not kept of matches of before. */
  readonly matchedAt?: string;
  /** Who has asked for another coach, and why at last; whether one is looked for, the request says. */
  readonly asked?: Partial<Record<Party | 'program', RematchReason>>;
  readonly silentAt?: string;
}

interface Declined {
  readonly by: Party | 'program';
  readonly code: string;
  readonly at: string;
}

export type MatchState =
  | { readonly status: 'none' }
  | (Known & {
      readonly status: 'requested';
      /** Why the latest search found nobody, and the latest way back to here. */
      readonly nobody: NobodyQualifies | null;
      readonly declined: Declined | null;
    })
  | (Known & { readonly status: 'shortlisted'; readonly coaches: readonly FittingCoach[] })
  | (Known & {
      readonly status: 'proposed';
      readonly coach: FittingCoach;
      readonly by: 'coachee' | 'program';
      /** The coachee lets the next coach know what the former one knew. */
      readonly handover?: true;
    })
  | (Known & Running & { readonly status: 'active' })
  | (Known & Running & { readonly status: 'atRisk'; readonly risks: readonly Risk[] })
  | (Known & { readonly status: 'ended'; readonly coach: FittingCoach })
  | (Known & { readonly status: 'withdrawn'; readonly reason: string });

type Existing = Exclude<MatchState, { status: 'none' }>;

export const STATUSES: readonly Existing['status'][] = [
  'requested',
  'shortlisted',
  'proposed',
  'active',
  'atRisk',
  'withdrawn',
  'ended',
];

/** A coach is looked for: one such match per enrolment, beside one that is running. */
export const SOUGHT = ['requested', 'shortlisted', 'proposed'] as const;
export const RUNNING = ['active', 'atRisk'] as const;
export const OPEN: readonly MatchState['status'][] = [...SOUGHT, ...RUNNING];

export const isRunning = (state: MatchState): state is Extract<MatchState, { status: 'active' | 'atRisk' }> =>
  state.status === 'active' || state.status === 'atRisk';

/** The coach whose place the match holds, or null. */
export const holdsPlaceOf = (state: MatchState): string | null =>
  state.status === 'proposed' || isRunning(state) ? state.coach.coachId : null;

const initialState: MatchState = { status: 'none' };

/** Whether a coach comes after another without the coachee's consent that they know what that one knew. */
export function isNextUnasked(before: MatchState, events: readonly MatchEvent[]): boolean {
  const types = events.map(({ type }) => type);
  const isNext = 'from' in before && before.from !== undefined && types.includes('CoachMatched');
  return isNext && !types.includes('HandoverConsented');
}

function evolve(state: MatchState, event: MatchEvent): MatchState {
  if (event.type === 'MatchRequested') {
    const { kind: _, from, declined = [], ...refs } = event.data;
    const known = {
      refs,
      lastOccurredAt: event.occurredAt,
      // Another coach than before: that is what a rematch is for.
      declinedCoachIds: [...new Set([...(from ? [from.coachId] : []), ...declined])],
      ...(from && { from }),
    };
    return { status: 'requested', ...known, nobody: null, declined: null };
  }
  if (state.status === 'none') return state;
  const { refs, declinedCoachIds, from } = state;
  const known: Known = { refs, declinedCoachIds, lastOccurredAt: event.occurredAt, ...(from && { from }) };
  switch (event.type) {
    case 'CoachesShortlisted':
      return { status: 'shortlisted', ...known, coaches: event.data.coaches };
    case 'NoCoachAvailable': {
      const { constraint, removed } = event.data;
      return state.status === 'requested' ? { ...state, ...known, nobody: { constraint, removed } } : state;
    }
    case 'MatchProposed': {
      const { coachId, by, handover } = event.data;
      const coach = state.status === 'shortlisted' && state.coaches.find((one) => one.coachId === coachId);
      return coach ? { status: 'proposed', ...known, coach, by, ...(handover && { handover }) } : state;
    }
    case 'HandoverChosen': {
      if (state.status !== 'proposed') return state;
      const { handover: _, ...proposed } = state;
      return { ...proposed, ...known, ...(event.data.handover && { handover: true as const }) };
    }
    case 'MatchDeclined': {
      const { by, code, coachIds } = event.data;
      const declined = { by, code, at: event.occurredAt };
      const left = [...new Set([...declinedCoachIds, ...coachIds])];
      return { status: 'requested', ...known, declinedCoachIds: left, nobody: null, declined };
    }
    case 'CoachMatched': {
      const { coachId, score, parts } = event.data;
      return {
        status: 'active',
        ...known,
        coach: { coachId, score, parts },
        matchedAt: event.occurredAt,
      };
    }
    case 'MatchRequestWithdrawn':
      return { status: 'withdrawn', ...known, reason: event.data.reason };
    case 'MatchEnded':
      return isRunning(state) ? { status: 'ended', ...known, coach: state.coach } : state;
    case 'MatchMarkedAtRisk':
      if (!isRunning(state)) return state;
      return { ...state, ...known, status: 'atRisk', risks: event.data.reasons };
    case 'MatchRecovered': {
      if (state.status !== 'atRisk') return state;
      const { risks: _, ...recovered } = state;
      return { ...recovered, ...known, status: 'active' };
    }
    case 'RematchRequested': {
      if (!isRunning(state)) return state;
      const { by, reason } = event.data;
      return { ...state, ...known, asked: { ...state.asked, [by]: reason } };
    }
    case 'SilenceAwaited':
      return isRunning(state) ? { ...state, ...known, silentAt: event.data.until } : state;
    default:
      return { ...state, lastOccurredAt: (event as MatchEvent).occurredAt };
  }
}

function decide(command: MatchCommand, state: MatchState): Decision<MatchEvent> {
  if (command.kind === 'request') {
    if (state.status !== 'none') return accept();
    const { at: occurredAt, refs, from, declined = [] } = command;
    const left = declined.length > 0 && { declined };
    const kind = from ? ({ kind: 'rematch', from } as const) : ({ kind: 'first' } as const);
    return accept({ type: 'MatchRequested', occurredAt, data: { ...refs, ...kind, ...left } });
  }
  if (state.status === 'none') return refuse(errors.noSuchMatch());
  if (command.at < state.lastOccurredAt) return refuse(errors.outOfOrder(command.at, state.lastOccurredAt));
  return judge(command, state);
}

function judge(command: Exclude<MatchCommand, { kind: 'request' }>, state: Existing): Decision<MatchEvent> {
  const happened = <T extends MatchEvent>(type: T['type'], data: Omit<T['data'], keyof MatchRefs>) =>
    ({ type, occurredAt: command.at, data: { ...state.refs, ...data } }) as T;
  const notNow = (action: string) => refuse(errors.notInState(action, state.status));
  const declinedBefore = (coaches: readonly FittingCoach[]) =>
    coaches.find(({ coachId }) => state.declinedCoachIds.includes(coachId));

  switch (command.kind) {
    case 'shortlist': {
      if (!command.outcome.found) {
        const { constraint, removed } = command.outcome;
        if (state.status !== 'requested') return notNow('shortlisted');
        if (same(state.nobody, { constraint, removed })) return accept();
        return accept(happened('NoCoachAvailable', { constraint, removed }));
      }
      const { coaches } = command.outcome;
      if (state.status === 'shortlisted' && same(state.coaches, coaches)) return accept();
      if (state.status !== 'requested') return notNow('shortlisted');
      if (coaches.length === 0 || coaches.length > SHORTLIST_LENGTH)
        throw new Error(`a shortlist has one to ${SHORTLIST_LENGTH} coaches, not ${coaches.length}`);
      const stale = declinedBefore(coaches);
      if (stale) return refuse(errors.declinedBefore(stale.coachId));
      return accept(happened('CoachesShortlisted', { coaches }));
    }
    case 'choose': {
      const { coachId, handover = false } = command;
      const isChosen = state.status === 'proposed' && state.coach.coachId === coachId;
      if (!isChosen) {
        if (state.status !== 'shortlisted') return notNow('given a chosen coach');
        const listed = state.coaches.map((coach) => coach.coachId);
        if (!listed.includes(coachId)) return refuse(errors.notOnShortlist(listed));
      }
      if (handover && state.from === undefined) return refuse(errors.noHandover());
      if (!isChosen)
        return accept(
          happened('MatchProposed', { coachId, by: 'coachee', ...(handover && { handover: true as const }) }),
        );
      return handover === (state.handover ?? false)
        ? accept()
        : accept(happened('HandoverChosen', { handover }));
    }
    case 'accept':
      if (isRunning(state)) return accept();
      if (state.status !== 'proposed') return notNow('accepted');
      if (command.by === 'coachee') return refuse(errors.coachAccepts());
      return accept(
        ...(state.handover && state.from
          ? [
              happened('HandoverConsented', {
                coachId: state.coach.coachId,
                fromCoachId: state.from.coachId,
              }),
            ]
          : []),
        happened('CoachMatched', { ...state.coach, assigned: 'chosen' }),
      );
    case 'decline': {
      const { by, code } = command;
      if (state.status === 'proposed')
        return accept(happened('MatchDeclined', { by, code, coachIds: [state.coach.coachId] }));
      if (state.status === 'shortlisted' && by === 'coachee') {
        const coachIds = state.coaches.map(({ coachId }) => coachId);
        return accept(happened('MatchDeclined', { by, code, coachIds }));
      }
      const repeated = state.status === 'requested' && same(state.declined, { by, code, at: command.at });
      return repeated ? accept() : notNow(`declined by the ${by}`);
    }
    case 'assign': {
      const { coach } = command;
      if (isRunning(state) && state.coach.coachId === coach.coachId) return accept();
      if (state.status !== 'requested') return notNow('assigned a coach');
      if (declinedBefore([coach])) return refuse(errors.declinedBefore(coach.coachId));
      return accept(
        happened('CoachesShortlisted', { coaches: [coach] }),
        happened('MatchProposed', { coachId: coach.coachId, by: 'program' }),
        happened('CoachMatched', { ...coach, assigned: 'bulk' }),
      );
    }
    case 'request-rematch': {
      if (!isRunning(state)) return notNow('rematched');
      const { by, reason, underWay } = command;
      // The coach may not hear that another one is looked for: what they say is kept beside it. To all others the answer is
      // the same whatever they give: it tells nobody who asked, nor why.
      if (underWay && by !== 'coach') return refuse(errors.rematchUnderWay());
      if (underWay && state.asked?.coach === reason) return accept();
      return accept(happened('RematchRequested', { coachId: state.coach.coachId, by, reason }));
    }
    case 'judge':
    case 'fall-silent':
    case 'await-silence':
      return isRunning(state) ? watch(command, state, happened) : accept();
    case 'withdraw':
      if (isRunning(state) || state.status === 'ended') return notNow('withdrawn');
      if (state.status === 'withdrawn' && state.reason !== command.reason)
        return refuse(errors.toldOtherwise('withdrawn'));
      return judge({ ...command, kind: 'close' }, state);
    case 'close': {
      const { reason } = command;
      const withdrawn = happened('MatchRequestWithdrawn', { reason });
      switch (state.status) {
        case 'requested':
          return accept(withdrawn);
        case 'shortlisted':
        case 'proposed':
          // The only way out of these leads back to the request; nobody's choice is held against a coach.
          return accept(
            happened('MatchDeclined', { by: 'program', code: 'request-closed', coachIds: [] }),
            withdrawn,
          );
        case 'active':
        case 'atRisk':
          return accept(happened('MatchEnded', { coachId: state.coach.coachId, reason }));
        case 'withdrawn':
        case 'ended':
          return accept();
      }
    }
  }
}

/**
 * The early warning. Told once for each set of reasons; the silence is ended by what is, or was, in the calendar after all,
 * and looked for sooner where less is.
 */
function watch(
  command: Extract<MatchCommand, { kind: 'judge' | 'fall-silent' | 'await-silence' }>,
  state: Extract<MatchState, { status: 'active' | 'atRisk' }>,
  happened: <T extends MatchEvent>(type: T['type'], data: Omit<T['data'], keyof MatchRefs>) => T,
): Decision<MatchEvent> {
  const { coachId } = state.coach;
  const now = state.status === 'atRisk' ? state.risks : [];
  if (command.kind === 'await-silence')
    return state.silentAt === command.until
      ? accept()
      : accept(happened('SilenceAwaited', { until: command.until }));
  const silent =
    command.kind === 'fall-silent' || (now.includes('nothing-booked') && command.silentAt <= command.at);
  const others = command.kind === 'judge' ? command.reasons : now.filter((risk) => risk !== 'nothing-booked');
  const reasons = [...others, ...(silent ? (['nothing-booked'] as const) : [])].sort();
  const told: MatchEvent[] = [];
  if (!same(reasons, now))
    told.push(
      reasons.length === 0
        ? happened('MatchRecovered', { coachId })
        : happened('MatchMarkedAtRisk', { coachId, reasons }),
    );
  if (command.kind === 'judge' && !silent) {
    const until = command.silentAt > command.at ? command.silentAt : command.at;
    const sooner = state.silentAt !== undefined && until < state.silentAt;
    if (sooner || now.includes('nothing-booked')) told.push(happened('SilenceAwaited', { until }));
  }
  return accept(...told);
}

/** A match: from the request, by a shortlist or a bulk run, to a coach, and to its end or to another coach. */
export const matchDecider: Decider<MatchState, MatchCommand, MatchEvent> = { initialState, evolve, decide };
