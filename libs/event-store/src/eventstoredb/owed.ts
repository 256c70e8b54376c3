import { randomUUID } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { applyMigrations } from '../migrations.js';
import type { AppendRequest, EventToAppend } from '../port.js';

/** Makes or updates the schema `owed`: what a committed transaction has promised to a log that is on another server. */
export const migrateOwed = (pool: Pool): Promise<void> =>
  applyMigrations(pool, 'owed', [
    `CREATE TABLE owed.appends (
       -- One at a time for each stream: whoever holds this row is the only one who may append there.
       stream text COLLATE "C" PRIMARY KEY,
       -- What one transaction owes is paid together, in order.
       debt uuid NOT NULL,
       ordinal int NOT NULL,
       expected_version int NOT NULL,
       events json NOT NULL,
       since timestamptz NOT NULL DEFAULT now()
     );
     CREATE INDEX appends_of_debt ON owed.appends (debt, ordinal);`,
    // By which the log knows the database that it belongs to. A copy of the database has it too.
    `CREATE TABLE owed.owner (id uuid NOT NULL);
     CREATE UNIQUE INDEX one_owner ON owed.owner ((true));
     INSERT INTO owed.owner VALUES (gen_random_uuid());`,
  ]);

/** What is owed and how long the oldest of it has been, in seconds. */
export interface Owed {
  readonly appends: number;
  readonly oldestSeconds: number;
}

export type Queryable = Pick<Pool | ClientBase, 'query'>;

/**
 * Writes, in the caller's transaction, what it owes to the log. Others who owe to one of these streams are waited for.
 * @returns the debt, or undefined where something is owed to one of the streams already
 */
export async function owe(
  client: ClientBase,
  requests: readonly AppendRequest[],
): Promise<string | undefined> {
  const debt = randomUUID();
  const rows = requests.map((request, ordinal) => ({ ...request, ordinal }));
  rows.sort((a, b) => (a.stream < b.stream ? -1 : 1)); // one order for all who lock several
  const { rowCount } = await client.query(
    `INSERT INTO owed.appends (stream, debt, ordinal, expected_version, events)
     SELECT i.stream, $1, i.ordinal, i.expected, i.events
       FROM unnest($2::text[], $3::int[], $4::int[], $5::json[]) AS i (stream, ordinal, expected, events)
     ON CONFLICT (stream) DO NOTHING`,
    [
      debt,
      rows.map(({ stream }) => stream),
      rows.map(({ ordinal }) => ordinal),
      rows.map(({ expectedVersion }) => expectedVersion),
      rows.map(({ events }) => JSON.stringify(events)),
    ],
  );
  return rowCount === requests.length ? debt : undefined;
}

/** What the log knows this database by. */
export async function ownerIn(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ id: string }>('SELECT id FROM owed.owner');
  return rows[0]!.id;
}

export async function owedIn(db: Queryable, debt: string): Promise<AppendRequest[]> {
  const { rows } = await db.query<{ stream: string; expected_version: number; events: EventToAppend[] }>(
    'SELECT stream, expected_version, events FROM owed.appends WHERE debt = $1 ORDER BY ordinal',
    [debt],
  );
  return rows.map(({ stream, expected_version: expectedVersion, events }) => ({
    stream,
    expectedVersion,
    events,
  }));
}

export async function debtsOf(db: Queryable, streams: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ debt: string }>({
    name: 'debts_of',
    text: 'SELECT DISTINCT debt FROM owed.appends WHERE stream = ANY ($1)',
    values: [streams],
  });
  return rows.map(({ debt }) => debt);
}

/** The debts that are older than `seconds`, the oldest first: whoever made them is away or slow. */
export async function debtsOlderThan(db: Queryable, seconds: number): Promise<string[]> {
  const { rows } = await db.query<{ debt: string }>(
    `SELECT debt FROM owed.appends WHERE since < now() - make_interval(secs => $1)
      GROUP BY debt ORDER BY min(since)`,
    [seconds],
  );
  return rows.map(({ debt }) => debt);
}

/**
 * It is paid. Not waited for on the disk: should the server forget it in a crash, it is paid once more, which changes
 * nothing. `debt` is one that `owe` gave.
 */
export async function strikeOut(db: Queryable, debt: string): Promise<void> {
  await db.query(
    `BEGIN; SET LOCAL synchronous_commit = off; DELETE FROM owed.appends WHERE debt = '${debt}'; COMMIT`,
  );
}

export async function owedNow(db: Queryable): Promise<Owed> {
  const { rows } = await db.query<Owed>(
    `SELECT count(*)::int AS appends, coalesce(extract(epoch FROM now() - min(since)), 0)::float8 AS "oldestSeconds"
       FROM owed.appends`,
  );
  return rows[0]!;
}
