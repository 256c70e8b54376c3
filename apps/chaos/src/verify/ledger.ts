import type { Pool } from 'pg';
import { aboutOf, unlike, type Kept, type Row } from './rows.js';
import type { Stored } from './seen.js';

/** What sessions keeps of what spans streams: the units of each engagement, and everybody's calendar. */
export interface Ledger {
  readonly engagements: readonly Kept[];
  readonly sessions: readonly Kept[];
  readonly slots: readonly Slot[];
}

export interface Slot {
  readonly sessionId: string;
  /** The coachee or the coach; of an internal coach the person. */
  readonly holderId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export async function readLedger(pool: Pool): Promise<Ledger> {
  const rows = async <T>(sql: string) => (await pool.query(sql)).rows as T[];
  return {
    engagements: await rows(
      `SELECT engagement_id AS key, version, status, ends_on::text AS "endsOn", granted, allotted, reserved, used
         FROM engagements`,
    ),
    sessions: await rows(
      `SELECT session_id AS key, engagement_id AS "engagementId", starts_at AS "startsAt", ends_at AS "endsAt", state, unit
         FROM sessions`,
    ),
    slots: await rows(
      `SELECT session_id AS "sessionId", holder_id AS "holderId", lower(during) AS "startsAt", upper(during) AS "endsAt"
         FROM slots`,
    ),
  };
}

interface Session {
  readonly engagementId: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly state: string;
  readonly unit: 'reserved' | 'completed' | 'forfeited' | null;
}

interface Engagement {
  readonly version: number;
  readonly status: string;
  readonly started: boolean;
  readonly endsOn: string;
  readonly granted: number;
  readonly holders: readonly string[];
  readonly sessions: Map<string, Session>;
}

/** What is wrong with the ledger, by the log of sessions. Pure. */
export function judgeLedger(
  log: readonly Stored[],
  { engagements, sessions, slots }: Ledger,
): { readonly unlike: readonly string[]; readonly overbooked: readonly string[] } {
  const overbooked = heldTwice(slots);
  const told = new Map<string, Engagement>();
  for (const event of log) {
    const { kind, id } = aboutOf(event);
    if (kind === 'engagement') told.set(id, engagementAfter(told.get(id), event));
    const engagement = kind === 'session' && told.get(event.data.engagementId);
    if (!engagement) continue;
    engagement.sessions.set(id, sessionAfter(engagement.sessions.get(id), event));
    if (event.type === 'SessionScheduled' && unitsOf(engagement).all > engagement.granted)
      overbooked.push(`session ${id} was booked beyond the ${engagement.granted} of its engagement`);
  }
  const each = [...told];
  const booked = each.flatMap(([, engagement]) => [...engagement.sessions]);
  return {
    unlike: [
      ...unlike('engagement', engagements, new Map(each.map(([id, engagement]) => [id, rowOf(engagement)]))),
      ...unlike('session', sessions, new Map(booked.map(([id, session]) => [id, { ...session }]))),
      ...unlike(
        'slot',
        slots.map(({ sessionId, holderId, ...times }) => ({ key: `${sessionId} of ${holderId}`, ...times })),
        new Map(each.flatMap(([, engagement]) => slotsOf(engagement))),
      ),
    ],
    overbooked,
  };
}

function engagementAfter(before: Engagement | undefined, { type, version, data }: Stored): Engagement {
  if (before === undefined) {
    const { coachPersonId, coachId, personId, endsOn, allotment } = data;
    const holders = [coachPersonId ?? coachId, personId];
    const sessions = new Map<string, Session>();
    return { version, status: 'planned', started: false, endsOn, granted: allotment, holders, sessions };
  }
  const next = { ...before, version };
  switch (type) {
    case 'AllotmentGranted':
      return { ...next, granted: data.total };
    case 'EngagementStarted':
      return { ...next, started: true, status: before.status === 'planned' ? 'running' : before.status };
    case 'EngagementPaused':
      return { ...next, status: 'paused' };
    case 'EngagementResumed':
      return { ...next, status: before.started ? 'running' : 'planned' };
    case 'EngagementExtended':
      return { ...next, endsOn: data.endsOn };
    case 'EngagementCompleted':
      return { ...next, status: 'completed' };
    case 'EngagementEnded':
      return { ...next, status: 'ended' };
    default:
      return next;
  }
}

/** No outcome is disputed or corrected in a run. */
function sessionAfter(before: Session | undefined, { type, data }: Stored): Session {
  if (before === undefined) {
    const { engagementId, startsAt, endsAt } = data;
    return { engagementId, startsAt, endsAt, state: 'scheduled', unit: 'reserved' };
  }
  const unit = data.forfeited ? 'forfeited' : null;
  switch (type) {
    case 'SessionRescheduled':
      return { ...before, ...data.to };
    case 'SessionAwaitingConfirmation':
      return { ...before, state: 'awaitingConfirmation' };
    case 'SessionCompleted':
      return { ...before, state: 'completed', unit: 'completed' };
    case 'SessionUnconfirmed':
      return { ...before, state: 'unconfirmed', unit };
    case 'NoShowRecorded':
      return { ...before, state: 'noShow', unit };
    case 'SessionCancelled':
      return { ...before, state: data.late ? 'lateCancelled' : 'cancelledInTime', unit };
    default:
      return before;
  }
}

function unitsOf({ sessions }: Engagement): { readonly reserved: number; readonly all: number } {
  const units = [...sessions.values()].flatMap(({ unit }) => unit ?? []);
  return { reserved: units.filter((unit) => unit === 'reserved').length, all: units.length };
}

function rowOf(engagement: Engagement): Row {
  const { version, status, endsOn, granted } = engagement;
  const { reserved, all } = unitsOf(engagement);
  // Taken back below what is booked, what is allotted follows as units come free.
  return {
    version,
    status,
    endsOn,
    granted,
    allotted: Math.max(granted, all),
    reserved,
    used: all - reserved,
  };
}

/** Whatever was not cancelled is in both calendars. */
const slotsOf = ({ sessions, holders }: Engagement): [string, Row][] =>
  [...sessions].flatMap(([id, { state, startsAt, endsAt }]) =>
    /cancelled/i.test(state)
      ? []
      : holders.map((holder): [string, Row] => [`${id} of ${holder}`, { startsAt, endsAt }]),
  );

/** Somebody is in two sessions at once. */
function heldTwice(slots: readonly Slot[]): string[] {
  const byHolder = Map.groupBy(slots, ({ holderId }) => holderId);
  return [...byHolder].flatMap(([holder, theirs]) => {
    const inOrder = theirs.toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
    return inOrder.flatMap((slot, index) => {
      const before = inOrder[index - 1];
      return before === undefined || before.endsAt <= slot.startsAt
        ? []
        : [`${holder} is in sessions ${before.sessionId} and ${slot.sessionId} at once`];
    });
  });
}
