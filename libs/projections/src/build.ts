import type { Position } from '@cairn/event-store';
import type { ClientBase, PoolClient } from 'pg';

/** One build of one version of a read model. It has a checkpoint, and a schema with its tables. */
export interface Build {
  readonly name: string;
  readonly version: number;
  /** Counts from 1 within a version. */
  readonly build: number;
}

/** A build that is read, as one transaction sees it. */
export interface ReadBuild extends Build {
  /** How far it has come in the log. */
  readonly position: Position;
}

export const schemaOf = ({ name, version, build }: Build): string => `${name}_v${version}_b${build}`;

export const label = ({ name, version, build }: Omit<Build, 'build'> & { build?: number }): string =>
  `${name} v${version}${build === undefined ? '' : `, build ${build}`}`;

/**
 * The builds that are read, one of each projection: resolve them once per request, in its transaction.
 * @param has the versions that this process has, if it is to read them. While replicas of two releases run, what is read may
 *   be a version of the other's: then the one that was read before is, which this process keeps up to date
 */
export async function readBuilds(
  client: Pick<ClientBase, 'query'>,
  has?: readonly Pick<Build, 'name' | 'version'>[],
): Promise<ReadBuild[]> {
  const { rows } = await client.query<ReadBuild>({
    name: 'projections.read',
    text: `SELECT DISTINCT ON (name) name, version, build, position FROM projections.builds
      WHERE state = 'active' AND $1::text[] IS NULL
         OR indexes = 'made' AND (name, version) IN (SELECT * FROM unnest($1::text[], $2::int[]))
      ORDER BY name, state = 'active' DESC, retired_at DESC NULLS LAST, build DESC`,
    values: [has?.map(({ name }) => name) ?? null, has?.map(({ version }) => version) ?? null],
  });
  return rows;
}

/** Lets the bare names of tables mean those of these builds, until the client's transaction ends. */
export async function useBuilds(client: Pick<ClientBase, 'query'>, builds: readonly Build[]): Promise<void> {
  await client.query("SELECT set_config('search_path', $1, true)", [pathOf(builds)]);
}

const pathOf = (builds: readonly Build[]): string => [...builds.map(schemaOf), 'public'].join(', ');

interface Locked {
  readonly position: Position;
}

/**
 * Takes the checkpoint for this transaction alone, in which bare names of tables mean those of the build: whoever else
 * applies it waits here. Undefined once dropped.
 */
export async function lockBuild(client: PoolClient, build: Build): Promise<Locked | undefined> {
  const { rows } = await client.query<Locked>({
    name: 'projections.lock',
    text: `SELECT position, set_config('search_path', $4, true) FROM projections.builds
      WHERE name = $1 AND version = $2 AND build = $3 FOR UPDATE`,
    values: [build.name, build.version, build.build, pathOf([build])],
  });
  return rows[0];
}

/**
 * Moves the checkpoint on by so many events, if it stands at exactly `from`; answers whether it did. Its transaction need
 * not wait for the disk: what a crash takes away, rows and checkpoint alike, is read from the log again.
 */
export async function moveBuild(
  client: Pick<ClientBase, 'query'>,
  { name, version, build }: Build,
  from: Position,
  to: Position,
  events: number,
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'projections.move',
    text: `UPDATE projections.builds SET position = $5, events = events + $6, progressed_at = now(), fault = NULL
      WHERE name = $1 AND version = $2 AND build = $3 AND position = $4
      RETURNING set_config('synchronous_commit', 'off', true)`,
    values: [name, version, build, from, to, events],
  });
  return rowCount === 1;
}
