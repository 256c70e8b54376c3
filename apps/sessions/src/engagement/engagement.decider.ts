import { accept, refuse, type Decider, type Decision } from '@cairn/decider';
import { dayOf } from '../calendar/day.js';
import type { Cadence } from '../calendar/series.js';
import type { EngagementRefs } from '../session/session.events.js';
import type { EngagementCommand } from './engagement.commands.js';
import * as errors from './engagement.errors.js';
import type { EngagementEvent, History } from './engagement.events.js';

export type EngagementStatus = 'planned' | 'running' | 'paused' | 'completed' | 'ended';

export interface KnownEngagement {
  readonly status: EngagementStatus;
  readonly refs: EngagementRefs;
  /** Of an internal coach, who is nobody else as a coachee. */
  readonly coachPersonId: string | null;
  readonly endsOn: string;
  readonly cadence: Cadence;
  readonly zone: string;
  readonly granted: number;
  /** A session was booked in it at least once. */
  readonly started: boolean;
  /** From the first day that does not count to the first that counts again; `until` is null while it lasts. */
  readonly pauses: readonly { readonly from: string; readonly until: string | null }[];
  readonly usedUp: boolean;
  readonly returned: boolean;
  /** Open: silence in its sessions is judged only as far as it is told. */
  readonly history: History | null;
  readonly plannedAt: string;
  /** When it was completed or ended. */
  readonly overAt: string | null;
  /** Of what enrolment said; a start that is told late lies before it. */
  readonly lastAt: string;
}
export type EngagementState = { readonly status: 'none' } | KnownEngagement;

const initialState: EngagementState = { status: 'none' };

export const isOver = (state: EngagementState): boolean =>
  state.status === 'completed' || state.status === 'ended';

function evolve(state: EngagementState, event: EngagementEvent): EngagementState {
  if (event.type === 'EngagementPlanned') return planned(event);
  if (state.status === 'none') return state;
  if (event.type === 'HistoryDeclared')
    return { ...state, history: event.data.complete ? null : { through: event.data.through } };
  const next = { ...state, lastAt: laterOf(state.lastAt, event.occurredAt) };
  switch (event.type) {
    case 'AllotmentGranted':
      return {
        ...next,
        granted: event.data.total,
        usedUp: state.usedUp && event.data.total <= state.granted,
      };
    case 'EngagementStarted':
      return { ...next, started: true, status: state.status === 'planned' ? 'running' : state.status };
    case 'EngagementPaused':
      return { ...next, status: 'paused', pauses: [...state.pauses, { from: event.data.from, until: null }] };
    case 'EngagementResumed':
      return {
        ...next,
        status: state.started ? 'running' : 'planned',
        pauses: state.pauses.map((pause) =>
          pause.until === null ? { ...pause, until: event.data.on } : pause,
        ),
      };
    case 'EngagementExtended':
      return { ...next, endsOn: event.data.endsOn };
    case 'EngagementCompleted':
      return { ...next, status: 'completed', overAt: event.occurredAt };
    case 'EngagementEnded':
      return { ...next, status: 'ended', overAt: event.occurredAt };
    case 'AllotmentUsed':
      return { ...next, usedUp: true };
    case 'SessionsReturned':
      return { ...next, returned: true };
    default:
      return next;
  }
}

function planned({
  occurredAt,
  data,
}: Extract<EngagementEvent, { type: 'EngagementPlanned' }>): KnownEngagement {
  const { engagementId, enrollmentId, programId, cohortId, personId, coachId } = data;
  return {
    status: 'planned',
    refs: { engagementId, enrollmentId, programId, cohortId, personId, coachId },
    coachPersonId: data.coachPersonId ?? null,
    endsOn: data.endsOn,
    cadence: data.cadence,
    zone: data.zone,
    granted: data.allotment,
    started: false,
    pauses: [],
    usedUp: false,
    returned: false,
    history: data.history ?? null,
    plannedAt: occurredAt,
    overAt: null,
    lastAt: occurredAt,
  };
}

function decide(command: EngagementCommand, state: EngagementState): Decision<EngagementEvent> {
  if (command.kind === 'plan') return plan(command, state);
  if (state.status === 'none') return refuse(errors.noSuchEngagement());
  const happened = <Type extends EngagementEvent['type']>(
    type: Type,
    body: Omit<Extract<EngagementEvent, { type: Type }>['data'], keyof EngagementRefs>,
    noEarlierThan = state.lastAt,
  ) =>
    accept({
      type,
      occurredAt: laterOf(command.at, noEarlierThan),
      data: { ...state.refs, ...body },
    } as EngagementEvent);

  if (command.kind === 'book') {
    const refusal = mayNotBook(command, state);
    if (refusal) return refuse(refusal);
    // A session of the past may be told after the pause or the end that came later: it still began then.
    return state.started ? accept() : happened('EngagementStarted', {}, state.plannedAt);
  }
  if (command.kind === 'return')
    return !isOver(state) || state.returned || command.count < 1
      ? accept()
      : happened('SessionsReturned', { count: command.count });
  if (command.kind === 'declare-history') return declareHistory(command, state);
  // Once it is over, nothing that enrolment says reopens it.
  if (isOver(state)) return accept();

  switch (command.kind) {
    case 'grant':
      return command.total === state.granted
        ? accept()
        : happened('AllotmentGranted', { total: command.total });
    case 'pause':
      return state.status === 'paused' ? accept() : happened('EngagementPaused', { from: command.from });
    case 'resume':
      return state.status === 'paused' ? happened('EngagementResumed', { on: command.on }) : accept();
    case 'extend':
      return command.endsOn === state.endsOn
        ? accept()
        : happened('EngagementExtended', { endsOn: command.endsOn });
    case 'complete':
      return happened('EngagementCompleted', {});
    case 'end':
      return happened('EngagementEnded', { reason: command.reason });
    case 'use-up': {
      const { completed, forfeited } = command;
      return state.usedUp
        ? accept()
        : happened('AllotmentUsed', { completed, forfeited, total: state.granted });
    }
  }
}

function plan(
  command: Extract<EngagementCommand, { kind: 'plan' }>,
  state: EngagementState,
): Decision<EngagementEvent> {
  if (state.status !== 'none') return accept();
  const { at, refs, matchId, coachPersonId, endsOn, cadence, zone, allotment, policy, history } = command;
  const optional = { ...(coachPersonId !== undefined && { coachPersonId }), ...(history && { history }) };
  return accept({
    type: 'EngagementPlanned',
    occurredAt: at,
    data: { ...refs, matchId, ...optional, endsOn, cadence, zone, allotment, policy },
  });
}

function declareHistory(
  { at, through, complete }: Extract<EngagementCommand, { kind: 'declare-history' }>,
  { refs, history }: KnownEngagement,
): Decision<EngagementEvent> {
  // Enrolment has seen to it that a history never goes back, and is not opened again.
  if (history === null || (!complete && through === history.through)) return accept();
  return accept({ type: 'HistoryDeclared', occurredAt: at, data: { ...refs, through, complete } });
}

/** How far silence may be judged in its sessions when it is `at`: in an open history only as far as that is told. */
export function settledThrough({ history }: KnownEngagement, at: string): string {
  const through = history === null ? at : (history.through ?? '');
  return through < at ? through : at;
}

function mayNotBook({ at, startsAt }: { at: string; startsAt: string }, state: KnownEngagement) {
  const { overAt } = state;
  if (overAt !== null && at >= overAt) return errors.engagementOver(state.status);
  if (overAt !== null && startsAt >= overAt) return errors.afterItWasOver(overAt);
  const day = dayOf(startsAt, state.zone);
  const pause = state.pauses.find(({ from, until }) => from <= day && (until === null || day < until));
  if (pause) return errors.engagementPaused(pause.from, pause.until);
  return day > state.endsOn ? errors.afterTheEnd(state.endsOn) : null;
}

const laterOf = (a: string, b: string): string => (a > b ? a : b);

/** An engagement: one coachee with one coach over a defined period. Enrolment decides its pauses and its end. */
export const engagementDecider: Decider<EngagementState, EngagementCommand, EngagementEvent> = {
  initialState,
  evolve,
  decide,
};
