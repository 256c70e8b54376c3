import { openImportedLog, openPool } from '@cairn/event-store/postgres';
import {
  listConsumers,
  listDeadLetters,
  redriveDeadLetters,
  resetConsumer,
  showDeadLetter,
  type ConsumerSummary,
} from '@cairn/messaging';
import { listProjections, requestRebuild } from '@cairn/projections';
import { parseArgs } from 'node:util';
import type { Pool } from 'pg';
import { SERVICES } from './databases.js';
import { findPlace, readRunNote } from './place.js';

const USAGE = `npm run ops -- COMMAND

  consumers list                              every group: offsets, freshness of its sources, dead letters
  consumers reset GROUP --to beginning|end    lets a group begin again
  dead-letters list [GROUP]
  dead-letters show GROUP ID
  dead-letters redrive GROUP [ID …]           handles them again; what was held behind them follows
  projections list
  projections rebuild NAME                    from analytics' own log; the running service does it

A group is named <service>.<what>, for example sessions.inbox. The databases are those of the standalone that was started
from this checkout; with DATABASE_URL set, that one database.`;

/** Told in one sentence, without a stack. */
class OpsError extends Error {}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { to: { type: 'string' }, help: { type: 'boolean', default: false } },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const pools = new Map<string, Pool>();

/** The database of each service, or the one that DATABASE_URL names. */
async function databases(): Promise<ReadonlyMap<string, Pool>> {
  if (pools.size > 0) return pools;
  const given = process.env['DATABASE_URL'];
  const urls = given ? { given } : (await readRunNote((await findPlace()).home)).databases;
  for (const [name, url] of Object.entries(urls))
    if (given || (SERVICES as readonly string[]).includes(name))
      pools.set(name, openPool({ connectionString: url, max: 2 }));
  return pools;
}

async function databaseOf(group: string | undefined): Promise<Pool> {
  if (group === undefined) throw new OpsError(USAGE);
  const all = await databases();
  const pool = all.get('given') ?? all.get(group.split('.')[0]!);
  if (pool === undefined)
    throw new OpsError(
      `There is no service for "${group}"; groups begin with one of: ${SERVICES.join(', ')}.`,
    );
  return pool;
}

const each = async <T>(work: (pool: Pool, name: string) => Promise<T[]>): Promise<T[]> =>
  (await Promise.all([...(await databases())].map(([name, pool]) => work(pool, name)))).flat();

const table = (rows: readonly (readonly (string | number)[])[]): void => {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  for (const row of rows)
    say(
      row
        .map((cell, column) => String(cell).padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
};

function showConsumers(consumers: readonly ConsumerSummary[]): void {
  if (consumers.length === 0) return say('No consumer group is known yet.');
  for (const { group, stopped, partitions, sources, deadLetters, held } of consumers) {
    say(
      `${group}: ${stopped === null ? 'runs' : `STOPPED: ${stopped}`}; ${deadLetters} dead letters, ${held} held behind them`,
    );
    const fresh = sources.map(
      ({ source, ageSeconds }) =>
        `${source} ${Number.isFinite(ageSeconds) ? `${Math.round(ageSeconds)} s old` : 'not heard of yet'}`,
    );
    say(`  sources: ${fresh.join(', ') || 'none yet'}`);
    const read = partitions.map(
      ({ topic, partition, offset }) => `${topic}/${partition} at ${offset ?? 'the start'}`,
    );
    say(`  ${read.join('\n  ')}`);
  }
}

async function run(): Promise<void> {
  const [subject, action, ...rest] = positionals;
  switch (`${subject} ${action}`) {
    case 'consumers list':
      return showConsumers(await each((pool) => listConsumers(pool)));
    case 'consumers reset': {
      const [group] = rest;
      if (values.to !== 'beginning' && values.to !== 'end')
        throw new OpsError(
          'Say where it is to begin: --to beginning (all is handled anew) or --to end (what lies between is skipped).',
        );
      await resetConsumer(await databaseOf(group), group!, values.to);
      return say(
        `${group} begins at the ${values.to}${values.to === 'end' ? '; what it had not handled yet is skipped' : ''}.`,
      );
    }
    case 'dead-letters list': {
      const [group] = rest;
      const letters = group
        ? await listDeadLetters(await databaseOf(group), group)
        : await each((pool) => listDeadLetters(pool));
      if (letters.length === 0) return say('No dead letters.');
      return table([
        ['GROUP', 'ID', 'WHERE', 'REASON', 'HELD', 'SINCE'],
        ...letters.map((l) => [
          l.group,
          l.id,
          `${l.topic}/${l.partition}@${l.offset}`,
          l.reason,
          l.heldBehind,
          l.at.toISOString(),
        ]),
      ]);
    }
    case 'dead-letters show': {
      const [group, id] = rest;
      if (id === undefined) throw new OpsError('Say which: dead-letters show GROUP ID');
      const letter = await showDeadLetter(await databaseOf(group), id);
      if (letter === undefined) throw new OpsError(`${group} has no open dead letter ${id}.`);
      return say(JSON.stringify(letter, null, 2));
    }
    case 'dead-letters redrive': {
      const [group, ...ids] = rest;
      const result = await redriveDeadLetters(
        await databaseOf(group),
        group!,
        ids.length > 0 ? ids : undefined,
      );
      if (result === undefined) return say(`${group} has not answered within 30 s; it does it when it runs.`);
      return say(JSON.stringify(result));
    }
    case 'projections list': {
      const rows = await each(async (pool, name) =>
        name === 'analytics' || name === 'given'
          ? listProjections(pool, openImportedLog({ pool, schema: 'imported' }))
          : [],
      );
      if (rows.length === 0) return say('No projection is known yet.');
      return table([
        ['NAME', 'VERSION', 'STATE', 'POSITION', 'LAG'],
        ...rows.map((p) => [p.name, p.version, p.state, p.position || '-', `${Math.round(p.lagSeconds)} s`]),
      ]);
    }
    case 'projections rebuild': {
      const [name] = rest;
      if (name === undefined)
        throw new OpsError('Say which: projections rebuild NAME (see projections list)');
      const asked = await requestRebuild(await databaseOf('analytics.intake'), name);
      if (asked.length === 0) throw new OpsError(`There is no projection "${name}"; see projections list.`);
      return say(
        `${name} is rebuilt by analytics, at once where it runs; watch it with: npm run ops -- projections list`,
      );
    }
    default:
      throw new OpsError(USAGE);
  }
}

await run()
  .catch((error: Error) => {
    const plain =
      error instanceof OpsError ||
      error.name === 'UnknownGroup' ||
      error.message.startsWith('Cairn has not been started');
    process.stderr.write(`${plain ? error.message : (error.stack ?? error.message)}\n`);
    process.exitCode = 1;
  })
  .finally(() => Promise.all([...pools.values()].map((pool) => pool.end())));
