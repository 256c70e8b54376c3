import { RefusedError } from '@cairn/decider';
import { derivedId } from '@cairn/event-store';
import type { ReceivedEvent } from '@cairn/messaging';
import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import { inTime, type Transaction } from '../transact.js';
import { outOfOrder } from './match.errors.js';
import type { FitEvent, MatchRefs, Party, Signal } from './match.events.js';

/** What sessions calls the engagement of a match. */
export const engagementOf = (matchId: string): string => derivedId(matchId, 'engagement');

/** What the two of a match think of it. Nobody else is ever shown any of it. */
export interface Opinions {
  readonly coachee: Signal | null;
  readonly coach: Signal | null;
  /** The coachee's latest rating is low. */
  readonly low: boolean;
}

/**
 * Keeps a party's word, which replaces the one before. Its event has a stream of that party's own, so that neither the
 * version of the match, which everybody in the programme may read, nor an order tells the other that something was said. A
 * word that is said again is taken as any other, and makes no event: no answer tells which one it was.
 * @throws RefusedError `out-of-order` for what is told of a time before the match, or before the party's last word on it
 */
export async function recordSignal(
  tx: Transaction,
  refs: MatchRefs,
  { coachId, by, signal, at: told }: { coachId: string; by: Party; signal: Signal; at: string },
  matchedAt: string,
): Promise<void> {
  const { tenantId } = tx.identity;
  const stream = `fit-${refs.matchId}-${by}`;
  if (await tx.alreadyDone(stream)) return;
  const engagementId = engagementOf(refs.matchId);
  await tx.client.query(
    `INSERT INTO match_opinions (engagement_id, tenant_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
    [engagementId, tenantId],
  );
  const { rows } = await tx.client.query<{ said: Signal | null; version: number; at: Date | null }>(
    `SELECT ${by} AS said, ${by}_version AS version, ${by}_at AS at FROM match_opinions
      WHERE engagement_id = $1 FOR UPDATE`,
    [engagementId],
  );
  const known = rows[0]!;
  const last = known.at?.toISOString() ?? matchedAt;
  const { at } = inTime(tx.identity, { at: told }, last);
  if (at < last) throw new RefusedError(outOfOrder(at, last));
  const event: FitEvent = {
    type: 'FitSignalRecorded',
    occurredAt: at,
    data: { ...refs, coachId, by, signal },
  };
  const events = known.said === signal ? [] : [event];
  if (events.length > 0) tx.append(stream, events, known.version);
  await tx.client.query(
    `UPDATE match_opinions SET ${by} = $2, ${by}_version = $3, ${by}_at = $4 WHERE engagement_id = $1`,
    [engagementId, signal, known.version + events.length, at],
  );
}

/** Opinions of those of these matches of which there are any, by match. */
export async function opinionsOf(
  manager: EntityManager,
  matchIds: readonly string[],
): Promise<ReadonlyMap<string, Opinions>> {
  if (matchIds.length === 0) return new Map();
  const byEngagement = new Map(matchIds.map((matchId) => [engagementOf(matchId), matchId]));
  const rows: (Opinions & { engagement_id: string })[] = await manager.query(
    'SELECT engagement_id, coachee, coach, low FROM match_opinions WHERE engagement_id = ANY ($1)',
    [[...byEngagement.keys()]],
  );
  return new Map(rows.map((row) => [byEngagement.get(row.engagement_id)!, row]));
}

/** Low is a 1 or 2 for the usefulness or the relationship: what another coach could change. Progress may have other reasons. */
export const isLow = ({ useful, relationship }: { useful: number; relationship: number }): boolean =>
  useful <= 2 || relationship <= 2;

type Rated = Extract<ReceivedEvent, { name: 'SessionRated' }>;

/**
 * Keeps whether a coachee's latest rating is low; passes over the rest. Ratings of one engagement come by several partitions
 * at once: rows are taken in one order.
 */
export async function learnRatings(client: PoolClient, events: readonly ReceivedEvent[]): Promise<void> {
  const latest = new Map<string, Rated>();
  for (const event of events) {
    if (event.name !== 'SessionRated') continue;
    const before = latest.get(event.data.engagementId);
    if (before === undefined || before.envelope.time <= event.envelope.time)
      latest.set(event.data.engagementId, event);
  }
  if (latest.size === 0) return;
  const ids = [...latest.keys()].sort();
  const column = <T>(of: (event: Rated) => T) => ids.map((id) => of(latest.get(id)!));
  await client.query(
    `INSERT INTO match_opinions AS o (engagement_id, tenant_id, low, rated_at)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::boolean[], $4::timestamptz[])
     ON CONFLICT (engagement_id) DO UPDATE SET low = excluded.low, rated_at = excluded.rated_at
      WHERE o.rated_at IS NULL OR o.rated_at <= excluded.rated_at`,
    [
      ids,
      column(({ envelope }) => envelope.tenantid),
      column(({ data }) => isLow(data)),
      column(({ envelope }) => envelope.time),
    ],
  );
}
