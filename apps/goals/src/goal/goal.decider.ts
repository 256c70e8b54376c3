import { accept, refuse, type Decider, type Decision } from '@cairn/decider';
import type { GoalCommand } from './goal.commands.js';
import * as errors from './goal.errors.js';
import type { GoalEvent, GoalRefs, GoalTerms, Level, Outcome, Party } from './goal.events.js';

export type GoalStatus = 'draft' | 'agreed' | 'inProgress' | Outcome;

export interface Practice {
  readonly practiceId: string;
  readonly dueOn: string;
  readonly textId: string;
  readonly done: 'yes' | 'partly' | 'no' | null;
  /** What was written with the report. */
  readonly reportTextId: string | null;
}

export interface CheckIn {
  readonly at: string;
  readonly movement: 'forward' | 'steady' | 'back';
  readonly textId: string | null;
}

export type GoalState =
  | { readonly status: 'none' }
  | {
      readonly status: GoalStatus;
      readonly refs: GoalRefs;
      readonly proposedBy: Party;
      readonly terms: GoalTerms;
      readonly textId: string;
      readonly scale: { readonly baselineLevel: Level; readonly levelTextIds: readonly string[] } | null;
      readonly scores: readonly {
        readonly level: Level;
        readonly scorer: 'self' | 'observed';
        readonly moment: string;
      }[];
      readonly practices: readonly Practice[];
      readonly checkIns: readonly CheckIn[];
      readonly sharedWith: readonly ('hr' | 'manager')[];
      readonly lastOccurredAt: string;
    };

export type KnownGoal = Exclude<GoalState, { status: 'none' }>;

const initialState: GoalState = { status: 'none' };
const CLOSED: readonly string[] = [
  'attained',
  'partlyAttained',
  'notAttained',
  'dropped',
] satisfies Outcome[];

function evolve(state: GoalState, event: GoalEvent): GoalState {
  if (event.type === 'GoalProposed') {
    const { by, textId, theme, weight, targetDate, ...refs } = event.data;
    const terms = { theme, weight, targetDate };
    const empty = { scale: null, scores: [], practices: [], checkIns: [], sharedWith: [] };
    return {
      status: 'draft',
      refs,
      proposedBy: by,
      terms,
      textId,
      ...empty,
      lastOccurredAt: event.occurredAt,
    };
  }
  if (state.status === 'none') return state;
  const next: KnownGoal = { ...state, lastOccurredAt: event.occurredAt };
  const working = {
    ...next,
    status: state.status === 'agreed' ? 'inProgress' : state.status,
  } satisfies KnownGoal;
  switch (event.type) {
    case 'GoalAgreed':
      return { ...next, status: 'agreed' };
    case 'AttainmentScaleDefined':
      return {
        ...next,
        scale: { baselineLevel: event.data.baselineLevel, levelTextIds: event.data.levelTextIds },
      };
    case 'PracticeCommitted': {
      const { practiceId, dueOn, textId } = event.data;
      const practice = { practiceId, dueOn, textId, done: null, reportTextId: null };
      return { ...working, practices: [...state.practices, practice] };
    }
    case 'PracticeReported': {
      const { practiceId, done, textId: reportTextId } = event.data;
      return {
        ...working,
        practices: state.practices.map((p) =>
          p.practiceId === practiceId ? { ...p, done, reportTextId } : p,
        ),
      };
    }
    case 'CheckInRecorded': {
      const { movement, textId } = event.data;
      return { ...working, checkIns: [...state.checkIns, { at: event.occurredAt, movement, textId }] };
    }
    case 'AttainmentScored': {
      const { level, scorer, moment } = event.data;
      return { ...next, scores: [...state.scores, { level, scorer, moment }] };
    }
    case 'GoalRevised': {
      const { by, theme, weight, targetDate, textId } = event.data;
      // Who revises a draft proposes it anew: the other one agrees to it as it then stands.
      const proposedBy = state.status === 'draft' ? by : state.proposedBy;
      return { ...next, proposedBy, terms: { theme, weight, targetDate }, textId: textId ?? state.textId };
    }
    case 'GoalClosed':
      return { ...next, status: event.data.outcome };
    case 'GoalSharingSet': {
      const others = state.sharedWith.filter((audience) => audience !== event.data.with);
      return { ...next, sharedWith: event.data.shared ? [...others, event.data.with] : others };
    }
    default:
      return next;
  }
}

const weightFits = (weight: number) => weight > 0 && weight <= 100;

function decide(command: GoalCommand, state: GoalState): Decision<GoalEvent> {
  if (command.kind === 'propose') {
    if (state.status !== 'none') return accept();
    if (!weightFits(command.terms.weight)) return refuse(errors.weightNotPositive());
    const data = { ...command.refs, by: command.by, textId: command.textId, ...command.terms };
    return accept({ type: 'GoalProposed', occurredAt: command.at, data });
  }
  if (state.status === 'none') return refuse(errors.noSuchGoal());
  if (command.at < state.lastOccurredAt) return refuse(errors.outOfOrder(command.at, state.lastOccurredAt));
  return judge(command, state);
}

function judge(command: Exclude<GoalCommand, { kind: 'propose' }>, state: KnownGoal): Decision<GoalEvent> {
  const happened = <T extends GoalEvent>(
    type: T['type'],
    data: Omit<T['data'], keyof GoalRefs>,
  ): Decision<GoalEvent> => accept({ type, occurredAt: command.at, data: { ...state.refs, ...data } } as T);
  const closed = CLOSED.includes(state.status);
  const isOpen = state.status === 'agreed' || state.status === 'inProgress';

  switch (command.kind) {
    case 'agree':
      if (isOpen) return accept();
      if (closed) return refuse(errors.notInState('agreed', state.status));
      if (command.by === state.proposedBy)
        return refuse(errors.otherPartyAgrees(state.proposedBy, state.status));
      return happened('GoalAgreed', state.terms);
    case 'define-scale': {
      const { by, baselineLevel, levelTextIds } = command;
      if (closed) return refuse(errors.notInState('scaled', state.status));
      if (levelTextIds.length !== 5) return refuse(errors.scaleNeedsFiveLevels(levelTextIds.length));
      if (same(state.scale, { baselineLevel, levelTextIds })) return accept();
      if (state.scores.length > 0) return refuse(errors.scaleIsFixed(state.status));
      return happened('AttainmentScaleDefined', { by, baselineLevel, levelTextIds });
    }
    case 'commit-practice': {
      const { practiceId, dueOn, textId } = command;
      if (state.practices.some((p) => p.practiceId === practiceId)) return accept();
      if (!isOpen) return refuse(errors.notInState('practised', state.status));
      return happened('PracticeCommitted', { practiceId, dueOn, textId });
    }
    case 'report-practice': {
      const { practiceId, done, textId } = command;
      const practice = state.practices.find((p) => p.practiceId === practiceId);
      if (practice === undefined) return refuse(errors.noSuchPractice());
      if (practice.done !== null)
        return practice.done === done && (textId === null || textId === practice.reportTextId)
          ? accept()
          : refuse(errors.practiceReported(practice.done));
      if (closed) return refuse(errors.notInState('practised', state.status));
      return happened('PracticeReported', { practiceId, done, textId });
    }
    case 'check-in': {
      const { movement, textId } = command;
      return isOpen
        ? happened('CheckInRecorded', { by: 'coachee', movement, textId })
        : refuse(errors.notInState('checked in on', state.status));
    }
    case 'score': {
      if (!isOpen) return refuse(errors.notInState('scored', state.status));
      if (state.scale === null) return refuse(errors.noScaleYet(state.status));
      // Also where it is the level that was given before: no version tells whoever speaks in their name which one that was.
      return happened('AttainmentScored', {
        level: command.level,
        scorer: command.by === 'coachee' ? 'self' : 'observed',
        moment: command.moment,
      });
    }
    case 'revise': {
      if (closed) return refuse(errors.notInState('revised', state.status));
      const terms = { ...state.terms, ...command.terms };
      if (!weightFits(terms.weight)) return refuse(errors.weightNotPositive());
      if (same(terms, state.terms) && (command.textId === null || command.textId === state.textId))
        return accept();
      return happened('GoalRevised', { by: command.by, ...terms, textId: command.textId });
    }
    case 'close': {
      if (state.status === command.outcome) return accept();
      const allowed = isOpen || (state.status === 'draft' && command.outcome === 'dropped');
      if (!allowed) return refuse(errors.notInState(`closed as ${command.outcome}`, state.status));
      return happened('GoalClosed', { by: command.by, outcome: command.outcome });
    }
    case 'share':
      if (state.sharedWith.includes(command.with) === command.shared) return accept();
      return happened('GoalSharingSet', { with: command.with, shared: command.shared });
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A goal: proposed by one, agreed by both, scaled, practised, scored, closed. */
export const goalDecider: Decider<GoalState, GoalCommand, GoalEvent> = { initialState, evolve, decide };
