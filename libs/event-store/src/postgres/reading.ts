import type { CustomTypesConfig, Pool } from 'pg';
import { type EventMetadata, type Position, START, type StoredEvent } from '../port.js';
import { toPosition } from './append-call.js';
import { textArray } from './arrays.js';

/** Rows come as arrays of text, parsed by hand: node-pg's parsers, a Date for each time among them, cost half a page. */
export const asText: CustomTypesConfig = {
  getTypeParser: () => (value: string) => value,
} as CustomTypesConfig;

/** Times are asked for AT TIME ZONE 'UTC', so that they read alike in every session. */
const COLUMNS = `position, stream, version, event_id, type, occurred_at AT TIME ZONE 'UTC',
  recorded_at AT TIME ZONE 'UTC', data, metadata`;

type Row = [string, string, string, string, string, string, string, string, string, ...string[]];

export function readPage(pool: Pool, schema: string, after: Position, limit: number, tenantId?: string) {
  const ofTenant = tenantId === undefined ? '' : 'tenant_id = $3 AND ';
  return read(pool, {
    name: `${schema}.page${tenantId === undefined ? '' : '-of-tenant'}`,
    text: `SELECT ${COLUMNS} FROM ${schema}.events WHERE ${ofTenant}position > $1 ORDER BY position LIMIT $2`,
    values: [toNumber(after), limit, ...(tenantId === undefined ? [] : [tenantId])],
  });
}

export function readStreamPage(
  pool: Pool,
  schema: string,
  stream: string,
  afterVersion: number,
  limit: number,
) {
  return read(pool, {
    name: `${schema}.stream`,
    text: `SELECT ${COLUMNS} FROM ${schema}.events WHERE stream = $1 AND version > $2 ORDER BY version LIMIT $3`,
    values: [stream, afterVersion, limit],
  });
}

/** Where a reader of one stream stands. */
export interface StreamPlace {
  readonly stream: string;
  readonly afterVersion: number;
}

/** A page each of several streams, in the order in which they are asked for. */
export async function readStreamPages(
  pool: Pool,
  schema: string,
  places: readonly StreamPlace[],
  limit: number,
): Promise<StoredEvent[][]> {
  const { rows } = await pool.query<Row>({
    name: `${schema}.streams`,
    text: `SELECT ${COLUMNS}, n
             FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS wanted (name, after, n)
            CROSS JOIN LATERAL (SELECT * FROM ${schema}.events WHERE stream = name AND version > after
                                 ORDER BY version LIMIT $3) page
            ORDER BY n, version`,
    values: [
      textArray(places.map(({ stream }) => stream)),
      places.map(({ afterVersion }) => afterVersion),
      limit,
    ],
    rowMode: 'array',
    types: asText,
  });
  const pages = places.map((): StoredEvent[] => []);
  for (const row of rows) pages[Number(row[9]) - 1]!.push(toEvent(row));
  return pages;
}

async function read(
  pool: Pool,
  query: { name: string; text: string; values: unknown[] },
): Promise<StoredEvent[]> {
  const { rows } = await pool.query<Row>({ ...query, rowMode: 'array', types: asText });
  return rows.map(toEvent);
}

const toEvent = (row: Row): StoredEvent => ({
  position: toPosition(row[0]),
  stream: row[1],
  version: Number(row[2]),
  id: row[3],
  type: row[4],
  occurredAt: toInstant(row[5]),
  recordedAt: toInstant(row[6]),
  data: JSON.parse(row[7]) as object,
  metadata: JSON.parse(row[8]) as EventMetadata,
});

/** `2026-01-31 09:00:00.5` → `2026-01-31T09:00:00.500Z` */
export function toInstant(timestamp: string): string {
  const fraction = timestamp.slice(20, 23).padEnd(3, '0');
  return `${timestamp.slice(0, 10)}T${timestamp.slice(11, 19)}.${fraction}Z`;
}

/** @throws RangeError when it is no position of such a log */
export function toNumber(position: Position): string {
  if (position === START) return '0';
  if (!/^\d{16}$/.test(position)) throw new RangeError(`"${position}" is no position of this log`);
  return position;
}
