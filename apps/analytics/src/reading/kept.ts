import { freshness, hasPutAside } from '@cairn/messaging';
import { readBuilds } from '@cairn/projections';
import type { ClientBase } from 'pg';
import { INTAKE, SCHEMA, SOURCES } from '../intake/log.js';
import { PROJECTIONS } from '../projections/index.js';
import type { Kept } from './snapshot.js';

type Client = Pick<ClientBase, 'query'>;

/** So far behind, it is not worked out how far; reports then need an asOf, and say that they are not complete. */
const FAR_BEHIND = 50_000;

/** How far the projections that are read have come, and so up to when each source is in; as the client's transaction sees it. */
export async function keptIn(client: Client): Promise<Kept> {
  const builds = await readBuilds(client, PROJECTIONS);
  const position = builds.map((build) => build.position).sort()[0] ?? '';
  const covered = new Map<string, Date | undefined>(SOURCES.map((source) => [source, undefined]));
  const versions = builds.map(({ version }) => `v${version}`).join('');
  const ahead = await notYetIn(client, position);
  if (ahead)
    for (const { source, covered: taken } of await freshness(client, INTAKE, new Date(0)))
      covered.set(source, taken && earlier(taken, ahead.get(`/cairn/${source}`)));
  return { builds, versions, position, covered };
}

/** Whether events of a tenant are put aside, and so in no projection until an operator has seen to them. */
export const isAside = (client: Client, tenantId: string): Promise<boolean> =>
  hasPutAside(client, INTAKE, tenantId);

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
