import { START, type EventStore, type Position } from '@cairn/event-store';
import { inTransaction, leaveGap, openPostgresLog, raiseGeneration } from '@cairn/event-store/postgres';
import type { Pool, PoolClient } from 'pg';
import type { Bus, TopicState } from '../port.js';
import { HOLDER_LOCK, type FoundCheckpoint, type RelayCheckpoint } from '../relay/lease.js';
import type { Mark } from '../mark.js';
import { understand } from '../envelope.js';
import { topicSpecsOf, WATERMARKS } from '../topics.js';
import { within } from '../waiting.js';
import type { LostEvents } from './lost.js';

/** What was published of a service's log belongs to another log than the one it has now. */
export class AnotherLog extends Error {
  constructor(service: string, generation: number, published: number) {
    super(
      `The log of ${service} is not the one that was published so far: it is of generation ${generation}, and what was ` +
        `published of generation ${published}. Set EVENT_STORE and EVENTSTOREDB_URL as they were, or move the log with: ` +
        `npm run ops -- log copy ${service} --to eventstoredb|postgres`,
    );
    this.name = 'AnotherLog';
  }
}

/** What was published of a service is not the log that it is to be copied from. */
export class NotPublishedFrom extends Error {
  constructor(service: string, generation: number, published: number) {
    super(
      `What is published of ${service} is not of the log that it was to be copied from (generation ${generation}, published ` +
        `is ${published}): it has been copied already, or it is in the other store. Nothing was copied.`,
    );
    this.name = 'NotPublishedFrom';
  }
}

/** The topics of a service that has published nothing yet hold what another Cairn published. */
export class TopicsTaken extends Error {
  constructor(service: string, topic: string) {
    super(
      `${service} has published nothing yet, and ${topic} holds events already: they are another Cairn's, or those of ` +
        'data that are gone. Two that write to the same topics break each other. Give this one a bus of its own ' +
        '(KAFKA_BROKERS), or delete the topics if nobody needs them. To go on under them with new data, beside services ' +
        `that know the old: DATABASE_URL=postgres://… npm run ops -- log restored ${service}`,
    );
    this.name = 'TopicsTaken';
  }
}

/** The bus has more of a service's log than there is: what is appended now would be taken for a repeat. */
export class LogFellBehind extends Error {
  constructor(service: string, { log, position }: Mark, end: Position) {
    super(
      `The log of ${service} lacks what was published of it: that goes up to ${position}, and the log goes on beyond ` +
        `${end || 'nothing'} (generation ${log}). Its database was restored from a backup, or a fail-over lost its newest ` +
        'commits; consumers would drop what comes now as repeats. Stop all its processes, and say so: ' +
        `DATABASE_URL=postgres://… npm run ops -- log restored ${service}`,
    );
    this.name = 'LogFellBehind';
  }
}

/** Consumers know a later log of the service: they would drop all that this one tells. */
export class LaterLogPublished extends Error {
  constructor(service: string, generation: number, { log }: Mark) {
    super(
      `The bus holds events of a later log of ${service} (generation ${log}; this one is ${generation}), beside which ` +
        'consumers would drop all that this one tells: its database is from before the log was moved or begun anew. Restore ' +
        'a backup from after that. To go on with this one instead, stop all its processes: ' +
        `DATABASE_URL=postgres://… npm run ops -- log restored ${service} --above ${log}`,
    );
    this.name = 'LaterLogPublished';
  }
}

/** The service did not end in order: the bus may have more of its log than its database knows. */
export class NotSettled extends Error {
  constructor(service: string) {
    super(
      `${service} did not end in order, or was restored: more of its log may be published than its database knows, and ` +
        'would be published again as new. Start it where its log is, with its bus; wait until health/flow shows that the ' +
        'relay has published up to the head; stop it (SIGTERM), then try again. Nothing was copied.',
    );
    this.name = 'NotSettled';
  }
}

/** The service runs: its relay holds the lease, or somebody is connected as it. */
export class StillRelaying extends Error {
  constructor(service: string, connected: string | null) {
    super(
      `${service} still runs: stop all its processes first, then try again (it may take ten seconds).` +
        (connected === null
          ? ''
          : ` Its database is used by ${connected}. Where a host is gone for good, end what is left of it with: ` +
            'SELECT pg_terminate_backend(pid)'),
    );
    this.name = 'StillRelaying';
  }
}

/**
 * For a start: whether the log is the one that the relay's checkpoint belongs to.
 * @throws AnotherLog
 */
export async function refuseAnotherLog(
  pool: Pool,
  service: string,
  store: Pick<EventStore, 'generation'>,
): Promise<void> {
  const published = await publishedOf(pool, service);
  if (published === undefined) return;
  const generation = await store.generation();
  if (generation !== published) throw new AnotherLog(service, generation, published);
}

const STARTS_WITHIN_MS = 5_000;

/**
 * For a start, before the service takes commands, and reads beside another Cairn's readers: a first one as `refuseTaken`,
 * any other as `refuseOutrun`. Where the bus does not answer soon, the relay finds out before it publishes.
 * @throws TopicsTaken, LogFellBehind, LaterLogPublished
 */
export async function refuseUnfitTopics(
  pool: Pool,
  service: string,
  store: EventStore,
  bus: Bus,
): Promise<void> {
  const soon = <T>(asked: Promise<T>) => within(STARTS_WITHIN_MS, 'the bus', asked).catch(() => undefined);
  if ((await publishedOf(pool, service)) === undefined) {
    const states = await soon(bus.describe(topicSpecsOf(service).map(({ name }) => name)));
    // Another replica may have begun meanwhile: it claims the topics before it sends.
    if (states && (await publishedOf(pool, service)) === undefined) refuseTaken(service, states);
  } else {
    const published = await soon(lastPublished(service, bus));
    if (published) refuseOutrun(service, published, await store.generation(), await store.goesOnBeyond());
  }
}

/** The marks of what the topics of a service end with. */
export async function lastPublished(service: string, bus: Bus): Promise<Mark[]> {
  const topics = topicSpecsOf(service).filter(({ name }) => name !== WATERMARKS.name);
  const last = await Promise.all(topics.map(({ name }) => bus.lastOf(name)));
  return last.flat().flatMap((message) => (message && understand(message).mark) ?? []);
}

/** @throws LogFellBehind, LaterLogPublished where what is appended to the log now would be taken for a repeat */
export function refuseOutrun(
  service: string,
  published: readonly Mark[],
  generation: number,
  goesOnBeyond: Position,
): void {
  for (const mark of published) {
    if (mark.log > generation) throw new LaterLogPublished(service, generation, mark);
    if (mark.log === generation && mark.position > goesOnBeyond)
      throw new LogFellBehind(service, mark, goesOnBeyond);
  }
}

/** @throws TopicsTaken where a topic of the service's own holds, or held, anything */
export function refuseTaken(service: string, states: ReadonlyMap<string, TopicState>): void {
  for (const [topic, { partitions }] of states)
    if (topic !== WATERMARKS.name && partitions.some(({ high }) => high > 0))
      throw new TopicsTaken(service, topic);
}

/** The generation of the log that the service has published; undefined before anything is. */
async function publishedOf(pool: Pool, service: string): Promise<number | undefined> {
  const { rows } = await pool.query<{ log: number | null }>(
    'SELECT log FROM relay.relays WHERE service = $1',
    [service],
  );
  return rows[0]?.log ?? undefined;
}

/**
 * Who is connected to the caller's database as the service, by the name that `startService` gives its connections: a relay
 * whose bus is away holds nothing, and yet its service runs.
 */
const CONNECTED = `(SELECT string_agg(format('pid %s, from %s since %s', pid, coalesce(host(client_addr), 'this host'),
                                  to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), '; ')
                     FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
                      AND application_name IN ('cairn-' || $1, 'cairn-' || $1 || '-inbox'))`;

/**
 * How far the service's log is published; no relay begins until the caller's transaction ends.
 * @throws StillRelaying
 */
export async function lockPublished(client: PoolClient, service: string): Promise<FoundCheckpoint> {
  const { rows } = await client.query<{
    log: number | null;
    position: Position;
    settled: boolean;
    free: boolean;
    connected: string | null;
  }>(
    `SELECT log, position, settled, pg_try_advisory_xact_lock($2, hashtext(service || ' ' || fence)) AS free,
            ${CONNECTED} AS connected
       FROM relay.relays WHERE service = $1 FOR UPDATE`,
    [service, HOLDER_LOCK],
  );
  if (rows[0] && (!rows[0].free || rows[0].connected !== null))
    throw new StillRelaying(service, rows[0].connected);
  const { log, position, settled } = rows[0] ?? { log: null, position: START, settled: false };
  return { log: log ?? undefined, position, settled };
}

/** Says that all up to a place of another log is published; the next relay goes on from there. */
export async function movePublished(
  client: PoolClient,
  service: string,
  { log, position }: RelayCheckpoint,
): Promise<void> {
  await client.query(
    `INSERT INTO relay.relays (service, log, position) VALUES ($1, $2, $3)
     ON CONFLICT (service) DO UPDATE SET log = $2, position = $3`,
    [service, log, position],
  );
}

/** A log that was restored, and can go on beyond every position that it had. */
export interface RestoredLog {
  generation(): Promise<number>;
  head(): Promise<Position>;
  raiseGeneration(above?: number): Promise<number>;
  /** @returns a position beyond all that it ever had, and before what comes */
  leaveGap(): Promise<Position>;
}

/** A log elsewhere is asked several times while this database waits. */
const ELSEWHERE_SECONDS = 60;

/**
 * For a service whose database was restored from a backup, before it starts again: what it publishes from now on counts as
 * new everywhere, and what it had published before the backup is not published as new.
 * @param elsewhere the log, where it is not in that database
 * @param above a generation that consumers know: the log gets a higher one. What it has beyond its relay's place is then
 * new to them, whether or not they have it.
 * @returns what others may have heard of, and the log no longer has
 * @throws StillRelaying where it runs; AnotherLog where the log is not the one that was published
 */
export async function resumeRestored(
  pool: Pool,
  service: string,
  { elsewhere, above }: { elsewhere?: RestoredLog; above?: number | undefined } = {},
): Promise<LostEvents> {
  return inTransaction(
    pool,
    async (client) => {
      const published = await lockPublished(client, service);
      const log = elsewhere ?? {
        generation: () => openPostgresLog({ pool }).generation(),
        head: () => openPostgresLog({ pool }).head(),
        raiseGeneration: (than?: number) => raiseGeneration(client, than),
        leaveGap: () => leaveGap(client),
      };
      // One in EventStoreDB may be above already: a try before this one broke off.
      if (above === undefined || (await log.generation()) <= above)
        await refuseAnotherLog(pool, service, log);
      const head = await log.head();
      const gap = await log.leaveGap();
      // What was sent after the backup, this database does not know.
      await client.query('UPDATE relay.relays SET settled = false WHERE service = $1', [service]);
      if (published.log !== undefined && above === undefined) {
        const of = (position: Position) => ({ log: published.log!, position });
        return { source: service, after: of(head), before: of(gap) };
      }
      // Of what it has now, nothing was published where nothing is noted: all that ever was is of an earlier log.
      const after =
        published.log === undefined ? { log: 0, position: START } : { log: published.log, position: head };
      const generation = await log.raiseGeneration(above);
      await movePublished(client, service, { log: generation, position: published.position });
      return { source: service, after, before: { log: generation, position: START } };
    },
    ELSEWHERE_SECONDS,
  );
}
