import type { ReceivedEvent } from '@cairn/messaging';
import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';

/** What enrolment has heard of the units of one allotment. Sessions keeps the ledger; this may be a moment behind it. */
export interface UnitsInUse {
  /** Held or forfeited. */
  readonly used: number;
  /** Booked and not judged yet. */
  readonly booked: number;
  /** Those of them that have not begun, the last one first. */
  readonly ahead: readonly string[];
}

type Unit = 'booked' | 'used' | null;

/**
 * Keeps what an event of sessions says of the unit that a session holds; passes over the rest. In a replay, what was kept
 * before changes nothing; what is told for the first time is kept whatever its version, which sessions gives again once it
 * was restored from a backup.
 */
export async function learnUnits(client: PoolClient, event: ReceivedEvent): Promise<void> {
  const { tenantid: tenantId, streamversion: version } = event.envelope;
  if (event.name === 'SessionScheduled') {
    const { sessionId, enrollmentId, startsAt } = event.data;
    await client.query(
      `INSERT INTO known_sessions (session_id, tenant_id, enrollment_id, version, starts_at, unit)
       VALUES ($1, $2, $3, $4, $5, 'booked') ON CONFLICT DO NOTHING`,
      [sessionId, tenantId, enrollmentId, version, startsAt],
    );
  } else if (event.name === 'SessionRescheduled') {
    await client.query(
      `UPDATE known_sessions SET starts_at = $4, version = greatest(version, $3)
        WHERE session_id = $1 AND tenant_id = $2 AND (version < $3 OR $5)`,
      [event.data.sessionId, tenantId, version, event.data.to.startsAt, !event.replay],
    );
  } else {
    const unit = unitAfter(event);
    if (unit === undefined) return;
    await client.query(
      `UPDATE known_sessions SET unit = $4, held = $5, version = greatest(version, $3)
        WHERE session_id = $1 AND tenant_id = $2 AND (version < $3 OR $6)`,
      [
        (event.data as { sessionId: string }).sessionId,
        tenantId,
        version,
        unit,
        isHeld(event),
        !event.replay,
      ],
    );
  }
}

/** Undefined where the event says nothing of it. */
function unitAfter(event: ReceivedEvent): Unit | undefined {
  switch (event.name) {
    case 'SessionCompleted':
    case 'SessionForfeited':
      return 'used';
    case 'SessionUnconfirmed':
      return null;
    case 'SessionCancelled':
    case 'NoShowRecorded':
      return event.data.forfeited ? 'used' : null;
    case 'OutcomeCorrected':
      return event.data.to === 'completed' || event.data.forfeited ? 'used' : null;
    default:
      return undefined;
  }
}

const isHeld = (event: ReceivedEvent): boolean =>
  event.name === 'SessionCompleted' || (event.name === 'OutcomeCorrected' && event.data.to === 'completed');

/** How many sessions of each enrolment were held, as far as enrolment has heard: those that began by `at`, or all. */
export async function sessionsHeld(
  manager: EntityManager,
  tenantId: string,
  enrollmentIds: readonly string[],
  at?: string,
): Promise<ReadonlyMap<string, number>> {
  if (enrollmentIds.length === 0) return new Map();
  const rows: { id: string; held: number }[] = await manager.query(
    `SELECT enrollment_id AS id, count(*)::int AS held FROM known_sessions
      WHERE enrollment_id = ANY ($1) AND tenant_id = $2 AND held AND ($3::timestamptz IS NULL OR starts_at <= $3) GROUP BY 1`,
    [enrollmentIds, tenantId, at ?? null],
  );
  return new Map(rows.map(({ id, held }) => [id, held]));
}

/** The units of an enrolment's allotment that are in use, as far as enrolment has heard. */
export async function unitsInUse(
  client: PoolClient,
  tenantId: string,
  enrollmentId: string,
  at: string,
): Promise<UnitsInUse> {
  const { rows } = await client.query<{ id: string; unit: 'booked' | 'used'; ahead: boolean }>(
    `SELECT session_id AS id, unit, starts_at > $3 AS ahead FROM known_sessions
      WHERE enrollment_id = $1 AND tenant_id = $2 AND unit IS NOT NULL ORDER BY starts_at DESC, session_id DESC`,
    [enrollmentId, tenantId, at],
  );
  const booked = rows.filter(({ unit }) => unit === 'booked');
  return {
    used: rows.length - booked.length,
    booked: booked.length,
    ahead: booked.filter(({ ahead }) => ahead).map(({ id }) => id),
  };
}
