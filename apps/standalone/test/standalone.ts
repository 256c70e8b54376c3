import { dataPlace, freePort } from '@cairn/embedded';
import { developmentIssuer } from '@cairn/identity';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { DatabaseName } from '../src/databases.js';
import { ISSUER } from '../src/issuer.js';
import { Client } from './client.js';

const ROOT = join(import.meta.dirname, '../../..');
const run = promisify(execFile);

/** Cairn as `npm start` runs it: a process of its own, with data of its own, to be killed and started again. */
export class Standalone {
  /** Everything that it has written to its standard output and error, over all its starts. */
  output = '';
  private child: ChildProcess | undefined;

  private constructor(
    private readonly directory: string,
    /** Where it keeps what outlives a process. */
    readonly home: string,
    readonly port: number,
    private readonly environment: Readonly<Record<string, string>>,
    readonly client: Client,
  ) {}

  /** @param environment beside its place and port; without KAFKA_BROKERS it runs over the PostgreSQL bus */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    within = tmpdir(),
  ): Promise<Standalone> {
    const directory = await mkdtemp(join(within, 'cairn-standalone-'));
    // Started by root, PostgreSQL runs under an account that has to pass through.
    await chmod(directory, 0o711);
    const home = dirname((await dataPlace(directory)).directory);
    const issuer = await developmentIssuer(home, { issuer: ISSUER });
    const port = await freePort();
    const client = new Client(`http://127.0.0.1:${port}`, issuer);
    const standalone = new Standalone(directory, home, port, environment, client);
    await standalone.start();
    return standalone;
  }

  /** Starts it, again where it was ended or killed, and waits until it is ready. */
  async start(): Promise<void> {
    const before = this.output.length;
    const child = spawn(process.execPath, ['apps/standalone/dist/main.js'], {
      cwd: ROOT,
      env: this.env(),
      // Ends with this process, also when that is killed.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child = child;
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    while (!this.output.slice(before).includes('Cairn is ready')) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`Cairn did not start:\n${this.output.slice(before)}`);
      await delay(25);
    }
  }

  /** Ends the process and everything in it, at once. */
  async kill(): Promise<void> {
    const child = this.child!;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Runs `npm run ops -- …`; @returns what it prints */
  async ops(...args: string[]): Promise<string> {
    const { stdout } = await run(process.execPath, ['apps/standalone/dist/ops.js', ...args], {
      cwd: ROOT,
      env: this.env(),
    });
    return stdout;
  }

  /** Runs a program of the standalone to its end, in the same place; @returns how it ended and what it said */
  async program(
    name: 'main' | 'ops' | 'token',
    args: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [`apps/standalone/dist/${name}.js`, ...args], {
      cwd: ROOT,
      env: { ...this.env(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...said };
  }

  /** Asks it to end, as Ctrl-C does; its data stay. @returns its exit code */
  async end(): Promise<number | null> {
    const ended = this.ended();
    this.child!.kill('SIGTERM');
    return ended;
  }

  /** Settles, with its exit code, when the process that runs now has ended and said all. */
  async ended(): Promise<number | null> {
    const [code] = (await once(this.child!, 'close')) as [number | null];
    return code;
  }

  /** The address of each database. */
  async databases(): Promise<Record<DatabaseName, string>> {
    const note = await readFile(join(this.home, 'running.json'), 'utf8');
    return (JSON.parse(note) as { databases: Record<DatabaseName, string> }).databases;
  }

  async stop(): Promise<void> {
    const child = this.child!;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    for (const path of new Set([this.directory, this.home])) await rm(path, { recursive: true, force: true });
  }

  private env(): Record<string, string> {
    const { KAFKA_BROKERS: _, NODE_OPTIONS: __, ...inherited } = process.env as Record<string, string>;
    return { ...inherited, ...this.environment, PORT: String(this.port), CAIRN_HOME: this.directory };
  }
}
