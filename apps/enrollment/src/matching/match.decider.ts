import { accept, refuse, type Decider, type Decision } from '@cairn/decider';
import { same } from '../same.js';
import type { NobodyQualifies } from './constraints.js';
import type { MatchCommand } from './match.commands.js';
import * as errors from './match.errors.js';
import type { FittingCoach, MatchEvent, MatchRefs, Party } from './match.events.js';
import { SHORTLIST_LENGTH } from './shortlist.js';

/** What holds in every state of a match that exists. */
interface Known {
  readonly refs: MatchRefs;
  readonly lastOccurredAt: string;
  /** Left out of every further shortlist. */
  readonly declinedCoachIds: readonly string[];
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
    })
  | (Known & { readonly status: 'active' | 'ended'; readonly coach: FittingCoach })
  | (Known & { readonly status: 'withdrawn'; readonly reason: string });

type Existing = Exclude<MatchState, { status: 'none' }>;

export const STATUSES: readonly Existing['status'][] = [
  'requested',
  'shortlisted',
  'proposed',
  'active',
  'withdrawn',
  'ended',
];

/** Open matches: one per enrolment. */
export const OPEN: readonly MatchState['status'][] = ['requested', 'shortlisted', 'proposed', 'active'];

/** The coach whose place the match holds, or null. */
export const holdsPlaceOf = (state: MatchState): string | null =>
  state.status === 'proposed' || state.status === 'active' ? state.coach.coachId : null;

const initialState: MatchState = { status: 'none' };

function evolve(state: MatchState, event: MatchEvent): MatchState {
  if (event.type === 'MatchRequested') {
    const { kind: _, ...refs } = event.data;
    const known = { refs, lastOccurredAt: event.occurredAt, declinedCoachIds: [] };
    return { status: 'requested', ...known, nobody: null, declined: null };
  }
  if (state.status === 'none') return state;
  const { refs, declinedCoachIds } = state;
  const known: Known = { refs, declinedCoachIds, lastOccurredAt: event.occurredAt };
  switch (event.type) {
    case 'CoachesShortlisted':
      return { status: 'shortlisted', ...known, coaches: event.data.coaches };
    case 'NoCoachAvailable': {
      const { constraint, removed } = event.data;
      return state.status === 'requested' ? { ...state, ...known, nobody: { constraint, removed } } : state;
    }
    case 'MatchProposed': {
      const { coachId, by } = event.data;
      const coach = state.status === 'shortlisted' && state.coaches.find((one) => one.coachId === coachId);
      return coach ? { status: 'proposed', ...known, coach, by } : state;
    }
    case 'MatchDeclined': {
      const { by, code, coachIds } = event.data;
      const declined = { by, code, at: event.occurredAt };
      const left = [...new Set([...declinedCoachIds, ...coachIds])];
      return { status: 'requested', ...known, declinedCoachIds: left, nobody: null, declined };
    }
    case 'CoachMatched': {
      const { coachId, score, parts } = event.data;
      return { status: 'active', ...known, coach: { coachId, score, parts } };
    }
    case 'MatchRequestWithdrawn':
      return { status: 'withdrawn', ...known, reason: event.data.reason };
    case 'MatchEnded':
      return state.status === 'active' ? { status: 'ended', ...known, coach: state.coach } : state;
    default:
      return { ...state, lastOccurredAt: (event as MatchEvent).occurredAt };
  }
}

function decide(command: MatchCommand, state: MatchState): Decision<MatchEvent> {
  if (command.kind === 'request') {
    if (state.status !== 'none') return accept();
    return accept({
      type: 'MatchRequested',
      occurredAt: command.at,
      data: { ...command.refs, kind: 'first' },
    });
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
      const { coachId } = command;
      if (state.status === 'proposed' && state.coach.coachId === coachId) return accept();
      if (state.status !== 'shortlisted') return notNow('given a chosen coach');
      const listed = state.coaches.map((coach) => coach.coachId);
      if (!listed.includes(coachId)) return refuse(errors.notOnShortlist(listed));
      return accept(happened('MatchProposed', { coachId, by: 'coachee' }));
    }
    case 'accept':
      if (state.status === 'active') return accept();
      if (state.status !== 'proposed') return notNow('accepted');
      if (command.by === 'coachee') return refuse(errors.coachAccepts());
      return accept(happened('CoachMatched', { ...state.coach, assigned: 'chosen' }));
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
      if (state.status === 'active' && state.coach.coachId === coach.coachId) return accept();
      if (state.status !== 'requested') return notNow('assigned a coach');
      if (declinedBefore([coach])) return refuse(errors.declinedBefore(coach.coachId));
      return accept(
        happened('CoachesShortlisted', { coaches: [coach] }),
        happened('MatchProposed', { coachId: coach.coachId, by: 'program' }),
        happened('CoachMatched', { ...coach, assigned: 'bulk' }),
      );
    }
    case 'withdraw':
      if (state.status === 'active' || state.status === 'ended') return notNow('withdrawn');
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
          return accept(happened('MatchEnded', { coachId: state.coach.coachId, reason }));
        case 'withdrawn':
        case 'ended':
          return accept();
      }
    }
  }
}

/** A match: from the request, by a shortlist or a bulk run, to a coach, and to its end. */
export const matchDecider: Decider<MatchState, MatchCommand, MatchEvent> = { initialState, evolve, decide };
