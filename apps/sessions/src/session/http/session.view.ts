import { digestOf } from '@cairn/http';
import { Temporal } from 'temporal-polyfill';
import type { Viewer } from '../../access.js';
import { claimsOf } from '../session.claims.js';
import type { SessionNow } from '../session.handler.js';
import { hoursAfter, nextDeadline, wordOf, type KnownSession } from '../session.state.js';

/** A row of the ledger, joined with its engagement. */
export interface SessionRow {
  readonly sessionId: string;
  readonly engagementId: string;
  readonly personId: string;
  readonly coachId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly zone: string;
  readonly state: string;
  readonly by: string | null;
}

export const SESSION_COLUMNS = `s.session_id AS "sessionId", s.engagement_id AS "engagementId", e.person_id AS "personId",
  e.coach_id AS "coachId", s.starts_at AS "startsAt", s.ends_at AS "endsAt", s.zone, s.state, s.by_party AS "by"`;

/** A session in a list: when and how it stands, nothing of what was said in it. */
export const listed = ({ startsAt, endsAt, ...row }: SessionRow) => ({
  ...row,
  ...whenOf(startsAt.toISOString(), endsAt.toISOString(), row.zone),
});

/**
 * One session, as its viewer may see it: the rating is the coachee's alone, themes are the two's, notes are listed to
 * their writer.
 */
export function viewed(session: KnownSession, viewer: Viewer) {
  const { refs, zone, startsAt, endsAt, seriesId, policy, confirmedBy, moves } = session;
  const { state, by } = wordOf(session);
  const silenceAt = session.status === 'awaitingConfirmation' ? nextDeadline(session) : null;
  return {
    ...refs,
    seriesId,
    ...whenOf(startsAt, endsAt, zone),
    zone,
    state,
    by: by ?? null,
    moves,
    confirmedBy,
    silenceJudgedAt: silenceAt,
    unit: claimsOf(session).unit,
    policy,
    outcome: outcomeOf(session),
    dispute: session.status === 'disputed' ? session.dispute : null,
    ...asideFor(viewer, session),
  };
}

const asideFor = (viewer: Viewer, { rating, themes, notes }: KnownSession) => ({
  ...(viewer === 'coachee' && { rating }),
  ...(viewer !== 'oversight' && {
    themes,
    notes: notes.filter((note) => note.by === viewer).map(({ noteId, at }) => ({ noteId, at })),
  }),
});

/** The version of what its viewer sees: what is theirs alone stands after a dot, and is in nobody else's. */
export const versionFor = (viewer: Viewer, { session, version }: SessionNow): string | number =>
  viewer === 'oversight' ? version : `${version}.${digestOf(asideFor(viewer, session))}`;

/**
 * What a command answers: how the session stands, nothing that was said in it. The answer is stored for replays, and
 * integration gets it for what it tells in somebody's name.
 */
export const answered = (session: KnownSession) => viewed(session, 'oversight');

function outcomeOf(session: KnownSession) {
  if (session.status !== 'judged' && session.status !== 'disputed') return null;
  const disputableUntil = hoursAfter(session.judgement.judgedAt, session.policy.disputeHours);
  return { ...session.judgement, disputableUntil };
}

const whenOf = (startsAt: string, endsAt: string, zone: string) => ({
  startsAt,
  endsAt,
  /** What the clocks of the zone show. */
  localStart: Temporal.Instant.from(startsAt)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' }),
});
