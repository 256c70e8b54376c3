import type {
  Evidence,
  Outcome,
  Party,
  PartyOrCairn,
  Rating,
  SessionEvent,
  SessionPolicy,
  SessionRefs,
} from './session.events.js';

interface Known {
  readonly refs: SessionRefs;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly zone: string;
  readonly seriesId: string | null;
  readonly policy: SessionPolicy;
  /** When its last fact happened: the next may not be earlier. */
  readonly lastAt: string;
  readonly confirmedBy: readonly Party[];
  readonly rating: Rating | null;
  readonly themes: readonly string[];
  readonly notes: readonly { readonly noteId: string; readonly by: Party; readonly at: string }[];
  readonly moves: number;
  /** How many of its events say nothing to all who see the session: ratings, themes, notes. */
  readonly asides: number;
  readonly cancelledBy: PartyOrCairn | null;
}

/** The outcome as it stands, and when it became that: from then on it can be disputed. */
export interface Judgement {
  readonly outcome: Outcome;
  readonly forfeited: boolean;
  /** Confirmed by silence with evidence. */
  readonly auto: boolean;
  readonly policyVersion: number;
  readonly judgedAt: string;
  /** The code of why it was corrected to this; null where it was not corrected. */
  readonly reason: string | null;
}

export type SessionState =
  | { readonly status: 'none' }
  | (Known & { readonly status: 'scheduled' })
  | (Known & { readonly status: 'awaitingConfirmation' })
  | (Known & { readonly status: 'judged'; readonly judgement: Judgement })
  | (Known & {
      readonly status: 'disputed';
      readonly judgement: Judgement;
      readonly dispute: { readonly by: Party; readonly reason: string };
    });
export type KnownSession = Exclude<SessionState, { status: 'none' }>;

export const initialState: SessionState = { status: 'none' };

export function evolve(state: SessionState, event: SessionEvent): SessionState {
  if (event.type === 'SessionScheduled') return scheduled(event);
  if (state.status === 'none') return state;
  const known = { ...state, lastAt: event.occurredAt };
  // A new outcome settles a dispute.
  const { dispute: _, ...undisputed } = { dispute: null, ...known };
  const judged = (
    outcome: Outcome,
    forfeited: boolean,
    { auto = false, reason = null as string | null, cancelledBy = state.cancelledBy } = {},
  ): SessionState => ({
    ...undisputed,
    status: 'judged',
    cancelledBy,
    judgement: {
      outcome,
      forfeited,
      auto,
      policyVersion: state.policy.version,
      judgedAt: event.occurredAt,
      reason,
    },
  });

  switch (event.type) {
    case 'SessionRescheduled': {
      const { to, zone, policy } = event.data;
      return { ...known, ...to, zone, policy, moves: state.moves + 1 };
    }
    case 'SessionCancelled': {
      const { by, late, forfeited } = event.data;
      const outcome = late && by !== 'cairn' ? (`${by}-late-cancel` as const) : 'cancelled-in-time';
      return judged(outcome, forfeited, { cancelledBy: by });
    }
    case 'SessionAwaitingConfirmation':
      return { ...known, status: 'awaitingConfirmation' };
    case 'SessionConfirmed':
      return { ...known, confirmedBy: [...state.confirmedBy, event.data.by] };
    case 'SessionUnconfirmed':
      return judged('unconfirmed', false);
    case 'NoShowRecorded':
      return judged(`${event.data.party}-no-show`, event.data.forfeited);
    case 'SessionCompleted':
      return judged('completed', false, { auto: event.data.auto });
    case 'SessionRated': {
      const { useful, relationship, progress } = event.data;
      return { ...known, asides: state.asides + 1, rating: { useful, relationship, progress } };
    }
    case 'SessionThemesRecorded':
      return { ...known, asides: state.asides + 1, themes: event.data.themes };
    case 'SessionNoteAdded': {
      const { noteId, by } = event.data;
      return {
        ...known,
        asides: state.asides + 1,
        notes: [...state.notes, { noteId, by, at: event.occurredAt }],
      };
    }
    case 'SessionDisputed': {
      if (state.status !== 'judged') return known;
      const { by, reason } = event.data;
      return { ...known, status: 'disputed', judgement: state.judgement, dispute: { by, reason } };
    }
    case 'OutcomeCorrected':
      return judged(event.data.to, event.data.forfeited, { reason: event.data.reason });
    default:
      // SessionAutoConfirmed and SessionForfeited say why; the event beside them says what.
      return known;
  }
}

function scheduled({ occurredAt, data }: Extract<SessionEvent, { type: 'SessionScheduled' }>): SessionState {
  const { sessionId, engagementId, enrollmentId, programId, cohortId, personId, coachId } = data;
  return {
    status: 'scheduled',
    refs: { sessionId, engagementId, enrollmentId, programId, cohortId, personId, coachId },
    startsAt: data.startsAt,
    endsAt: data.endsAt,
    zone: data.zone,
    seriesId: data.seriesId ?? null,
    policy: data.policy,
    lastAt: occurredAt,
    confirmedBy: [],
    rating: null,
    themes: [],
    notes: [],
    moves: 0,
    asides: 0,
    cancelledBy: null,
  };
}

export const other = (party: Party): Party => (party === 'coach' ? 'coachee' : 'coach');

/** `instant` and so many hours, as an instant. */
export const hoursAfter = (instant: string, hours: number): string =>
  new Date(Date.parse(instant) + hours * 3_600_000).toISOString();

/** When the session will next change by time alone: at its end, then when silence is judged; null when never. */
export function nextDeadline(state: SessionState): string | null {
  if (state.status === 'scheduled') return state.endsAt;
  if (state.status === 'awaitingConfirmation') return hoursAfter(state.endsAt, state.policy.silenceHours);
  return null;
}

/** What speaks for the session having been held. A note from before its start does not. */
export function evidenceOf(state: KnownSession): Evidence[] {
  const found: Evidence[] = [];
  if (state.confirmedBy.length > 0) found.push('confirmation');
  if (state.rating !== null) found.push('rating');
  if (state.themes.length > 0) found.push('themes');
  if (state.notes.some((note) => note.at >= state.startsAt)) found.push('note');
  return found;
}

/** The session's state in the domain's words, and by whom where that belongs to it. */
export function wordOf(state: KnownSession): { readonly state: string; readonly by?: PartyOrCairn } {
  if (state.status !== 'judged') return { state: state.status };
  switch (state.judgement.outcome) {
    case 'completed':
    case 'unconfirmed':
      return { state: state.judgement.outcome };
    case 'cancelled-in-time':
      // Nobody has cancelled what a correction alone made of it.
      return { state: 'cancelledInTime', ...(state.cancelledBy !== null && { by: state.cancelledBy }) };
    case 'coachee-no-show':
    case 'coach-no-show':
      return { state: 'noShow', by: state.judgement.outcome === 'coach-no-show' ? 'coach' : 'coachee' };
    case 'coachee-late-cancel':
    case 'coach-late-cancel':
      return {
        state: 'lateCancelled',
        by: state.judgement.outcome === 'coach-late-cancel' ? 'coach' : 'coachee',
      };
  }
}
