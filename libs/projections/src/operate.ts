import type { EventLog, Position } from '@cairn/event-store';
import type { Pool } from 'pg';
import type { LoggedEvent } from './projection.js';

export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  readonly position: Position;
  /** `waiting`: a rebuild was asked for, and nobody has begun it yet. `faulty`: it tries the same batch again and again. */
  readonly state: 'live' | 'behind' | 'waiting' | 'rebuilding' | 'faulty';
  /** Seconds since the oldest event that is not in yet was recorded; 0 when all are in. */
  readonly lagSeconds: number;
  /** When it last moved; ISO 8601, UTC. */
  readonly progressedAt: string;
  readonly fault?: string;
}

interface Row {
  name: string;
  version: number;
  position: Position;
  progressed_at: Date;
  requested: boolean;
  rebuilding: boolean;
  fault: string | null;
}

/** Every projection that is installed, and how far it is behind `log` at `now`. */
export async function listProjections<Event extends LoggedEvent>(
  pool: Pool,
  log: EventLog<Event>,
  now = new Date(),
): Promise<ProjectionStatus[]> {
  const { rows } = await pool.query<Row>(
    `SELECT name, version, position, progressed_at, rebuild_requested_at IS NOT NULL AS requested,
       rebuilding_until IS NOT NULL AS rebuilding, fault
     FROM projections.checkpoints ORDER BY name, version`,
  );
  return Promise.all(
    rows.map(async ({ name, version, position, progressed_at, requested, rebuilding, fault }) => {
      const [next] = await log.readAll(position, 1);
      const working = next === undefined ? 'live' : rebuilding ? 'rebuilding' : 'behind';
      return {
        name,
        version,
        position,
        state: requested ? 'waiting' : fault !== null ? 'faulty' : working,
        lagSeconds:
          next === undefined ? 0 : Math.max(0, (now.getTime() - Date.parse(next.recordedAt)) / 1000),
        progressedAt: progressed_at.toISOString(),
        ...(fault === null ? {} : { fault }),
      } satisfies ProjectionStatus;
    }),
  );
}

/**
 * Asks whoever runs the projection to empty its tables and to build them again from the first event; all its versions,
 * unless one is named. Answers which were asked.
 */
export async function requestRebuild(
  pool: Pool,
  name: string,
  version?: number,
): Promise<{ name: string; version: number }[]> {
  const { rows } = await pool.query<{ name: string; version: number }>(
    `UPDATE projections.checkpoints SET rebuild_requested_at = now()
     WHERE name = $1 AND version = coalesce($2, version) RETURNING name, version`,
    [name, version ?? null],
  );
  return rows;
}
