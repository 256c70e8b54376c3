import type { ClientBase } from 'pg';
import { LOG_RESTORED, type Position } from '../port.js';
import { newId } from '../ids.js';
import { lockLog } from './append.sql.js';
import { toPosition } from './append-call.js';

/** No log grows by more events in a millisecond, over the time from one restore to the next. */
const EVENTS_PER_MS = 1_000;

/**
 * For a log that was restored from a backup: lets what is appended from now on stand beyond every position that it ever
 * had. What was published of it after the backup keeps its positions for itself; with them, new events would be taken for
 * repeats. Time says how far that is: what was restored knows nothing of what it had become, and may have been restored
 * before. In the caller's transaction; nobody appends before its end.
 * @returns the position of the event that says so (LOG_RESTORED), which is published nowhere
 */
export async function leaveGap(client: ClientBase, schema = 'log'): Promise<Position> {
  await lockLog(client, schema);
  const id = newId();
  const actor = { subject: 'operator', role: 'system' };
  const tenantId = '00000000-0000-0000-0000-000000000000'; // of nobody
  const { rows } = await client.query<{ position: string }>(
    `INSERT INTO ${schema}.events
       (position, occurred_at, recorded_at, event_id, version, stream, type, tenant_id, data, metadata)
     SELECT greatest(coalesce(max(position), 0) + 1, floor(extract(epoch FROM now.stamp - '2020-01-01Z') * 1000) * $1),
            now.stamp, greatest(now.stamp, max(recorded_at)),
            $2, 1, $3, $4, $5, '{}', $6
       FROM (SELECT date_trunc('milliseconds', clock_timestamp()) AS stamp) now LEFT JOIN ${schema}.events ON true
      GROUP BY now.stamp
     RETURNING position`,
    [
      EVENTS_PER_MS,
      id,
      `log-${id}`,
      LOG_RESTORED,
      tenantId,
      { tenantId, commandId: id, correlationId: id, actor },
    ],
  );
  return toPosition(rows[0]!.position);
}
