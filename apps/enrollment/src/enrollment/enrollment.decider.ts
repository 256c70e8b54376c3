import { accept, fold, refuse, type Decider, type Decision, type Refusal } from '@cairn/decider';
import { same } from '../same.js';
import type { EnrollmentCommand } from './enrollment.commands.js';
import * as errors from './enrollment.errors.js';
import type { EnrollmentEvent, EnrollmentRefs, Preferences } from './enrollment.events.js';
import {
  evolve,
  feedbackAsked,
  initialState,
  type EnrollmentState,
  type EnrollmentStatus,
} from './enrollment.state.js';

/** How far deadlines may be settled: up to the command, but in open history never past what the importer declared. */
const settledUpTo = (state: EnrollmentState, at: string): string => {
  if (state.history === null) return at;
  const through = state.history.through ?? '';
  return through < at ? through : at;
};

/** Deadlines that lie before `at` and were not settled yet: they come first, at their own time. */
function settle(state: EnrollmentState, at: string): EnrollmentEvent[] {
  const limit = settledUpTo(state, at);
  const refs = state.refs;
  if (refs === null) return [];
  if (state.status === 'invited' && state.deadline! <= limit)
    return [
      {
        type: 'InvitationExpired',
        occurredAt: state.deadline!,
        data: { ...refs, deadline: state.deadline! },
      },
    ];
  if ((state.status === 'active' || state.status === 'paused') && state.endsAt! <= limit) {
    // Imported history may hold a fact that is later than the end: the order of the stream comes first.
    const occurredAt = state.endsAt! < state.lastOccurredAt! ? state.lastOccurredAt! : state.endsAt!;
    return [{ type: 'EnrollmentCompleted', occurredAt, data: { ...refs, early: false } }];
  }
  return [];
}

function decide(command: EnrollmentCommand, state: EnrollmentState): Decision<EnrollmentEvent> {
  if (command.kind === 'nominate') return nominate(command, state);
  if (state.refs === null) return refuse(errors.noSuchEnrollment());
  if (command.kind === 'declare-history') return declareHistory(command, state);
  if (state.lastOccurredAt! > command.at) return refuse(errors.outOfOrder(command.at, state.lastOccurredAt!));
  const settled = settle(state, command.at);
  const decision = judge(command, fold({ initialState, evolve }, settled, state));
  if (decision.ok) return { ok: true, events: [...settled, ...decision.events] };
  // The deadline itself is settled by the sweeper; a refused command adds nothing.
  return decision;
}

function nominate(
  command: Extract<EnrollmentCommand, { kind: 'nominate' }>,
  state: EnrollmentState,
): Decision<EnrollmentEvent> {
  if (state.status !== 'none') return accept();
  const { refs, by, history, reason } = command;
  return accept({
    type: 'ParticipantNominated',
    occurredAt: command.at,
    data: { ...refs, by, history, ...(reason ? { reason } : {}) },
  });
}

function declareHistory(
  command: Extract<EnrollmentCommand, { kind: 'declare-history' }>,
  state: EnrollmentState,
): Decision<EnrollmentEvent> {
  if (state.history === null) return command.complete ? accept() : refuse(errors.noHistory());
  if (command.through > command.at) return refuse(errors.historyInTheFuture(command.through));
  const { through } = state.history;
  if (through !== null && command.through < through) return refuse(errors.historyGoesBack(through));
  if (through === command.through && !command.complete) return accept();
  return accept({
    type: 'HistoryDeclared',
    occurredAt: command.at,
    data: { ...state.refs!, through: command.through, complete: command.complete },
  });
}

/** The day of an instant five years on. */
const fiveYearsAfter = (at: string): string => `${Number(at.slice(0, 4)) + 5}${at.slice(4, 10)}`;

interface Wishes {
  readonly preferences: Preferences;
  readonly programThemes: readonly string[];
  readonly coachStyles: readonly string[];
}

/** What is asked for and nobody has: a theme that the programme does not know, a style of no coach. */
function unknownIn(
  { preferences, programThemes, coachStyles }: Wishes,
  pointer: string,
): Refusal | undefined {
  const themes = preferences.themes.filter((theme) => !programThemes.includes(theme)).length;
  if (themes > 0) return errors.unknownThemes(`${pointer}/themes`, themes, programThemes);
  const styles = preferences.styles.filter((style) => !coachStyles.includes(style)).length;
  return styles > 0 ? errors.unknownStyles(`${pointer}/styles`, styles, coachStyles) : undefined;
}

type Judged = Exclude<EnrollmentCommand, { kind: 'nominate' | 'declare-history' }>;

function judge(command: Judged, state: EnrollmentState): Decision<EnrollmentEvent> {
  const refs = state.refs!;
  const happened = <T extends EnrollmentEvent>(
    type: T['type'],
    data: Omit<T['data'], keyof EnrollmentRefs>,
  ) => ({ type, occurredAt: command.at, data: { ...refs, ...data } }) as T;
  const only = (
    states: readonly EnrollmentStatus[],
    action: string,
    ...events: EnrollmentEvent[]
  ): Decision<EnrollmentEvent> =>
    states.includes(state.status) ? accept(...events) : refuse(errors.notInState(action, state.status));
  const already = (status: EnrollmentStatus) => state.status === status;
  /** What is so already stays as it was told: the same once more is nothing new, anything else is no repeat. */
  const again = (reason: string): Decision<EnrollmentEvent> =>
    reason === state.reason ? accept() : refuse(errors.toldOtherwise(state.status));

  switch (command.kind) {
    case 'invite': {
      if (already('invited')) return accept();
      if (already('waitlisted') && !command.place.free) return accept();
      if (command.endsAt <= command.at) return refuse(errors.programOver(refs.programId, command.endsOn));
      if (command.place.free) {
        if (command.place.deadline <= command.at)
          return refuse(errors.alreadyOver('deadline', command.place.deadline));
        // Nobody can answer what is over.
        const deadline = command.place.deadline < command.endsAt ? command.place.deadline : command.endsAt;
        const invitation = { deadline, number: state.invitations + 1 };
        return only(
          ['nominated', 'waitlisted', 'expired'],
          'invited',
          happened('InvitationSent', invitation),
        );
      }
      const queued = { place: command.place.queue, reason: 'capacity' as const };
      return only(['nominated', 'expired'], 'put on the waitlist', happened('ParticipantWaitlisted', queued));
    }
    case 'decline':
      if (already('declined')) return again(command.reason);
      return only(
        ['nominated', 'waitlisted', 'invited'],
        'declined',
        happened('InvitationDeclined', { reason: command.reason }),
      );
    case 'expire':
      // Settling has made the event where the deadline is past; otherwise there is nothing to do.
      return accept();
    case 'withdraw':
      if (already('withdrawn')) return again(command.reason);
      return only(
        ['nominated', 'waitlisted', 'invited', 'expired'],
        'withdrawn',
        happened('ParticipantWithdrawn', { reason: command.reason }),
      );
    case 'activate': {
      const { privacyNoticeVersion, preferences, allotment, endsOn, endsAt } = command;
      if (already('active')) {
        const repeated =
          privacyNoticeVersion === state.privacyNoticeVersion && same(preferences, state.preferences);
        return repeated ? accept() : refuse(errors.alreadyActive(refs.enrollmentId));
      }
      const unknown = unknownIn(command, '/preferences');
      if (unknown !== undefined) return refuse(unknown);
      if (endsAt <= command.at) return refuse(errors.alreadyOver('end', endsAt));
      return only(
        ['invited'],
        'activated',
        happened('EnrollmentActivated', { privacyNoticeVersion, endsOn, endsAt }),
        happened('MatchingPreferencesGiven', preferences),
        happened('SessionsAllotted', { count: allotment, total: allotment }),
      );
    }
    case 'prefer': {
      const { preferences } = command;
      if (same(preferences, state.preferences)) return accept();
      const unknown = unknownIn(command, '');
      if (unknown !== undefined) return refuse(unknown);
      return only(
        ['active', 'paused'],
        'given preferences',
        happened('MatchingPreferencesGiven', preferences),
      );
    }
    case 'pause':
      if (already('paused')) return again(command.reason);
      return only(
        ['active'],
        'paused',
        happened('EnrollmentPaused', { from: command.from, reason: command.reason }),
      );
    case 'resume':
      if (already('active')) return accept();
      return only(['paused'], 'resumed', happened('EnrollmentResumed', { on: command.on }));
    case 'extend':
      if (command.endsOn === state.endsOn) return accept();
      if (state.endsOn !== null && command.endsOn < state.endsOn)
        return refuse(errors.endsTooEarly(state.endsOn));
      if (command.endsAt <= command.at) return refuse(errors.alreadyOver('end', command.endsAt));
      if (command.endsOn > fiveYearsAfter(command.at))
        return refuse(errors.endsTooLate(fiveYearsAfter(command.at)));
      return only(
        ['active', 'paused'],
        'extended',
        happened('EnrollmentExtended', { endsOn: command.endsOn, endsAt: command.endsAt }),
      );
    case 'complete':
      if (already('completed')) return accept();
      return only(
        ['active', 'paused'],
        'completed',
        happened('EnrollmentCompleted', { early: command.early }),
      );
    case 'discontinue':
      if (already('discontinued')) return again(command.reason);
      return only(
        ['active', 'paused'],
        'discontinued',
        happened('EnrollmentDiscontinued', { reason: command.reason }),
      );
    case 'cancel':
      if (already('cancelled')) return again(command.reason);
      return only(
        ['active', 'paused'],
        'cancelled',
        happened('EnrollmentCancelled', { reason: command.reason }),
      );
    case 'give-feedback': {
      const { moment, recommend } = command;
      // The same again, too: who may not know it would try which one is taken.
      if (state.feedback?.[moment] !== undefined) return refuse(errors.feedbackGiven(moment));
      return feedbackAsked(state, command.held) === moment
        ? accept(happened('ProgramFeedbackGiven', { moment, recommend }))
        : refuse(errors.feedbackNotAsked(moment, state.status));
    }
    case 'grant-again':
      return !command.hasLeft && (already('active') || already('paused'))
        ? accept(happened('SessionsAllotted', { count: command.count, total: state.allotted }))
        : accept();
    case 'allot': {
      if (command.count === 0) return refuse(errors.nothingAllotted());
      const total = state.allotted + command.count;
      if (total < 0) return refuse(errors.allotmentBelowZero(state.allotted));
      const { used, booked } = command.inUse;
      if (command.count < 0 && total < used + booked)
        return refuse(errors.allotmentInUse(used + booked - total, command.inUse));
      return only(
        ['active', 'paused'],
        'allotted sessions',
        happened('SessionsAllotted', { count: command.count, total }),
      );
    }
  }
}

/** An enrolment: one person in one programme, from nomination to one of its ways out. */
export const enrollmentDecider: Decider<EnrollmentState, EnrollmentCommand, EnrollmentEvent> = {
  initialState,
  evolve,
  decide,
};
