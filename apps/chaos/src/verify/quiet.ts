import { listConsumers } from '@cairn/messaging';
import { kafkaBus, membersOf } from '@cairn/messaging/kafka';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ground } from '../ground/ground.js';
import { PUBLISHERS, SERVICES, type Publisher } from '../services.js';
import { TOPICS, withPool } from './gather.js';

const LOOK_MS = 1_000;

/** What is still on its way, in words; undefined where nothing was on its way twice in a row and nothing came meanwhile. */
export async function untilQuiet(
  ground: Ground,
  withinMs: number,
  say: (line: string) => void,
): Promise<string | undefined> {
  let before = '';
  let looks = 0;
  for (const end = Date.now() + withinMs; ; await sleep(LOOK_MS)) {
    const { waiting, ends } = await look(ground).catch((error: Error) => ({
      waiting: [error.message],
      ends: '',
    }));
    if (waiting.length === 0 && ends === before) return undefined;
    if (Date.now() > end) return waiting.join('; ') || 'events keep coming';
    before = ends;
    if (++looks % 10 === 0) say(`  on its way: ${waiting.join('; ')}`);
  }
}

async function look(ground: Ground): Promise<{ waiting: string[]; ends: string }> {
  const bus = kafkaBus({ clientId: 'cairn-chaos', brokers: ground.brokers });
  try {
    const waiting: string[] = [];
    const heads: string[] = [];
    for (const service of PUBLISHERS) {
      const { head, published, owed } = await publishedOf(ground, service);
      if (owed > 0) waiting.push(`${service} owes its log ${owed} appends`);
      heads.push(`${service} ${head}`);
      if (published !== head) waiting.push(`${service} has published ${published || 'nothing'} of ${head}`);
    }
    const states = await bus.describe(TOPICS);
    const ends = new Map(
      [...states].flatMap(([topic, { partitions }]) =>
        partitions.map(({ high }, partition) => [`${topic}/${partition}`, high - 1] as const),
      ),
    );
    const lists = SERVICES.map((service) => withPool(ground.databases[service], listConsumers));
    const consumers = (await Promise.all(lists)).flat();
    waiting.push(...consumers.flatMap((each) => unread(each, ends)));
    const groups = consumers.map(({ group }) => group);
    waiting.push(...(await withoutTheirMember(groups, ground.brokers)));
    waiting.push(...(await unprojected(ground.databases.analytics)));
    return { waiting, ends: heads.join() };
  } finally {
    await bus.close();
  }
}

/** How far the log goes and is published, and how many appends it has yet to get. */
const publishedOf = (
  { databases, eventStoreLogs }: Ground,
  service: Publisher,
): Promise<{ head: string; published: string; owed: number }> =>
  withPool(databases[service], async (pool) => {
    const log = eventStoreLogs[service];
    const { rows } = await pool.query<{ head: string; published: string; owed: number }>(
      `SELECT ${log ? `''` : `coalesce((SELECT lpad(max(position)::text, 16, '0') FROM log.events), '')`} AS head,
              ${log ? '(SELECT count(*)::int FROM owed.appends)' : '0'} AS owed,
              coalesce((SELECT position FROM relay.relays), '') AS published`,
    );
    return { ...rows[0]!, ...(log && { head: await log.head() }) };
  });

type Consumer = Awaited<ReturnType<typeof listConsumers>>[number];

/** Partitions that the group has not read to their end. */
function unread({ group, partitions }: Consumer, ends: ReadonlyMap<string, number>): string[] {
  const behind = partitions.filter(
    ({ topic, partition, offset }) => (offset ?? -1) < (ends.get(`${topic}/${partition}`) ?? -1),
  );
  return partitions.length === 0
    ? [`${group} has not begun`]
    : behind.map(({ topic, partition }) => `${group} has not read ${topic}/${partition} to its end`);
}

/** Groups in which the one process of their service is not the one member: it would read on beside whoever comes. */
async function withoutTheirMember(groups: readonly string[], brokers: readonly string[]): Promise<string[]> {
  return [...(await membersOf(brokers, groups))]
    .filter(([, count]) => count !== 1)
    .map(([group, count]) => `${group} has ${count} members at the broker`);
}

/** Projections of this analytics that have not come to the end of its log. */
export const unprojected = (url: string): Promise<string[]> =>
  withPool(url, async (pool) => {
    const { rows } = await pool.query<{ name: string }>(
      `SELECT name FROM projections.builds
        WHERE position <> coalesce((SELECT lpad(max(position)::text, 16, '0') FROM imported.events), '')`,
    );
    return rows.map(({ name }) => `projection ${name} is behind`);
  });

/** Waits until another analytics has taken in as many events, and projected them. */
export async function untilRebuilt(url: string, events: number, withinMs: number): Promise<void> {
  for (const end = Date.now() + withinMs; ; await sleep(LOOK_MS)) {
    const there = await withPool(url, async (pool) => {
      const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM imported.events');
      return rows[0]!.n;
    }).catch(() => 0);
    if (there >= events && (await unprojected(url)).length === 0) return;
    if (Date.now() > end) throw new Error(`a clean rebuild has come to ${there} of ${events} events`);
  }
}
