import type { EventLog, Position } from '@cairn/event-store';
import { inTransaction } from '@cairn/event-store/postgres';
import type { Pool, PoolClient } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { label, schemaOf, type Build } from './build.js';
import { insertBuild } from './install.js';
import type { LoggedEvent } from './projection.js';

export interface ProjectionStatus extends Build {
  readonly position: Position;
  /**
   * `live`: it is read, and has every event. `behind`: it is read, and some wait. `waiting`: it was asked for, and nobody
   * has begun it yet. `building`, `indexing`, then `ready`: it may be switched to. `retired`: not read any more, and may be dropped.
   * `faulty`: it tries the same batch again and again.
   */
  readonly state: 'live' | 'behind' | 'waiting' | 'building' | 'indexing' | 'ready' | 'retired' | 'faulty';
  /** Whether HR's answers come from it. */
  readonly isRead: boolean;
  /** Seconds since the oldest event that is not in yet was recorded; 0 when all are in. */
  readonly lagSeconds: number;
  /** When it last moved; ISO 8601, UTC. */
  readonly progressedAt: string;
  /** While it is built: the part that is done, 0 to 1, and how long the rest takes at the speed so far. */
  readonly progress?: { readonly part: number; readonly secondsLeft: number | null };
  readonly fault?: string;
}

interface Row extends Build {
  state: 'requested' | 'building' | 'active' | 'retired';
  position: Position;
  events: string;
  of: string | null;
  began_at: Date;
  progressed_at: Date;
  fault: string | null;
  indexes: 'later' | 'making' | 'made';
}

/** Every build that there is, and how far it is behind `log`. */
export async function listProjections<Event extends LoggedEvent>(
  pool: Pool,
  log: EventLog<Event>,
  now: Date,
): Promise<ProjectionStatus[]> {
  const { rows } = await pool.query<Row>(
    `SELECT b.name, b.version, b.build, b.state, b.position, b.events, b.began_at, b.progressed_at, b.fault, b.indexes,
            (SELECT max(r.events) FROM projections.builds r WHERE r.name = b.name) AS of
       FROM projections.builds b ORDER BY b.name, b.version, b.build`,
  );
  return Promise.all(
    rows.map(async ({ name, version, build, ...row }) => {
      const [next] = await log.readAll(row.position, 1);
      const { fault } = row;
      return {
        name,
        version,
        build,
        position: row.position,
        state: stateOf(row, next === undefined),
        isRead: row.state === 'active',
        lagSeconds:
          next === undefined ? 0 : Math.max(0, (now.getTime() - Date.parse(next.recordedAt)) / 1000),
        progressedAt: row.progressed_at.toISOString(),
        ...(row.state === 'building' ? { progress: progressOf(row, now) } : {}),
        ...(fault === null ? {} : { fault }),
      } satisfies ProjectionStatus;
    }),
  );
}

function stateOf(
  { state, fault, indexes }: Pick<Row, 'state' | 'fault' | 'indexes'>,
  isIn: boolean,
): ProjectionStatus['state'] {
  if (fault !== null) return 'faulty';
  if (state === 'requested') return 'waiting';
  if (state === 'active') return isIn ? 'live' : 'behind';
  if (state === 'building' && indexes === 'making') return 'indexing';
  if (state === 'building') return isIn && indexes === 'made' ? 'ready' : 'building';
  return 'retired';
}

/** Measured by the build that has taken in the most: it tells how many events the log has. */
function progressOf({ events, of, began_at }: Pick<Row, 'events' | 'of' | 'began_at'>, now: Date) {
  const [done, all] = [Number(events), Math.max(Number(of ?? 0), Number(events))];
  const seconds = (now.getTime() - began_at.getTime()) / 1000;
  const left = done === 0 ? null : Math.round(((all - done) * seconds) / done);
  return { part: all === 0 ? 1 : done / all, secondsLeft: left };
}

/** What an operator asked for cannot be done, and why, in words for them. */
export class ProjectionRefused extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'ProjectionRefused';
  }
}

/**
 * Asks whoever runs the projection to build it again from the first event, beside the build that is read: in the version
 * that is read, unless another is named.
 * @throws ProjectionRefused
 */
export async function requestRebuild(pool: Pool, name: string, version?: number): Promise<Build> {
  return inTransaction(pool, async (client) => {
    // One after the other: each takes the next number.
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('projections.builds'))`);
    const { rows } = await client.query<{ version: number }>(
      `SELECT version FROM projections.builds
        WHERE name = $1 AND CASE WHEN $2::int IS NULL THEN state = 'active' ELSE version = $2 END LIMIT 1`,
      [name, version ?? null],
    );
    if (rows[0] === undefined) throw unknown(name, version);
    return insertBuild(client, name, rows[0].version, 'requested');
  });
}

interface WantedBuild {
  readonly version?: number;
  readonly build?: number;
}

/**
 * Lets everything be read from another build: the newest that has not been read yet, or the newest of those that are
 * named. In one step: what began to read before goes on with the old one, which is kept up to date and may be switched
 * back to until it is dropped. Done again, it changes nothing.
 * @param projections what this release keeps up to date, and knows how to read: nothing else is switched to
 * @param withinMs how long to wait for it to have all that the old one has
 * @throws ProjectionRefused
 */
export async function switchProjection(
  pool: Pool,
  projections: readonly Omit<Build, 'build'>[],
  name: string,
  wanted: WantedBuild = {},
  withinMs = 10_000,
): Promise<Build> {
  const versions = projections.filter((each) => each.name === name).map(({ version }) => version);
  for (const end = Date.now() + withinMs; ; await sleep(100)) {
    const outcome = await inTransaction(pool, (client) => trySwitch(client, versions, name, wanted));
    if (outcome !== 'behind') return outcome;
    if (Date.now() > end)
      throw new ProjectionRefused(
        `${name}: the new build has not come to where the old one is; see npm run ops -- projections list`,
      );
  }
}

async function trySwitch(
  client: PoolClient,
  versions: readonly number[],
  name: string,
  wanted: WantedBuild,
): Promise<Build | 'behind'> {
  // Both checkpoints, in one order: neither moves on until the switch is done.
  const { rows } = await client.query<Build & Pick<Row, 'state' | 'position' | 'indexes'>>(
    `SELECT name, version, build, state, position, indexes FROM projections.builds WHERE name = $1
      ORDER BY version, build FOR UPDATE`,
    [name],
  );
  if (rows.length === 0) throw unknown(name);
  const old = rows.find(({ state }) => state === 'active');
  const isNamed = wanted.version !== undefined || wanted.build !== undefined;
  /** In the order of the rows; where this release does not have the one that is read, any is. */
  const isNew = (at: number) =>
    rows[at]!.state !== 'retired' &&
    (old === undefined || !versions.includes(old.version) || at > rows.indexOf(old));
  const next = rows.findLast(
    ({ version, build }, at) =>
      versions.includes(version) &&
      (isNamed ? version === (wanted.version ?? version) && build === (wanted.build ?? build) : isNew(at)),
  );
  if (next === undefined)
    throw new ProjectionRefused(
      `${name}: there is no ${isNamed ? 'such' : 'new'} build to switch to that this release keeps up to date` +
        `${old ? `, and ${label(old)} is read` : ''}; npm run ops -- projections rebuild ${name} makes a new one, and ` +
        `npm run ops -- projections switch ${name} VERSION.BUILD goes back to one that was read before`,
    );
  if (next === old) return { name, version: next.version, build: next.build };
  if (next.state === 'requested') throw new ProjectionRefused(`${label(next)}: nobody has begun it yet`);
  if (next.indexes !== 'made' || (old !== undefined && next.position < old.position)) return 'behind';
  const set = (of: Build, state: string) =>
    client.query(
      `UPDATE projections.builds SET state = $4, retired_at = CASE WHEN $4 = 'retired' THEN now() END
        WHERE name = $1 AND version = $2 AND build = $3`,
      [of.name, of.version, of.build, state],
    );
  if (old !== undefined) await set(old, 'retired');
  await set(next, 'active');
  return { name, version: next.version, build: next.build };
}

/** Requests that began with the old build have long been answered by then, in seconds. */
const STILL_READ = 60;

/**
 * Removes a build that is not read, with its tables; its number is not given again.
 * @throws ProjectionRefused where it is read, or was a moment ago
 */
export async function dropProjection(pool: Pool, { name, version, build }: Build): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ state: string; still_read: boolean }>(
      `SELECT state, coalesce(retired_at > now() - $4 * interval '1 second', false) AS still_read
         FROM projections.builds WHERE name = $1 AND version = $2 AND build = $3 FOR UPDATE`,
      [name, version, build, STILL_READ],
    );
    if (rows[0] === undefined) throw unknown(name, version, build);
    const { state, still_read } = rows[0];
    if (state === 'active')
      throw new ProjectionRefused(
        `${label({ name, version, build })} is the one that is read; switch to another first`,
      );
    if (still_read)
      throw new ProjectionRefused(
        `${label({ name, version, build })} was read until a moment ago; drop it in a minute`,
      );
    await client.query(`DROP SCHEMA IF EXISTS ${schemaOf({ name, version, build })} CASCADE`);
    await client.query(
      `WITH gone AS (
         DELETE FROM projections.builds WHERE name = $1 AND version = $2 AND build = $3 RETURNING name, version, build
       ) INSERT INTO projections.dropped (name, version, build) SELECT name, version, build FROM gone`,
      [name, version, build],
    );
  });
}

const unknown = (name: string, version?: number, build?: number) =>
  new ProjectionRefused(
    `There is no projection ${version === undefined ? `"${name}"` : label({ name, version, ...(build === undefined ? {} : { build }) })}; ` +
      'see npm run ops -- projections list',
  );
