import { accept, fold, refuse, type Decider, type Decision } from '@cairn/decider';
import type { SessionCommand } from './session.commands.js';
import * as errors from './session.errors.js';
import type { Outcome, SessionEvent, SessionRefs } from './session.events.js';
import {
  evidenceOf,
  evolve,
  hoursAfter,
  initialState,
  nextDeadline,
  other,
  wordOf,
  type KnownSession,
  type SessionState,
} from './session.state.js';

type Command<Kind extends SessionCommand['kind']> = Extract<SessionCommand, { kind: Kind }>;
type Result = Decision<SessionEvent>;

function decide(command: SessionCommand, state: SessionState): Result {
  if (command.kind === 'schedule') return schedule(command, state);
  if (state.status === 'none') return refuse(errors.noSuchSession());
  // The sweeper speaks of a deadline, not of a new fact: an imported fact may be later than it.
  if (command.kind !== 'settle' && command.at < state.lastAt)
    return refuse(errors.outOfOrder(command.at, state.lastAt));
  const settled = settle(command, state);
  const decision = judge(command, fold({ initialState, evolve }, settled, state) as KnownSession);
  // A refused command adds nothing: what time alone brought about is left to the sweeper.
  return decision.ok ? accept(...settled, ...decision.events) : decision;
}

/** What time has brought about by `command.at` and is not in the stream yet, each at its own time. */
function settle(command: SessionCommand, state: KnownSession): SessionEvent[] {
  const events: SessionEvent[] = [];
  let now = state;
  const add = (...happened: SessionEvent[]) => {
    events.push(...happened);
    now = fold({ initialState, evolve }, happened, now as SessionState) as KnownSession;
  };
  if (now.status === 'scheduled' && now.endsAt <= command.at)
    add(made(now.refs, laterOf(now.endsAt, now.lastAt), 'SessionAwaitingConfirmation', {}));
  const deadline = nextDeadline(now);
  if (now.status === 'awaitingConfirmation' && deadline !== null && deadline <= command.settledThrough)
    add(...silence(now, laterOf(deadline, now.lastAt)));
  return events;
}

function silence(state: KnownSession, at: string): SessionEvent[] {
  const evidence = evidenceOf(state);
  const policyVersion = state.policy.version;
  if (evidence.length === 0) return [made(state.refs, at, 'SessionUnconfirmed', { policyVersion })];
  return [made(state.refs, at, 'SessionAutoConfirmed', { evidence }), completed(state, at, true)];
}

function judge(command: Exclude<SessionCommand, { kind: 'schedule' }>, state: KnownSession): Result {
  switch (command.kind) {
    case 'reschedule':
      return reschedule(command, state);
    case 'cancel':
      return cancel(command, state);
    case 'confirm':
      return confirm(command, state);
    case 'record-no-show':
      return recordNoShow(command, state);
    case 'rate':
      return rate(command, state);
    case 'record-themes':
      return recordThemes(command, state);
    case 'add-note': {
      const { at, noteId, by } = command;
      if (state.notes.some((note) => note.noteId === noteId)) return accept();
      return accept(made(state.refs, at, 'SessionNoteAdded', { noteId, by }));
    }
    case 'dispute':
      return dispute(command, state);
    case 'correct':
      return correct(command, state);
    case 'settle':
      return accept();
  }
}

function schedule(command: Command<'schedule'>, state: SessionState): Result {
  const { at, refs, startsAt, endsAt, zone, by, seriesId, policy } = command;
  if (state.status !== 'none') return accept();
  if (startsAt <= at) return refuse(errors.startsInThePast(startsAt, at));
  const series = seriesId === undefined ? {} : { seriesId };
  return accept(made(refs, at, 'SessionScheduled', { startsAt, endsAt, zone, by, ...series, policy }));
}

function reschedule(command: Command<'reschedule'>, state: KnownSession): Result {
  const { at, by, startsAt, endsAt, zone, policy } = command;
  if (state.status !== 'scheduled') return refuse(errors.notInState('moved', wordOf(state).state));
  if (startsAt === state.startsAt && endsAt === state.endsAt && zone === state.zone) return accept();
  if (at >= state.startsAt) return refuse(errors.alreadyBegun('moved', state.startsAt));
  if (startsAt <= at) return refuse(errors.startsInThePast(startsAt, at));
  const from = { startsAt: state.startsAt, endsAt: state.endsAt };
  const noticeHours = hoursBetween(at, state.startsAt);
  const to = { startsAt, endsAt };
  return accept(made(state.refs, at, 'SessionRescheduled', { by, noticeHours, from, to, zone, policy }));
}

function cancel({ at, by }: Command<'cancel'>, state: KnownSession): Result {
  if (state.status === 'judged' && /cancel/.test(state.judgement.outcome)) {
    const cancelled = wordOf(state);
    // The other one's cancel is no repetition: accepted, it would read as theirs.
    if (by === 'cairn' || by === cancelled.by) return accept();
    return refuse(errors.cancelledAlready(cancelled.state, cancelled.by));
  }
  // What a pause or an end finds under way, or over, takes its own course.
  if (by === 'cairn' && (state.status !== 'scheduled' || at >= state.startsAt)) return accept();
  if (state.status !== 'scheduled') return refuse(errors.notInState('cancelled', wordOf(state).state));
  if (at >= state.startsAt) return refuse(errors.alreadyBegun('cancelled', state.startsAt));
  const noticeHours = hoursBetween(at, state.startsAt);
  const { version: policyVersion, noticeHours: required, lateCancelForfeits } = state.policy;
  const late = by !== 'cairn' && hoursAfter(at, required) > state.startsAt;
  const forfeited = late && by === 'coachee' && lateCancelForfeits;
  return accept(
    made(state.refs, at, 'SessionCancelled', { by, noticeHours, late, policyVersion, forfeited }),
    ...(forfeited ? [made(state.refs, at, 'SessionForfeited', { cause: 'late-cancel', policyVersion })] : []),
  );
}

function confirm({ at, by }: Command<'confirm'>, state: KnownSession): Result {
  if (state.status === 'scheduled') return refuse(errors.notEndedYet('confirmed', state.endsAt));
  if (isJudged(state, 'completed')) return accept();
  const open = state.status === 'awaitingConfirmation';
  if (!open && !isJudged(state, 'unconfirmed'))
    return refuse(errors.notInState('confirmed', wordOf(state).state));
  if (open && state.confirmedBy.includes(by)) return accept();
  const confirmed = made(state.refs, at, 'SessionConfirmed', { by });
  // Silence was judged already: one side's word is then the evidence that was missing.
  const settles = !open || state.confirmedBy.length > 0;
  return accept(confirmed, ...(settles ? [completed(state, at, false)] : []));
}

function recordNoShow({ at, by }: Command<'record-no-show'>, state: KnownSession): Result {
  const party = other(by);
  if (state.status === 'scheduled') return refuse(errors.notEndedYet('recorded as missed', state.endsAt));
  if (isJudged(state, `${party}-no-show`)) return accept();
  if (state.status !== 'awaitingConfirmation' && !isJudged(state, 'unconfirmed'))
    return refuse(errors.notInState('recorded as missed', wordOf(state).state));
  if (state.confirmedBy.includes(by)) return refuse(errors.alreadyConfirmed());
  const policyVersion = state.policy.version;
  const forfeited = party === 'coachee' && state.policy.noShowForfeits;
  return accept(
    made(state.refs, at, 'NoShowRecorded', { party, policyVersion, forfeited }),
    ...(forfeited ? [made(state.refs, at, 'SessionForfeited', { cause: 'no-show', policyVersion })] : []),
  );
}

function rate({ at, rating }: Command<'rate'>, state: KnownSession): Result {
  const refusal = mayHaveBeenHeld('rated', state);
  if (refusal) return refuse(refusal);
  const { useful, relationship, progress } = rating;
  const same = state.rating;
  if (same?.useful === useful && same.relationship === relationship && same.progress === progress)
    return accept();
  return accept(made(state.refs, at, 'SessionRated', { useful, relationship, progress }));
}

function recordThemes({ at, themes, allowed }: Command<'record-themes'>, state: KnownSession): Result {
  const refusal = mayHaveBeenHeld('given themes', state);
  if (refusal) return refuse(refusal);
  const unknown = themes.filter((theme) => !allowed.includes(theme));
  if (unknown.length > 0) return refuse(errors.unknownThemes(unknown, allowed));
  const chosen = allowed.filter((theme) => themes.includes(theme));
  if (chosen.join('\n') === state.themes.join('\n')) return accept();
  return accept(made(state.refs, at, 'SessionThemesRecorded', { themes: chosen }));
}

function dispute({ at, by, reason }: Command<'dispute'>, state: KnownSession): Result {
  if (state.status === 'disputed')
    return state.dispute.by === by && state.dispute.reason === reason
      ? accept()
      : refuse(errors.disputedAlready(state.dispute));
  if (state.status !== 'judged') return refuse(errors.notInState('disputed', wordOf(state).state));
  const until = hoursAfter(state.judgement.judgedAt, state.policy.disputeHours);
  if (at > until) return refuse(errors.disputeWindowClosed(until, wordOf(state).state));
  return accept(made(state.refs, at, 'SessionDisputed', { by, reason }));
}

function correct(command: Command<'correct'>, state: KnownSession): Result {
  const { at, to, reason } = command;
  if (state.status !== 'judged' && state.status !== 'disputed')
    return refuse(errors.notInState('corrected', wordOf(state).state));
  const byPolicy =
    (to === 'coachee-late-cancel' && state.policy.lateCancelForfeits) ||
    (to === 'coachee-no-show' && state.policy.noShowForfeits);
  const forfeited = command.forfeited ?? byPolicy;
  if (forfeited && to !== 'coachee-late-cancel' && to !== 'coachee-no-show')
    return refuse(errors.cannotForfeit(to));
  // What was cancelled may be about a time that has not come.
  const wasToBe = to === 'completed' || to === 'unconfirmed' || to.endsWith('-no-show');
  if (wasToBe && at < state.endsAt)
    return refuse(errors.notEndedYet(`corrected to ${to}`, state.endsAt, wordOf(state).state));
  const { outcome: from, forfeited: was, reason: because } = state.judgement;
  if (state.status === 'judged' && from === to && was === forfeited)
    return because === reason ? accept() : refuse(errors.judgedSoAlready(wordOf(state).state));
  return accept(
    made(state.refs, at, 'OutcomeCorrected', { from, to, forfeited, by: 'program-admin', reason }),
  );
}

const isJudged = (state: KnownSession, outcome: Outcome): boolean =>
  state.status === 'judged' && state.judgement.outcome === outcome;

/** Refuses what can only be said of a session that was, or may have been, held. */
function mayHaveBeenHeld(action: string, state: KnownSession) {
  if (state.status === 'scheduled') return errors.notEndedYet(action, state.endsAt);
  if (state.status === 'awaitingConfirmation') return null;
  const { outcome } = state.judgement;
  return outcome === 'completed' || outcome === 'unconfirmed'
    ? null
    : errors.notInState(action, wordOf(state).state);
}

const completed = (state: KnownSession, at: string, auto: boolean): SessionEvent =>
  made(state.refs, at, 'SessionCompleted', {
    durationMinutes: Math.max(
      1,
      Math.round((Date.parse(state.endsAt) - Date.parse(state.startsAt)) / 60_000),
    ),
    auto,
    policyVersion: state.policy.version,
  });

/** An event of this session: `refs` are in every one, so that each can be published by itself. */
function made<Type extends SessionEvent['type']>(
  refs: SessionRefs,
  occurredAt: string,
  type: Type,
  body: Omit<Extract<SessionEvent, { type: Type }>['data'], keyof SessionRefs>,
): SessionEvent {
  return { type, occurredAt, data: { ...refs, ...body } } as SessionEvent;
}

/** Hours from `from` to `to`, to a thousandth. */
const hoursBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 3_600) / 1_000;

const laterOf = (a: string, b: string): string => (a > b ? a : b);

/** A session: one meeting of a coachee and a coach, from its booking to its outcome, and beyond by correction. */
export const sessionDecider: Decider<SessionState, SessionCommand, SessionEvent> = {
  initialState,
  evolve,
  decide,
};
