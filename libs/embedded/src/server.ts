import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { canEnter, serverAccount, type Account } from './account.js';
import { clusterPath, openCluster, USER, type Cluster } from './cluster.js';
import { makeDirectory } from './directories.js';
import { EmbeddedPostgresError, isFault, portTaken } from './errors.js';
import { guarded, type Guarded } from './guard.js';
import { openLog, whyEnded, type ServerLog } from './log.js';
import { claim, release } from './owner.js';
import { freePort, isPortFree } from './ports.js';
import { findPrograms, type Programs } from './programs.js';

export interface EmbeddedPostgresOptions {
  /** Holds the cluster, its password (0600) and its log; made when missing. See `dataPlace`. */
  directory: string;
  /** TCP port on 127.0.0.1; a free one when left out. */
  port?: number;
  /** False turns fsync and its kin off: for tests, whose data may be lost with the machine. Default true. */
  durable?: boolean;
  /** Told each step that may take a while, as a line for a person. */
  progress?: (line: string) => void;
  /** Told when the server ends without `stop` having been called. */
  onEnd?: (error: EmbeddedPostgresError) => void;
}

export interface EmbeddedPostgres {
  /** `postgres://cairn:<password>@127.0.0.1:<port>/postgres`, a superuser. */
  readonly url: string;
  readonly port: number;
  readonly directory: string;
  /** The process id of the server now running. */
  readonly pid: number;
  /** Ends all sessions, writes a checkpoint and ends the server. Does nothing when it has ended already. */
  stop(): Promise<void>;
  /** Stops the server where it runs and starts it on the same port. */
  restart(): Promise<void>;
}

/** PostgreSQL gets this long for its last checkpoint, in milliseconds; then it is told to end at once. */
const STOP_WITHIN = 20_000;

/**
 * Starts a real PostgreSQL on a directory and answers once it takes connections. It listens on the loopback
 * address only, asks for a generated password, and ends when this process does, even by SIGKILL.
 * Throws `EmbeddedPostgresError`; its `code` says what was wrong.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { directory, durable = true, progress = () => undefined } = options;
  const account = await serverAccount();
  const programs = await findPrograms(account, progress);
  await makeDirectory(directory);
  if (!(await canEnter(directory, account))) throw unreachable(directory);
  await claim(directory, clusterPath(directory));

  let server: Guarded | undefined;
  try {
    const cluster = await openCluster(directory, programs, account, { durable, progress });
    let port = options.port ?? (await freePort());
    let stopping = false;

    const report = async (launched: Launched) => {
      await launched.server.ended;
      if (!stopping) options.onEnd?.(await whyEnded(launched.log, port));
    };
    const start = async () => {
      stopping = false;
      const launched = await launch({ directory, cluster, programs, account, port, durable, progress });
      server = launched.server;
      void report(launched);
    };
    const stop = async () => {
      stopping = true;
      if (server) await shutDown(server);
    };

    try {
      await start();
    } catch (error) {
      // A free port can be taken by somebody else before PostgreSQL gets to it.
      if (options.port !== undefined || !isFault(error, 'port-taken')) throw error;
      port = await freePort();
      await start();
    }
    return {
      url: `postgres://${USER}:${cluster.password}@127.0.0.1:${port}/postgres`,
      port,
      directory,
      get pid() {
        return server!.pid;
      },
      stop: async () => {
        await stop();
        await release(directory);
      },
      restart: async () => {
        await stop();
        await start();
      },
    };
  } catch (error) {
    await release(directory);
    throw error;
  }
}

interface Launched {
  server: Guarded;
  log: ServerLog;
}

interface Launch {
  directory: string;
  cluster: Cluster;
  programs: Programs;
  account: Account | undefined;
  port: number;
  durable: boolean;
  progress: (line: string) => void;
}

async function launch(options: Launch): Promise<Launched> {
  const { port, progress } = options;
  if (!(await isPortFree(port))) throw portTaken(port);
  progress('Starting PostgreSQL');
  for (let attempt = 1; ; attempt++) {
    try {
      return await launchOnce(options);
    } catch (error) {
      // They need a moment to notice.
      if (attempt === 100 || !isFault(error, 'sessions-remain')) throw error;
      await delay(100);
    }
  }
}

async function launchOnce(options: Launch): Promise<Launched> {
  const { directory, cluster, port } = options;
  const log = await openLog(directory);
  try {
    const server = guarded({
      command: options.programs.postgres,
      args: ['-D', cluster.path, ...settings(port, options.durable)],
      cwd: cluster.path,
      account: options.account,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      output: log.file.fd,
      endWith: { ask: 'SIGINT', insist: 'SIGQUIT' },
    });
    while (!(await isReady(cluster.path, server.pid))) {
      if (!server.running()) throw await whyEnded(log, port);
      await delay(20);
    }
    return { server, log };
  } finally {
    await log.file.close();
  }
}

function settings(port: number, durable: boolean): string[] {
  const chosen: Record<string, string | number> = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // Four services with all their pools full have some 200; specs run several of them side by side.
    max_connections: 400,
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %d ',
    log_checkpoints: 'off',
    // After a full disk it would recover, fail again and say nothing; whoever started it is to be told.
    restart_after_crash: 'off',
    // Details and statements of failures would carry people's data into a plain file.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(chosen).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** PostgreSQL writes its state into the eighth line of postmaster.pid, as pg_ctl reads it. */
async function isReady(cluster: string, pid: number): Promise<boolean> {
  const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

async function shutDown(server: Guarded): Promise<void> {
  if (!server.running()) return;
  server.signal('SIGINT');
  const ended = await Promise.race([server.ended, delay(STOP_WITHIN, undefined, { ref: false })]);
  if (ended) return;
  server.signal('SIGQUIT');
  await server.ended;
}

function unreachable(directory: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'directory-unreachable',
    `PostgreSQL does not run as root, and its account "nobody" cannot enter ${directory}. ` +
      'Choose a directory that others can enter, or start as an ordinary user.',
  );
}
