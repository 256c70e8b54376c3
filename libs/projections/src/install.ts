import { applyMigrations } from '@cairn/event-store';
import { inTransaction } from '@cairn/event-store/postgres';
import type { ClientBase, Pool } from 'pg';
import { label, schemaOf, type Build } from './build.js';
import type { LoggedEvent, Projection } from './projection.js';

const STEPS = [
  `
  CREATE TABLE projections.builds (
    name text COLLATE "C" NOT NULL,
    version int NOT NULL,
    build int NOT NULL,
    -- requested: it has no tables yet. building: not read yet. active: read. retired: not read any more, yet kept up to date.
    state text NOT NULL CHECK (state IN ('requested', 'building', 'active', 'retired')),
    position text COLLATE "C" NOT NULL DEFAULT '',
    events bigint NOT NULL DEFAULT 0,
    began_at timestamptz NOT NULL DEFAULT now(),
    progressed_at timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz,
    fault text,
    PRIMARY KEY (name, version, build)
  );
  CREATE UNIQUE INDEX one_is_read ON projections.builds (name) WHERE state = 'active';
  `,
  `
  -- later: it has only its tables yet. making, then made: it may be read.
  ALTER TABLE projections.builds ADD COLUMN indexes text NOT NULL DEFAULT 'later'
    CHECK (indexes IN ('later', 'making', 'made'));
  UPDATE projections.builds SET indexes = 'made' WHERE state <> 'requested';
  `,
];

/** The version that is read is not in this release, which therefore could not keep it up to date. */
export class VersionMissing extends Error {
  constructor(name: string, active: number, known: readonly number[]) {
    super(
      `projection ${name} is read in version ${active}, which this release does not have (it has ${known.join(', ')}); ` +
        `run the release before it, and there: npm run ops -- projections switch ${name}`,
    );
    this.name = 'VersionMissing';
  }
}

/**
 * Begins each version that is new here: the first of its name is read at once, a later one is built beside it until an
 * operator switches. A build that was begun and whose checkpoint somebody removed is an error, never begun again unasked.
 * @throws VersionMissing
 */
export async function installProjections<Event extends LoggedEvent>(
  pool: Pool,
  projections: readonly Projection<Event>[],
): Promise<void> {
  await applyMigrations(pool, 'projections', STEPS);
  await inTransaction(pool, async (client) => {
    await client.query('LOCK TABLE projections.builds IN SHARE ROW EXCLUSIVE MODE');
    const { rows } = await client.query<{ name: string; version: number; state: string }>(
      'SELECT name, version, state FROM projections.builds',
    );
    for (const { name, version, state } of rows) {
      const known = projections.filter((each) => each.name === name).map((each) => each.version);
      if (state === 'active' && known.length > 0 && !known.includes(version))
        throw new VersionMissing(name, version, known);
    }
    const isRead = new Set(rows.filter(({ state }) => state === 'active').map(({ name }) => name));
    for (const projection of [...projections].sort((a, b) => b.version - a.version)) {
      const { name, version } = projection;
      if (rows.some((row) => row.name === name && row.version === version)) continue;
      const state = isRead.has(name) ? 'building' : 'active';
      isRead.add(name);
      const build = { name, version, build: 1 };
      await client.query(
        'INSERT INTO projections.builds (name, version, build, state, indexes) VALUES ($1, $2, $3, $4, $5)',
        [name, version, build.build, state, state === 'active' ? 'made' : 'later'],
      );
      await makeTables(client, build, projection);
      if (state === 'active') await makeIndexes(client, build, projection);
    }
  });
}

/** The build's schema and the projection's tables in it, without what they are read by, in the client's transaction. */
export async function makeTables<Event extends LoggedEvent>(
  client: Pick<ClientBase, 'query'>,
  build: Build,
  { tables }: Projection<Event>,
): Promise<void> {
  const schema = schemaOf(build);
  await client.query(`CREATE SCHEMA ${schema}`).catch((error: Error & { code?: string }) => {
    if (error.code !== '42P06') throw error;
    throw new Error(
      `projection ${label(build)} has tables but no checkpoint: it was removed by hand. ` +
        `DROP SCHEMA ${schema} CASCADE, and it is built from the first event on`,
    );
  });
  await client.query(`SET LOCAL search_path TO ${schema}`);
  for (const { create } of tables) await client.query(create);
  await client.query('SET LOCAL search_path TO DEFAULT');
}

/** What the build's tables are read by, in the client's transaction. */
export async function makeIndexes<Event extends LoggedEvent>(
  client: Pick<ClientBase, 'query'>,
  build: Build,
  { tables }: Projection<Event>,
): Promise<void> {
  await client.query(`SET LOCAL search_path TO ${schemaOf(build)}`);
  for (const { indexes } of tables) if (indexes) await client.query(indexes);
  await client.query('SET LOCAL search_path TO DEFAULT');
}
