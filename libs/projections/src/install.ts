import { applyMigrations } from '@cairn/event-store';
import { inTransaction, queryPatiently } from '@cairn/event-store/postgres';
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
  `
  -- Their numbers are not given again: whoever still has such a build in hand would take another for it.
  CREATE TABLE projections.dropped (
    name text COLLATE "C" NOT NULL,
    version int NOT NULL,
    build int NOT NULL,
    PRIMARY KEY (name, version, build)
  );
  `,
];

/**
 * Begins each version that is new here: the first of its name is read at once, a later one is built beside it until an
 * operator switches. Where this release has no longer (or not yet) the version that is read, its own is read at once, from
 * where it stands. A build that was begun and whose checkpoint somebody removed is an error, never begun again unasked.
 */
export async function installProjections<Event extends LoggedEvent>(
  pool: Pool,
  projections: readonly Projection<Event>[],
): Promise<void> {
  await applyMigrations(pool, 'projections', STEPS);
  await inTransaction(pool, async (client) => {
    await client.query('LOCK TABLE projections.builds IN SHARE ROW EXCLUSIVE MODE');
    const { rows } = await client.query<Build & { state: string; indexes: string }>(
      'SELECT name, version, build, state, indexes FROM projections.builds ORDER BY build DESC',
    );
    const isHere = ({ name, version }: Build) =>
      projections.some((each) => each.name === name && each.version === version);
    const isRead = new Set(
      rows.filter((row) => row.state === 'active' && isHere(row)).map(({ name }) => name),
    );
    for (const projection of [...projections].sort((a, b) => b.version - a.version)) {
      const { name, version } = projection;
      const there = rows.find(
        (row) => row.name === name && row.version === version && row.state !== 'requested',
      );
      if (there && isRead.has(name)) continue;
      const build = there ?? (await insertBuild(client, name, version, 'building'));
      if (!there) await makeTables(client, build, projection);
      if (isRead.has(name)) continue;
      isRead.add(name);
      if (there?.indexes !== 'made') await makeIndexes(client, build, projection);
      await client.query(
        `UPDATE projections.builds SET state = 'retired', retired_at = now() WHERE name = $1 AND state = 'active'`,
        [name],
      );
      await client.query(
        `UPDATE projections.builds SET state = 'active', retired_at = NULL, indexes = 'made'
          WHERE name = $1 AND version = $2 AND build = $3`,
        [name, version, build.build],
      );
    }
  });
}

/** A row for the next build of the version, which has no tables yet. */
export async function insertBuild(
  client: Pick<ClientBase, 'query'>,
  name: string,
  version: number,
  state: 'requested' | 'building',
): Promise<Build> {
  const { rows } = await client.query<Build>(
    `INSERT INTO projections.builds (name, version, build, state)
     SELECT $1::text, $2::int, coalesce(max(build), 0) + 1, $3::text FROM (
       SELECT name, version, build FROM projections.builds UNION ALL SELECT name, version, build FROM projections.dropped
     ) ever WHERE name = $1 AND version = $2
     RETURNING name, version, build`,
    [name, version, state],
  );
  return rows[0]!;
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
  for (const { indexes } of tables) if (indexes) await queryPatiently(client, indexes);
  await client.query('SET LOCAL search_path TO DEFAULT');
}
