import { inTransaction } from '@cairn/event-store/postgres';
import { applyMigrations } from '@cairn/event-store';
import type { Pool } from 'pg';
import type { LoggedEvent, Projection } from './projection.js';

const checkpoints = `
CREATE TABLE projections.checkpoints (
  name text COLLATE "C" NOT NULL,
  version int NOT NULL,
  position text COLLATE "C" NOT NULL,
  progressed_at timestamptz NOT NULL DEFAULT now(),
  rebuild_requested_at timestamptz,
  -- the end of the log when the rebuild began: beyond it the projection is live again
  rebuilding_until text COLLATE "C",
  fault text,
  PRIMARY KEY (name, version)
)`;

/** Makes the tables of each projection that is new here, and its checkpoint before the first event. */
export async function installProjections<Event extends LoggedEvent>(
  pool: Pool,
  projections: readonly Projection<Event>[],
): Promise<void> {
  await applyMigrations(pool, 'projections', [checkpoints]);
  await inTransaction(pool, async (client) => {
    await client.query('LOCK TABLE projections.checkpoints IN SHARE ROW EXCLUSIVE MODE');
    for (const { name, version, tables } of projections) {
      const { rowCount } = await client.query(
        `INSERT INTO projections.checkpoints (name, version, position) VALUES ($1, $2, '') ON CONFLICT DO NOTHING`,
        [name, version],
      );
      if (rowCount === 0) continue;
      for (const { create } of tables) await client.query(create);
    }
  });
}
