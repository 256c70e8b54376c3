import {
  ANSWERS_WITHIN_MS,
  openImportedLog,
  openPool,
  raiseGeneration,
  serverOf,
  unlessSilent,
  SAYS_CONNECTION,
} from '@cairn/event-store/postgres';
import { isUuid } from '@cairn/identity/uuid';
import {
  listConsumers,
  discardDeadLetters,
  listDeadLetters,
  listLostLetters,
  lostOf,
  redriveDeadLetters,
  resetConsumer,
  rewindConsumer,
  showDeadLetter,
} from '@cairn/messaging/operate';
import { eraseTexts } from '@cairn/private-text';
import {
  dropProjection,
  listProjections,
  readBuilds,
  requestRebuild,
  switchProjection,
} from '@cairn/projections';
import { parseArgs } from 'node:util';
import type { Pool } from 'pg';
import { SERVICES } from './databases.js';
import {
  buildShown,
  consumerShown,
  deadLettersShown,
  discardedShown,
  erasedShown,
  lostLettersShown,
  projectionsShown,
  redrivenShown,
  resetShown,
  restoredShown,
  rewoundShown,
} from './ops-shown.js';
import { findPlace, readRunNote } from './place.js';

const USAGE = `npm run ops -- COMMAND

  consumers list                    each group: whether it runs, where it stands, what it has put aside, how fresh it is
  consumers reset GROUP --to beginning
                                    reads everything again; what was handled before changes nothing twice
  consumers reset GROUP --to end    goes on from now: what was not handled yet is SKIPPED FOR GOOD
  consumers rewind GROUP [--to TIME] [--tenant ID]
                                    handles again what was published since then (all without it), or of that only one
                                    tenant's; what was handled before changes nothing twice
  dead-letters list [GROUP]         messages that could not be handled and were put aside
  dead-letters list --lost EVENTS   those of events that a restored service no longer has; "log restored" says which
  dead-letters show GROUP ID        one of them: where it came from, why it was put aside, and what it says
  dead-letters redrive GROUP [ID …] handles them again (all without an ID), then what was held behind them
  dead-letters discard GROUP ID … --because WHY
                                    gives them up FOR GOOD, and handles what was held behind them
  projections list                  the tables behind the reports, and how far behind they are
  projections rebuild NAME [VERSION]
                                    builds them anew from analytics' own log, beside those that reports are read from
  projections switch NAME [VERSION.BUILD]
                                    lets reports be read from the new ones, in one step; the old ones are kept up to date
  projections drop NAME VERSION.BUILD
                                    removes tables that are not read any more
  texts erase sessions|goals --tenant ID --person ID
                                    makes all private texts of a person (their personId; a coach's notes: the coachId) in
                                    that service unreadable, at once and FOR GOOD
  log copy sessions|goals --to eventstoredb|postgres
                                    moves the service's log to the other store, with ids, order and times, while the
                                    service is stopped; DATABASE_URL and EVENTSTOREDB_URL say where both are
  log restored SERVICE [--above GENERATION]
                                    for a service whose database was restored from a backup, before it starts: what it
                                    publishes from now on counts as new; needs DATABASE_URL, and where its log is in
                                    EventStoreDB also EVENT_STORE=eventstoredb and EVENTSTOREDB_URL. With --above, where
                                    the bus holds a later log: what the backup had not published may come a second time.
                                    Of analytics: readers of its feed begin anew

A group is named <service>.<what>: enrollment.inbox, sessions.inbox, goals.inbox, analytics.intake. The commands write
what is wanted into the service's database, and the running service does it; texts are erased at once. They work on the standalone that was
started from this checkout (CAIRN_HOME: on the one that was started with it); with DATABASE_URL set, on that one
database. More: docs/how-to/operate.md.`;

const NO_URL = 'DATABASE_URL must be postgres://user:password@host:port/database.';

/** Told in plain words, without a stack. */
class OpsError extends Error {}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
// Whoever reads only the first lines (head, grep -q) has read enough.
process.stdout.on('error', () => process.exit(0));

const pools = new Map<string, Pool>();

/** The database of each service, or the one that DATABASE_URL names. */
async function databases(): Promise<ReadonlyMap<string, Pool>> {
  if (pools.size > 0) return pools;
  const given = process.env['DATABASE_URL'];
  if (given && !/^postgres(ql)?:\/\/./.test(given)) throw new OpsError(NO_URL);
  const urls = given ? { given } : (await readRunNote((await findPlace()).home)).databases;
  for (const [name, url] of Object.entries(urls))
    if (given || (SERVICES as readonly string[]).includes(name))
      pools.set(
        name,
        openPool({ connectionString: url, max: 2, connectionTimeoutMillis: ANSWERS_WITHIN_MS }),
      );
  return pools;
}

async function databaseOf(group: string): Promise<Pool> {
  const all = await databases();
  const service = group.split('.')[0]!;
  const given = all.get('given');
  const owner = given && (await ownerOf(given));
  if (owner !== undefined && owner !== service && (SERVICES as readonly string[]).includes(service))
    throw new OpsError(`DATABASE_URL is the database of ${owner}, not of ${service}: nothing was done.`);
  const pool = given ?? all.get(service);
  if (pool === undefined)
    throw new OpsError(
      `There is no service for "${group}"; groups begin with one of: ${SERVICES.join(', ')}. ` +
        'See: npm run ops -- consumers list',
    );
  return pool;
}

const each = async <T>(work: (pool: Pool, name: string) => Promise<T[]>): Promise<T[]> =>
  (await Promise.all([...(await databases())].map(([name, pool]) => work(pool, name)))).flat();

interface Options {
  readonly to?: string | undefined;
  readonly tenant?: string | undefined;
  readonly person?: string | undefined;
  readonly because?: string | undefined;
  readonly above?: string | undefined;
  readonly lost?: string | undefined;
}

/** Runs one command. @returns what it says */
async function run(
  command: string,
  args: readonly string[],
  { to, tenant, person, because, above, lost: lostEvents }: Options,
): Promise<string> {
  switch (command) {
    case 'consumers list': {
      const groups = await each((pool) => listConsumers(pool));
      return groups.length === 0
        ? 'No consumer group is known yet: a service makes its own when it first starts.'
        : groups.map((group) => consumerShown(group, new Date())).join('\n');
    }
    case 'consumers reset': {
      const [group] = args;
      if (group === undefined || (to !== 'beginning' && to !== 'end'))
        throw new OpsError(
          'consumers reset GROUP --to beginning: reads everything again; what was handled before changes nothing twice.\n' +
            'consumers reset GROUP --to end: goes on from now; what was not handled yet is skipped for good.',
        );
      await resetConsumer(await databaseOf(group), group, to);
      return resetShown(group, to);
    }
    case 'consumers rewind': {
      const [group] = args;
      const at = to === undefined ? undefined : instantOf(to);
      if (
        group === undefined ||
        (to !== undefined && (at === undefined || at > new Date())) ||
        (tenant !== undefined && !isUuid(tenant))
      )
        throw new OpsError(
          'consumers rewind GROUP [--to TIME] [--tenant ID]; TIME in UTC, not to come, as 2026-03-02T09:00:00Z or 2026-03-02, ID a UUID, ' +
            'as the tokens name the tenant.',
        );
      await rewindConsumer(await databaseOf(group), group, {
        ...(at && { to: at }),
        ...(tenant !== undefined && { tenantId: tenant }),
      });
      return rewoundShown(group, at, tenant);
    }
    case 'dead-letters list': {
      const [group] = args;
      if (lostEvents !== undefined) {
        const lost = lostOf(lostEvents);
        if (lost === undefined)
          throw new OpsError('dead-letters list [GROUP] --lost EVENTS, as "log restored" has said it.');
        return lostLettersShown(
          group === undefined
            ? await each((pool) => listLostLetters(pool, lost))
            : await listLostLetters(await databaseOf(group), lost, group),
          lost,
        );
      }
      return deadLettersShown(
        group === undefined
          ? await each((pool) => listDeadLetters(pool))
          : await listDeadLetters(await databaseOf(group), group),
      );
    }
    case 'dead-letters show': {
      const [group, id] = args;
      if (group === undefined || id === undefined || !isNumber(id))
        throw new OpsError('Say which: dead-letters show GROUP ID, as dead-letters list gives them.');
      const letter = await showDeadLetter(await databaseOf(group), group, id);
      if (letter === undefined) throw new OpsError(`${group} has no open dead letter ${id}.`);
      return JSON.stringify(letter, null, 2);
    }
    case 'dead-letters redrive': {
      const [group, ...ids] = args;
      if (group === undefined || !ids.every(isNumber))
        throw new OpsError('Say which: dead-letters redrive GROUP [ID …], as dead-letters list gives them.');
      const pool = await databaseOf(group);
      return redrivenShown(group, await redriveDeadLetters(pool, group, ids.length > 0 ? ids : undefined));
    }
    case 'dead-letters discard': {
      const [group, ...ids] = args;
      if (group === undefined || ids.length === 0 || !ids.every(isNumber) || !because?.trim())
        throw new OpsError(
          'dead-letters discard GROUP ID … --because WHY: their events are never handled by this group. WHY is kept beside them.',
        );
      return discardedShown(
        group,
        new Set(ids).size,
        await discardDeadLetters(await databaseOf(group), group, ids, because),
      );
    }
    case 'projections list': {
      const pool = await databaseOf('analytics.intake');
      const log = openImportedLog({ pool, schema: 'imported' });
      return projectionsShown(await listProjections(pool, log, new Date()));
    }
    case 'projections rebuild': {
      const { name, version, build: of } = buildOf(args, 'projections rebuild NAME [VERSION]');
      if (of !== undefined)
        throw new OpsError(`A rebuild makes a build of its own: projections rebuild ${name} ${version}.`);
      const build = await requestRebuild(await databaseOf('analytics.intake'), name, version);
      return (
        `${buildShown(build)} is built by analytics, at once where it runs; reports are read from the old one until you ` +
        `say: npm run ops -- projections switch ${name}. See how far it is: npm run ops -- projections list`
      );
    }
    case 'projections switch': {
      const { name, ...wanted } = buildOf(args, 'projections switch NAME [VERSION.BUILD]');
      const { PROJECTIONS } = await import('@cairn/analytics/projections');
      const pool = await databaseOf('analytics.intake');
      const before = (await readBuilds(pool)).find((each) => each.name === name);
      const build = await switchProjection(pool, PROJECTIONS, name, wanted);
      if (before?.version === build.version && before.build === build.build)
        return `Reports are read from ${buildShown(build)} already: nothing was done.`;
      return `Reports are read from ${buildShown(build)} now. The one before is kept up to date, to switch back to, until you drop it.`;
    }
    case 'projections drop': {
      const { name, version, build } = buildOf(args, 'projections drop NAME VERSION.BUILD');
      if (version === undefined || build === undefined)
        throw new OpsError('Say which build: projections drop NAME VERSION.BUILD (see projections list).');
      await dropProjection(await databaseOf('analytics.intake'), { name, version, build });
      return `${buildShown({ name, version, build })} is gone, with its tables.`;
    }
    case 'texts erase':
      return erase(args[0], tenant, person);
    case 'log copy':
      return copyLog(args[0], to);
    case 'log restored': {
      const [service] = args;
      if (service === undefined || !(SERVICES as readonly string[]).includes(service))
        throw new OpsError(`Say which: log restored ${SERVICES.join('|')} [--above GENERATION].`);
      if (above !== undefined && (service === 'analytics' || !/^\d{1,9}$/.test(above)))
        throw new OpsError('--above takes the generation that the service named when it did not start.');
      if (!process.env['DATABASE_URL'])
        throw new OpsError(`Set DATABASE_URL: the restored database of ${service}.`);
      const pool = await databaseOf(service);
      const owner = await ownerOf(pool);
      if (service === 'analytics') {
        await raiseGeneration(pool, 0, 'imported');
        return 'analytics may start: it takes in again what followed the backup. Readers of its feed begin anew (409 feed-began-anew).';
      }
      const { eventStoreIn, resumeRestoredLog } = await import('@cairn/service');
      // Enrolment's is in its database, whatever stands in the environment.
      const kept = service === 'enrollment' ? { kind: 'postgres' as const } : eventStoreIn(process.env);
      const lost = await resumeRestoredLog(
        pool,
        service,
        kept,
        above === undefined ? undefined : Number(above),
      );
      const isNew = owner === undefined ? `This database held no log: that of ${service} begins anew. ` : '';
      return isNew + restoredShown(service, lost, above !== undefined);
    }
    default:
      throw new OpsError(command.trim() === '' ? USAGE : `There is no command "${command}".\n\n${USAGE}`);
  }
}

async function erase(
  service: string | undefined,
  tenant: string | undefined,
  person: string | undefined,
): Promise<string> {
  if ((service !== 'sessions' && service !== 'goals') || !isUuid(tenant) || !isUuid(person))
    throw new OpsError(
      'Say whose: texts erase sessions|goals --tenant ID --person ID; the tenant as the tokens name it, the personId ' +
        '(of notes that a coach wrote: the coachId).',
    );
  const pool = await databaseOf(service);
  if ((await ownerOf(pool)) !== service)
    throw new OpsError(`DATABASE_URL is not the database of ${service}: nothing was erased.`);
  return erasedShown(service, person, await eraseTexts(pool, tenant, person));
}

/** Whose database it is, a service's by the group that reads there; undefined of a new one. */
async function ownerOf(pool: Pool): Promise<string | undefined> {
  const { rows: found } = await pool.query<{ schema: string }>(
    `SELECT schemaname AS schema FROM pg_tables WHERE (schemaname, tablename) IN (('bus_in', 'groups'), ('bus', 'messages'))`,
  );
  if (!found.some(({ schema }) => schema === 'bus_in')) return found.length === 0 ? undefined : 'the bus';
  // No more is asked of it: an older release may have left it, in a backup.
  const { rows } = await pool.query<{ name: string }>('SELECT name FROM bus_in.groups ORDER BY name LIMIT 1');
  return rows[0]?.name.split('.')[0];
}

async function copyLog(service: string | undefined, to: string | undefined): Promise<string> {
  if ((service !== 'sessions' && service !== 'goals') || (to !== 'eventstoredb' && to !== 'postgres'))
    throw new OpsError('Say which: log copy sessions|goals --to eventstoredb|postgres.');
  const { DATABASE_URL: databaseUrl, EVENTSTOREDB_URL: eventStoreDb } = process.env;
  if (!databaseUrl || !eventStoreDb)
    throw new OpsError(
      `Set DATABASE_URL (the database of ${service}) and EVENTSTOREDB_URL (esdb://…): the log is copied between the two.`,
    );
  const { eventStoreIn, moveLog } = await import('@cairn/service');
  eventStoreIn({ EVENT_STORE: 'eventstoredb', EVENTSTOREDB_URL: eventStoreDb });
  if ((await ownerOf(await databaseOf(service))) !== service)
    throw new OpsError(`DATABASE_URL is not the database of ${service}: nothing was copied.`);
  let said = performance.now();
  const { events, generation } = await moveLog({
    service,
    databaseUrl,
    eventStoreDb,
    to,
    onProgress: (copied) => {
      if (performance.now() - said < 2_000) return;
      said = performance.now();
      say(`  ${copied} events copied`);
    },
  });
  return (
    `The log of ${service} is in ${to} now: ${events} events, generation ${generation}. Start ${service} with ` +
    `EVENT_STORE=${to}; it publishes from where it was. Readers of its feed begin anew (409 feed-began-anew).`
  );
}

/** An instant in UTC, or the beginning of a day there; undefined where it is none, as the 30th of February. */
function instantOf(text: string): Date | undefined {
  const at = new Date(text);
  const isUtc = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/.test(text);
  return isUtc && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text.slice(0, 10))
    ? at
    : undefined;
}

/** `participation 2.1` is build 1 of version 2 of participation; both numbers may be left out. */
function buildOf([name, numbers]: readonly string[], usage: string) {
  const [, version, build] = /^v?(\d{1,9})(?:\.(\d{1,9}))?$/.exec(numbers ?? '') ?? [];
  if (name === undefined || (numbers !== undefined && version === undefined))
    throw new OpsError(`Say which: ${usage} (see projections list).`);
  return {
    name,
    ...(version !== undefined && { version: Number(version) }),
    ...(build !== undefined && { build: Number(build) }),
  };
}

/** What each command takes: so many arguments, and these options. */
const TAKES: Readonly<Record<string, { readonly most: number; readonly options?: readonly string[] }>> = {
  'consumers list': { most: 0 },
  'consumers reset': { most: 1, options: ['to'] },
  'consumers rewind': { most: 1, options: ['to', 'tenant'] },
  'dead-letters list': { most: 1, options: ['lost'] },
  'dead-letters show': { most: 2 },
  'dead-letters redrive': { most: Infinity },
  'dead-letters discard': { most: Infinity, options: ['because'] },
  'projections list': { most: 0 },
  'projections rebuild': { most: 2 },
  'projections switch': { most: 2 },
  'projections drop': { most: 2 },
  'texts erase': { most: 1, options: ['tenant', 'person'] },
  'log copy': { most: 1, options: ['to'] },
  'log restored': { most: 1, options: ['above'] },
};

/** @throws OpsError for what the command would not heed */
function refuseUnheeded(
  command: string,
  args: readonly string[],
  values: Readonly<Record<string, unknown>>,
): void {
  const takes = TAKES[command];
  if (takes === undefined) return;
  const { most, options = [] } = takes;
  const unheeded = Object.keys(values).find((name) => name !== 'help' && !options.includes(name));
  if (unheeded !== undefined)
    throw new OpsError(
      `"${command}" does not take --${unheeded}: nothing was done. It takes ${options.map((name) => `--${name}`).join(', ') || 'no option'}.`,
    );
  if (args.length > most)
    throw new OpsError(
      `"${command}" does not take "${args.slice(most).join(' ')}": nothing was done. It takes ` +
        `${most === 0 ? 'no argument' : most === 1 ? 'one argument' : `${most} arguments`}; see npm run ops -- help.`,
    );
}

const isNumber = (id: string): boolean => /^\d{1,18}$/.test(id);

/** Errors whose message is meant for whoever runs the command. */
const PLAIN = new Set([
  'AnotherLog',
  'ConfigurationError',
  'DebtRefused',
  'LogOfAnother',
  'LogTaken',
  'NoSuchDeadLetter',
  'NotPublishedFrom',
  'NotSettled',
  'NotStarted',
  'OtherMigrations',
  'PlaceError',
  'ProjectionRefused',
  'ReplayUnderWay',
  'StillRelaying',
  'UnknownGroup',
]);

/** Of `log copy`: what stands in the other store where an event is to be copied to. */
const THERE_ALREADY = new Set(['EventIdConflict', 'WrongExpectedVersion']);

/** Of the network; of PostgreSQL that starts or ends, or has no room for another. */
const UNREACHED = /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|57P0|53300)/;

const CHECK_WHO = 'Check user, password and name.';

/** What an operator can do something about, in a sentence; undefined for a defect, whose stack is wanted. */
function inPlainWords(error: Error): string | undefined {
  const { code } = error as { code?: unknown };
  if (error instanceof OpsError || PLAIN.has(error.name)) return error.message;
  if (error.name === 'LogUnavailable') return `${error.message} (EVENTSTOREDB_URL)`;
  if (THERE_ALREADY.has(error.name))
    return `The other store holds something else already: ${error.message}. Copy into an empty one. The log is where it was.`;
  const where = [...new Set([...pools.values()].map(({ options }) => serverOf(options.connectionString)))];
  const database = `${process.env['DATABASE_URL'] ? 'The database of DATABASE_URL' : 'The database of Cairn'} (${where.join(', ')})`;
  if (SAYS_CONNECTION.test(error.message) || error.message.includes('does not answer: nothing within'))
    return `${database} does not answer: nothing within ${ANSWERS_WITHIN_MS / 1000} s, or the connection was lost. What was asked for may have been done or not: see once it answers.`;
  // node-postgres has no code for a password that the server asks for and the address leaves out.
  if (error.message.startsWith('SASL: '))
    return `${database} does not let this in: ${error.message}. ${CHECK_WHO}`;
  if (typeof code !== 'string') return undefined;
  if (code === 'ERR_INVALID_URL') return NO_URL;
  if (code.startsWith('ERR_PARSE_ARGS')) return `${error.message}\n\n${USAGE}`;
  if (UNREACHED.test(code))
    return `${database} does not answer (${error.message || code}).${process.env['DATABASE_URL'] ? '' : ' Is Cairn running? The standalone starts with: npm start'}`;
  if (['28P01', '28000', '3D000', '42501'].includes(code))
    return `${database} does not let this in: ${error.message}. ${CHECK_WHO}`;
  if (code === '55P03')
    return `${database} is busy: what this needs was held by others for too long, so nothing was changed. Try again.`;
  if (code === '42703')
    return `${database} is one of another release of Cairn (${error.message}). Start its service of this release once, which brings it up to date.`;
  if (code === '42P01' || code === '3F000')
    return `${database} is not one of a service of Cairn, or its service has never started (${error.message}).`;
  return undefined;
}

async function main(): Promise<void> {
  const { positionals, values, tokens } = parseArgs({
    allowPositionals: true,
    tokens: true,
    options: {
      to: { type: 'string' },
      tenant: { type: 'string' },
      person: { type: 'string' },
      because: { type: 'string' },
      above: { type: 'string' },
      lost: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const given = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const twice = given.find((name, at) => given.indexOf(name) < at);
  if (twice !== undefined) throw new OpsError(`--${twice} is given twice: say it once.`);
  const [subject = '', action = '', ...args] = positionals;
  const command = `${subject} ${action}`.trim();
  if (!values.help) refuseUnheeded(command, args, values);
  say(
    values.help || subject === 'help'
      ? USAGE
      : await unlessSilent(() => pools.values(), run(command, args, values)),
  );
}

try {
  await main();
  await Promise.all([...pools.values()].map((pool) => pool.end()));
} catch (error) {
  process.stderr.write(`${inPlainWords(error as Error) ?? (error as Error).stack ?? String(error)}\n`);
  // Connections to a server that does not answer would not end by themselves.
  process.exit(1);
}
