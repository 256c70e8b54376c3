import type { ClientBase } from 'pg';
import type { Checkpoint } from './consumer/checkpoints.js';
import { readCheckpoints } from './consumer/checkpoints.js';
import { partitionKey } from './port.js';
import { sourcesOf } from './topics.js';

/** What a relay says each 2 s on `cairn.watermarks.v1`, keyed by its service. Times are ISO 8601, UTC. */
export interface Watermark {
  readonly service: string;
  /** The generation of its log. */
  readonly log: string;
  /** The log's last position, and the last that is published. */
  readonly head: string;
  readonly published: string;
  /** Everything that was recorded up to this time is published at or below these offsets. */
  readonly covered: string;
  /** The last offset of each partition of its topics (`topic/partition`), -1 where it is empty. */
  readonly offsets: Readonly<Record<string, number>>;
  /** When it was sent. */
  readonly at: string;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Reads a watermark, or undefined where the bytes are none. */
export function watermarkOf(value: Buffer): Watermark | undefined {
  try {
    const parsed = JSON.parse(value.toString('utf8')) as Watermark;
    const sound =
      typeof parsed.service === 'string' &&
      INSTANT.test(parsed.covered) &&
      !Number.isNaN(Date.parse(parsed.covered)) &&
      typeof parsed.offsets === 'object' &&
      Object.values(parsed.offsets).every(Number.isInteger);
    return sound ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** How fresh what a group keeps of one source is. */
export interface SourceFreshness {
  readonly source: string;
  /** Everything that the source recorded up to then has been handled; undefined before its first watermark has. */
  readonly covered: Date | undefined;
  /** Seconds since then: the lag, on idle logs too. Infinite where nothing is covered yet. */
  readonly ageSeconds: number;
}

interface Seen {
  source: string;
  covered: Date;
  offsets: Record<string, number>;
}

/**
 * The freshness of each source that the group has a watermark of: its newest watermark of which every partition that the
 * group reads has been handled.
 */
export async function freshness(
  client: Pick<ClientBase, 'query'>,
  group: string,
  now: Date,
): Promise<SourceFreshness[]> {
  // In this order: checkpoints only move on, so that none of them is taken for further than it is.
  const checkpoints = await readCheckpoints(client, group);
  const { rows } = await client.query<Seen>(
    `SELECT source, covered, offsets FROM bus_in.watermarks
      WHERE group_name = $1 AND source = ANY ($2) ORDER BY covered DESC`,
    [group, sourcesIn(checkpoints)],
  );
  return [...Map.groupBy(rows, ({ source }) => source)].map(([source, seen]) => {
    const covered = appliedOf(seen, checkpoints)?.covered;
    return { source, covered, ageSeconds: covered ? (now.getTime() - covered.getTime()) / 1000 : Infinity };
  });
}

/** The services that a group reads. Of others it keeps no watermark, whatever may stand in one. */
const sourcesIn = (checkpoints: readonly Checkpoint[]): string[] =>
  sourcesOf(checkpoints.map(({ topic }) => topic));

/** The newest of one source's watermarks (newest first) that has been handled as a whole. */
const appliedOf = (newestFirst: readonly Seen[], checkpoints: readonly Checkpoint[]): Seen | undefined =>
  newestFirst.find(({ offsets }) => isApplied(offsets, checkpoints));

/**
 * Whether what lies up to `offsets` has been handled, of the topics that the checkpoints are of.
 * @param needNot partitions of which it is not asked
 */
export function isApplied(
  offsets: Watermark['offsets'],
  checkpoints: readonly Checkpoint[],
  needNot: (checkpoint: Checkpoint) => boolean = () => false,
): boolean {
  const topics = new Set(checkpoints.map(({ topic }) => topic));
  const handled = new Map(
    checkpoints.map((each) => [partitionKey(each), needNot(each) ? Infinity : (each.offset ?? -1)]),
  );
  return Object.entries(offsets).every(
    ([key, offset]) => !topics.has(key.slice(0, key.lastIndexOf('/'))) || (handled.get(key) ?? -1) >= offset,
  );
}

/** While a group is behind, the watermarks that it keeps of a source lie at least this part of its lag apart. */
const KEPT = 100;

/**
 * Remembers a watermark until a later one has been handled; that of a service which the group does not read, not at all.
 * While the group is far behind, only every so many are kept: the further behind, the fewer are needed to tell how far.
 * @param checkpoints the group's, as they stand or stood a moment ago
 */
export async function remember(
  client: Pick<ClientBase, 'query'>,
  group: string,
  watermark: Watermark,
  checkpoints: readonly Checkpoint[],
): Promise<void> {
  if (!sourcesIn(checkpoints).includes(watermark.service)) return;
  const { rows } = await client.query<{ now: Date } & (Seen | { covered: null })>({
    name: 'bus_in.watermarks',
    text: `SELECT now.now, source, covered, offsets FROM (SELECT clock_timestamp() AS now) AS now
        LEFT JOIN bus_in.watermarks ON group_name = $1 AND source = $2 ORDER BY covered DESC`,
    values: [group, watermark.service],
  });
  const kept = rows.filter((row) => row.covered !== null);
  const applied = appliedOf(kept, checkpoints);
  const oldest = applied ?? kept.at(-1);
  const newest = kept[0];
  // A clock that was ahead may not cover, for as long as it was, what comes after it was put right.
  const covered = Math.min(Date.parse(watermark.covered), rows[0]!.now.getTime());
  if (newest && oldest) {
    if (covered <= newest.covered.getTime()) return;
    const behind = covered - oldest.covered.getTime();
    if (newest !== applied && covered - newest.covered.getTime() < behind / KEPT) return;
  }
  await client.query({
    name: 'bus_in.remember',
    text: `WITH passed AS (
        DELETE FROM bus_in.watermarks WHERE group_name = $1 AND source = $2 AND covered < $5)
      INSERT INTO bus_in.watermarks (group_name, source, covered, offsets) VALUES ($1, $2, $3, $4)
      ON CONFLICT DO NOTHING`,
    values: [
      group,
      watermark.service,
      new Date(covered),
      JSON.stringify(watermark.offsets),
      applied?.covered ?? null,
    ],
  });
}
