import type { ClientBase, Pool } from 'pg';
import { prepareAppend } from '../content.js';
import { EventIdConflict, type Position, type StoredEvent, WrongExpectedVersion } from '../port.js';
import { lockLog } from './append.sql.js';
import { toPosition } from './append-call.js';
import { jsonArray, textArray } from './arrays.js';
import { GENERATION_OF_NOW } from './schema.js';
import { inTransaction } from './transaction.js';

/** What stands where an event was to be. */
interface Held {
  readonly position: string;
  readonly stream: string;
  readonly version: number;
  readonly id: string;
  readonly sameId: boolean;
  readonly sameContent: boolean;
}

/**
 * Appends events of another log as they stand there: in their order, with their ids, versions and `recordedAt`. What is
 * there already is passed over, so that a copy that broke off can be begun again.
 * @returns the position of the last one
 */
export function copyIn(pool: Pool, schema: string, events: readonly StoredEvent[]): Promise<Position> {
  const prepared = events.map((event) => {
    const { stream, version } = event;
    return prepareAppend({ stream, events: [event], expectedVersion: version - 1 }, Infinity).events[0]!;
  });
  return inTransaction(pool, async (client) => {
    await lockLog(client, schema);
    const given = [
      textArray(events.map(({ stream }) => stream)),
      events.map(({ version }) => version),
      textArray(prepared.map(({ id }) => id)),
      textArray(prepared.map(({ metadata }) => metadata)),
    ];
    await client.query(
      `INSERT INTO ${schema}.events
         (position, occurred_at, recorded_at, event_id, version, stream, type, tenant_id, data, metadata)
       SELECT (SELECT coalesce(max(position), 0) FROM ${schema}.events) + row_number() OVER (ORDER BY i.ordinal),
              i.occurred::timestamptz, i.recorded::timestamptz, i.id::uuid, i.version, i.stream, i.type, i.tenant,
              i.data, i.metadata::json
         FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::json[])
           WITH ORDINALITY AS i(stream, version, id, metadata, type, occurred, recorded, tenant, data, ordinal)
        WHERE NOT EXISTS (SELECT 1 FROM ${schema}.events e WHERE e.stream = i.stream AND e.version = i.version)`,
      [
        ...given,
        textArray(prepared.map(({ type }) => type)),
        textArray(prepared.map(({ occurredAt }) => occurredAt)),
        textArray(events.map(({ recordedAt }) => recordedAt)),
        textArray(prepared.map(({ tenantId }) => tenantId)),
        jsonArray(prepared.map(({ data }) => data)),
      ],
    );
    const { rows } = await client.query<Held>(
      `SELECT e.position, i.stream, i.version, i.id, e.event_id = i.id::uuid AS "sameId",
              -- The log's own (LOG_RESTORED) has no hash: its id says enough.
              coalesce(e.metadata->>'contentHash' = i.metadata::json->>'contentHash', true) AS "sameContent"
         FROM unnest($1::text[], $2::int[], $3::text[], $4::text[])
           WITH ORDINALITY AS i(stream, version, id, metadata, ordinal)
         JOIN ${schema}.events e ON e.stream = i.stream AND e.version = i.version
        ORDER BY i.ordinal`,
      given,
    );
    for (const { stream, version, id, sameId, sameContent } of rows) {
      if (!sameId) throw new WrongExpectedVersion(stream, version - 1, version);
      if (!sameContent) throw new EventIdConflict(stream, id);
    }
    return toPosition(rows.at(-1)!.position);
  });
}

/** Gives the log a generation that is higher than its own and than `above`. */
export async function raiseGeneration(
  client: Pick<ClientBase, 'query'>,
  above = 0,
  schema = 'log',
): Promise<number> {
  const { rows } = await client.query<{ generation: string }>(
    `UPDATE ${schema}.generation SET generation = greatest(generation + 1, $1::bigint + 1, ${GENERATION_OF_NOW})
     RETURNING generation`,
    [above],
  );
  return Number(rows[0]!.generation);
}
