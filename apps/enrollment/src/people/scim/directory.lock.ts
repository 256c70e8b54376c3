import type { ClientBase } from 'pg';
import type { Transaction } from '../../transact.js';

/** A file is being applied, part by part: what is changed between two parts, the next could undo. */
export class ImportUnderWay extends Error {
  constructor(readonly importId: string) {
    super('a file of people is being applied');
  }
}

/**
 * Keeps others from changing the tenant's people until the transaction ends.
 * @returns the day of which a change told now is: today, or the last file's where that began earlier elsewhere on Earth
 * @throws ImportUnderWay
 */
export async function lockDirectory({ client, identity }: Transaction): Promise<string> {
  const { tenantId, now } = identity;
  await client.query(
    'INSERT INTO people_directories (tenant_id, version) VALUES ($1, 0) ON CONFLICT (tenant_id) DO NOTHING',
    [tenantId],
  );
  const { rows } = await client.query<{ applying: string | null; day: string }>(
    `SELECT applying, greatest($2::date, last_snapshot_on)::text AS day
       FROM people_directories WHERE tenant_id = $1 FOR UPDATE`,
    [tenantId, now.slice(0, 10)],
  );
  const { applying, day } = rows[0]!;
  if (applying !== null) throw new ImportUnderWay(applying);
  return day;
}

/** A plan made before is planned anew, and an older file comes too late, as after a file of that day. */
export async function noteChanged(client: ClientBase, tenantId: string, day: string): Promise<void> {
  await client.query(
    'UPDATE people_directories SET version = version + 1, last_snapshot_on = $2 WHERE tenant_id = $1',
    [tenantId, day],
  );
}
