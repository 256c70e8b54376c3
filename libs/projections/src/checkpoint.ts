import { type Position, START } from '@cairn/event-store';
import type { ClientBase, PoolClient } from 'pg';
import { label, type LoggedEvent, type Projection } from './projection.js';

type Identity = Pick<Projection<LoggedEvent>, 'name' | 'version'>;

interface Locked {
  readonly position: Position;
  readonly rebuildRequested: boolean;
}

/** How far the projection has come, as `client`'s transaction sees it. */
export async function positionOf(client: Pick<ClientBase, 'query'>, projection: Identity): Promise<Position> {
  const { rows } = await client.query<{ position: Position }>(
    'SELECT position FROM projections.checkpoints WHERE name = $1 AND version = $2',
    [projection.name, projection.version],
  );
  if (rows[0] === undefined) throw new MissingCheckpoint(projection);
  return rows[0].position;
}

/** Takes the checkpoint for this transaction alone: whoever else applies the projection waits here. */
export async function lockCheckpoint(client: PoolClient, { name, version }: Identity): Promise<Locked> {
  const { rows } = await client.query<Locked>({
    name: 'projections.lock',
    text: `SELECT position, rebuild_requested_at IS NOT NULL AS "rebuildRequested"
      FROM projections.checkpoints WHERE name = $1 AND version = $2 FOR UPDATE`,
    values: [name, version],
  });
  if (rows[0] === undefined) throw new MissingCheckpoint({ name, version });
  return rows[0];
}

/** Sets the checkpoint, from exactly the value that was read under the lock. */
export async function moveCheckpoint(
  client: PoolClient,
  { name, version }: Identity,
  from: Position,
  to: Position,
): Promise<void> {
  const { rowCount } = await client.query({
    name: 'projections.move',
    text: `UPDATE projections.checkpoints SET position = $4, progressed_at = now(), fault = NULL,
        rebuilding_until = CASE WHEN rebuilding_until > $4 THEN rebuilding_until END
      WHERE name = $1 AND version = $2 AND position = $3`,
    values: [name, version, from, to],
  });
  if (rowCount !== 1)
    throw new Error(`the checkpoint of ${label({ name, version })} moved while it was locked`);
}

/** Empties the projection's tables and goes back to the beginning, all in the caller's transaction. */
export async function startAnew(
  client: PoolClient,
  { name, version, tables }: Projection<never>,
  head: Position,
): Promise<void> {
  await client.query(`TRUNCATE ${tables.map((table) => table.name).join(', ')}`);
  await client.query(
    `UPDATE projections.checkpoints SET position = $3, progressed_at = now(), fault = NULL,
       rebuild_requested_at = NULL, rebuilding_until = $4 WHERE name = $1 AND version = $2`,
    [name, version, START, head],
  );
}

/** A projection that was never installed, or whose row somebody removed: it is not begun again unasked. */
export class MissingCheckpoint extends Error {
  constructor(projection: Identity) {
    super(`projection ${label(projection)} has no checkpoint; install it`);
    this.name = 'MissingCheckpoint';
  }
}
