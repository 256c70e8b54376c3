import { freshness } from '@cairn/messaging';
import type { ClientBase } from 'pg';
import { INTAKE, SCHEMA, SOURCES } from '../intake/log.js';
import { PROJECTIONS } from '../projections/index.js';
import type { Kept } from './snapshot.js';

type Client = Pick<ClientBase, 'query'>;

/** So far behind, it is not worked out how far; reports then need an asOf, and say that they are not complete. */
const FAR_BEHIND = 50_000;

interface Progress {
  /** The position of the projection that is furthest behind. */
  readonly position: string;
  readonly rebuilding: boolean;
}

/** How far the projections have come, and so up to when each source is in; all as the client's transaction sees it. */
export async function keptIn(client: Client): Promise<Kept> {
  const { position, rebuilding } = await progressOf(client);
  const covered = new Map<string, Date | undefined>(SOURCES.map((source) => [source, undefined]));
  const versions = PROJECTIONS.map(({ version }) => `v${version}`).join('');
  const ahead = rebuilding ? undefined : await notYetIn(client, position);
  if (ahead)
    for (const { source, covered: taken } of await freshness(client, INTAKE, new Date(0)))
      covered.set(source, taken && earlier(taken, ahead.get(`/cairn/${source}`)));
  return { versions, position, covered };
}

async function progressOf(client: Client): Promise<Progress> {
  const { rows } = await client.query<Progress>(
    `SELECT coalesce(min(position), '') AS position,
            bool_or(rebuild_requested_at IS NOT NULL OR rebuilding_until IS NOT NULL) AS rebuilding
       FROM projections.checkpoints JOIN unnest($1::text[], $2::int[]) AS read (name, version) USING (name, version)`,
    [PROJECTIONS.map(({ name }) => name), PROJECTIONS.map(({ version }) => version)],
  );
  return rows[0]!;
}

/**
 * Of each source, the earliest event that is in the log but not in every projection yet. All that its service recorded
 * before that is in, as far as the intake has it.
 */
async function notYetIn(client: Client, position: string): Promise<Map<string, Date> | undefined> {
  const { rows } = await client.query<{ source: string; earliest: Date; events: string }>(
    `SELECT source, min(recorded_at) AS earliest, count(*) AS events
       FROM (SELECT source, recorded_at FROM ${SCHEMA}.events WHERE position > $1 ORDER BY position LIMIT ${FAR_BEHIND}) ahead
      GROUP BY source`,
    [Number(position)],
  );
  const events = rows.reduce((sum, row) => sum + Number(row.events), 0);
  if (events >= FAR_BEHIND) return undefined;
  return new Map(rows.map(({ source, earliest }) => [source, earliest]));
}

const earlier = (taken: Date, ahead: Date | undefined): Date =>
  ahead && ahead <= taken ? new Date(ahead.getTime() - 1) : taken;
