import { accept, fold, refuse, type Decider, type Decision } from '@cairn/decider';
import { dayIn, endOfDay } from '../programs/calendar.js';
import { same } from '../same.js';
import type { AssessmentCommand } from './assessment.commands.js';
import * as errors from './assessment.errors.js';
import {
  isAnonymous,
  type AssessmentEvent,
  type AssessmentRefs,
  type Category,
  type Moment,
  type Priority,
  type ThemeResult,
} from './assessment.events.js';

/** Who the rater is stands in a row of its own. */
export interface Rater {
  readonly raterId: string;
  readonly category: Category;
  readonly approved: boolean;
}

/** What holds in every state of an assessment that exists. */
interface Known {
  readonly refs: AssessmentRefs;
  readonly lastOccurredAt: string;
  readonly moment: Moment;
  readonly categories: readonly Category[];
  readonly questionnaire: { readonly name: string; readonly version: number };
  readonly themes: readonly string[];
  readonly closesOn: string;
  readonly closesAt: string;
  readonly zone: string;
  readonly raters: readonly Rater[];
  /** Ids of raters who are not asked any more. */
  readonly removed?: readonly string[];
}

export type AssessmentState =
  | { readonly status: 'none' }
  /** Nobody is approved yet: nobody can answer. */
  | (Known & { readonly status: 'requested' })
  | (Known & { readonly status: 'collecting' })
  | (Known & { readonly status: 'closed'; readonly by: 'deadline' | 'hand' })
  | (Known & {
      readonly status: 'released';
      readonly results: readonly ThemeResult[];
      /** With the coach of the active match. */
      readonly shared: boolean;
      readonly priorities: readonly Priority[];
    })
  | (Known & { readonly status: 'withdrawn'; readonly reason: string });

type Existing = Exclude<AssessmentState, { status: 'none' }>;

export const STATUSES: readonly Existing['status'][] = [
  'requested',
  'collecting',
  'closed',
  'released',
  'withdrawn',
];

/** One at a time of each enrolment; an end of the enrolment withdraws it. */
export const OPEN: readonly AssessmentState['status'][] = ['requested', 'collecting', 'closed'];

/** Nobody asks more people than that about one. */
export const MOST_RATERS = 50;

const initialState: AssessmentState = { status: 'none' };

function evolve(state: AssessmentState, event: AssessmentEvent): AssessmentState {
  if (event.type === 'AssessmentRequested') {
    const { moment, categories, questionnaire, questionnaireVersion, themes, ...data } = event.data;
    const { opensOn: _, closesOn, closesAt, zone, ...refs } = data;
    return {
      status: 'requested',
      refs,
      lastOccurredAt: event.occurredAt,
      moment,
      categories,
      questionnaire: { name: questionnaire, version: questionnaireVersion },
      themes,
      closesOn,
      closesAt,
      zone,
      raters: [],
    };
  }
  if (state.status === 'none') return state;
  const next = { ...state, lastOccurredAt: event.occurredAt };
  switch (event.type) {
    case 'RaterNominated': {
      const { raterId, category } = event.data;
      return { ...next, raters: [...state.raters, { raterId, category, approved: false }] };
    }
    case 'RaterApproved': {
      const { raterId } = event.data;
      const raters = state.raters.map((one) => (one.raterId === raterId ? { ...one, approved: true } : one));
      return { ...knownOf(next), status: 'collecting', raters };
    }
    case 'RaterRemoved': {
      const { raterId } = event.data;
      const raters = state.raters.filter((one) => one.raterId !== raterId);
      return { ...next, raters, removed: [...(state.removed ?? []), raterId] };
    }
    case 'AssessmentClosed':
      return { ...knownOf(next), status: 'closed', by: event.data.by };
    case 'AssessmentWithdrawn':
      return { ...knownOf(next), status: 'withdrawn', reason: event.data.reason };
    case 'ResultsReleased': {
      const { results } = event.data;
      return { ...knownOf(next), status: 'released', results, shared: false, priorities: [] };
    }
    case 'ResultsShared':
      return next.status === 'released' ? { ...next, shared: event.data.shared } : next;
    case 'PrioritiesIdentified':
      return next.status === 'released' ? { ...next, priorities: event.data.priorities } : next;
    default:
      return next;
  }
}

const knownOf = (state: Existing): Known => {
  const { refs, lastOccurredAt, moment, categories, questionnaire, themes, closesOn, closesAt } = state;
  const { zone, raters, removed } = state;
  return {
    refs,
    lastOccurredAt,
    moment,
    categories,
    questionnaire,
    themes,
    closesOn,
    closesAt,
    zone,
    raters,
    ...(removed && { removed }),
  };
};

const later = (a: string, b: string): string => (a > b ? a : b);

type Told = Pick<AssessmentCommand, 'uncounted'>;

/** Tells the answers of each of these days at `at`, in the order of the days; none of a day after it. */
function count({ uncounted }: Told, state: Existing, at: string): AssessmentEvent[] {
  const day = dayIn(state.zone, at);
  const days = new Map<string, number>();
  for (const { on, answers } of uncounted) {
    // Of history that is told, answers come in today and are counted on its last day.
    const told = on < day ? on : day;
    days.set(told, (days.get(told) ?? 0) + answers);
  }
  return [...days]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([on, answers]) => ({
      type: 'AnswersCounted',
      occurredAt: at,
      data: { ...state.refs, on, answers },
    }));
}

/** What time alone has brought about by then comes first, at its own time: days that are over, and the last of them. */
function settle(command: AssessmentCommand, state: AssessmentState): AssessmentEvent[] {
  if (state.status !== 'requested' && state.status !== 'collecting') return [];
  const { settleThrough, uncounted } = command;
  const last = state.lastOccurredAt;
  if (state.closesAt <= settleThrough) {
    const at = later(state.closesAt, last);
    if (state.status === 'requested')
      return [
        { type: 'AssessmentWithdrawn', occurredAt: at, data: { ...state.refs, reason: 'not-enough-raters' } },
      ];
    const closed = { type: 'AssessmentClosed' as const, occurredAt: at };
    return [
      ...count({ uncounted }, state, at),
      { ...closed, data: { ...state.refs, by: 'deadline' as const } },
    ];
  }
  return uncounted
    .filter(({ on }) => endOfDay(state.zone, on) <= settleThrough)
    .sort((a, b) => (a.on < b.on ? -1 : 1))
    .map(({ on, answers }) => ({
      type: 'AnswersCounted',
      occurredAt: later(endOfDay(state.zone, on), last),
      data: { ...state.refs, on, answers },
    }));
}

function decide(command: AssessmentCommand, state: AssessmentState): Decision<AssessmentEvent> {
  if (command.kind === 'request') return request(command, state);
  if (state.status === 'none') return refuse(errors.noSuchAssessment());
  if (command.kind !== 'settle' && command.at < state.lastOccurredAt)
    return refuse(errors.outOfOrder(command.at, state.lastOccurredAt));
  const settled = settle(command, state);
  const told = new Set(settled.map((event) => (event.type === 'AnswersCounted' ? event.data.on : '')));
  const uncounted =
    settled.at(-1)?.type === 'AssessmentClosed' ? [] : command.uncounted.filter(({ on }) => !told.has(on));
  const now = fold({ initialState, evolve }, settled, state) as Existing;
  const decision = judge({ ...command, uncounted }, now);
  // A refused command adds nothing: the sweeper settles.
  return decision.ok ? { ok: true, events: [...settled, ...decision.events] } : decision;
}

function request(
  command: Extract<AssessmentCommand, { kind: 'request' }>,
  state: AssessmentState,
): Decision<AssessmentEvent> {
  if (state.status !== 'none') return accept();
  const { at, refs, moment, categories, themes, questionnaire, questionnaireVersion } = command;
  const { opensOn, closesOn, closesAt, zone, attributed } = command;
  const event: AssessmentEvent = {
    type: 'AssessmentRequested',
    occurredAt: at,
    data: {
      ...refs,
      moment,
      categories,
      questionnaire,
      questionnaireVersion,
      themes,
      opensOn,
      closesOn,
      closesAt,
      zone,
    },
  };
  const raters = attributed.flatMap(({ raterId, category }): AssessmentEvent[] =>
    (['RaterNominated', 'RaterApproved'] as const).map((type) => ({
      type,
      occurredAt: at,
      data: { ...refs, raterId, category },
    })),
  );
  return accept(event, ...raters);
}

function judge(
  command: Exclude<AssessmentCommand, { kind: 'request' }>,
  state: Existing,
): Decision<AssessmentEvent> {
  const happened = <T extends AssessmentEvent>(
    type: T['type'],
    data: Omit<T['data'], keyof AssessmentRefs>,
  ) => ({ type, occurredAt: command.at, data: { ...state.refs, ...data } }) as T;
  const notNow = (action: string) => refuse(errors.notInState(action, state.status));
  const answering = state.status === 'requested' || state.status === 'collecting';
  const raterOf = (raterId: string) => state.raters.find((one) => one.raterId === raterId);

  switch (command.kind) {
    case 'settle':
      return accept();
    case 'nominate': {
      const { raterId, category } = command;
      if (raterOf(raterId) !== undefined) return accept();
      if (!answering) return notNow('given another rater');
      const asked = state.categories.filter(isAnonymous);
      if (!asked.some((one) => one === category)) return refuse(errors.categoryNotAsked(asked));
      if (state.raters.length >= MOST_RATERS) return refuse(errors.tooManyRaters(MOST_RATERS));
      return accept(happened('RaterNominated', { raterId, category }));
    }
    case 'approve': {
      const { raterId } = command;
      const rater = raterOf(raterId);
      if (rater === undefined) return refuse(errors.noSuchRater());
      if (rater.approved) return accept();
      if (!answering) return notNow('given another rater');
      return accept(happened('RaterApproved', { raterId, category: rater.category }));
    }
    case 'remove': {
      const { raterId, by } = command;
      if (state.removed?.includes(raterId)) return accept();
      const rater = raterOf(raterId);
      if (rater === undefined) return refuse(errors.noSuchRater());
      if (!answering) return notNow('given fewer raters');
      // A refusal after that would tell the coachee who has answered.
      if (by === 'coachee' && rater.approved) return refuse(errors.raterApproved());
      return accept(happened('RaterRemoved', { raterId, category: rater.category }));
    }
    case 'close':
      if (state.status === 'closed') return accept();
      if (state.status !== 'collecting') return notNow('closed');
      return accept(...count(command, state, command.at), happened('AssessmentClosed', { by: 'hand' }));
    case 'withdraw': {
      const { reason } = command;
      if (state.status === 'withdrawn')
        return reason === state.reason ? accept() : refuse(errors.toldOtherwise('withdrawn'));
      if (state.status === 'released') return notNow('withdrawn');
      return accept(happened('AssessmentWithdrawn', { reason }));
    }
    case 'release': {
      if (state.status === 'released') return accept();
      if (state.status !== 'closed') return notNow('released');
      const { moment, questionnaire } = state;
      const of = { questionnaire: questionnaire.name, questionnaireVersion: questionnaire.version };
      return accept(happened('ResultsReleased', { moment, ...of, results: command.results }));
    }
    case 'share':
      if (state.status !== 'released') return notNow('shared');
      if (state.shared === command.shared) return accept();
      return accept(happened('ResultsShared', { shared: command.shared }));
    case 'prioritise': {
      const { priorities } = command;
      if (state.status !== 'released') return notNow('given priorities');
      if (same(state.priorities, priorities)) return accept();
      const unfounded = unfoundedIn(priorities, state.results);
      if (unfounded !== undefined) return refuse(unfounded);
      return accept(happened('PrioritiesIdentified', { priorities }));
    }
  }
}

/** A priority comes from what the coachee was shown. */
function unfoundedIn(priorities: readonly Priority[], results: readonly ThemeResult[]) {
  for (const [index, { theme, sources }] of priorities.entries()) {
    const shown = results.filter((one) => one.theme === theme).map(({ category }) => category);
    if (priorities.findIndex((one) => one.theme === theme) < index || shown.length === 0)
      return errors.unknownTheme(index, [...new Set(results.map((one) => one.theme))]);
    if (!sources.every((source) => shown.includes(source))) return errors.unknownSource(index, shown);
  }
  return undefined;
}

/** An assessment: from the request, by raters and their answers, to results that the coachee reads. */
export const assessmentDecider: Decider<AssessmentState, AssessmentCommand, AssessmentEvent> = {
  initialState,
  evolve,
  decide,
};
