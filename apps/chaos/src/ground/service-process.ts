import { guarded, type Guarded } from '@cairn/embedded';
import { open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '../services.js';

const ROOT = join(import.meta.dirname, '../../../..');
const RESTART_MS = 500;

/** How a service's process ended that nobody had told to end. */
export interface Exit {
  readonly service: string;
  readonly code: number | null;
  readonly signal: string | null;
  /** It had not come up yet, and said why in words: a start that is tried again, as a supervisor does. */
  readonly refusedToStart: boolean;
  readonly lastWords: string;
}

/** One service as its container runs it, under a supervisor that starts it again whenever it ends. */
export class ServiceProcess {
  readonly exits: Exit[] = [];
  private process: Guarded | undefined;
  /** It is down because we want it to be. */
  private wantedDown = false;

  /** @param logFile takes everything that it prints, over all its starts */
  constructor(
    readonly name: ServiceName,
    readonly port: number,
    private readonly environment: Readonly<Record<string, string>>,
    readonly logFile: string,
  ) {}

  async start(): Promise<void> {
    this.wantedDown = false;
    const output = await open(this.logFile, 'a');
    const { size } = await output.stat();
    const started = guarded({
      command: process.execPath,
      args: ['--enable-source-maps', '--trace-warnings', `apps/${this.name}/dist/main.js`],
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'],
        ...this.environment,
        PORT: String(this.port),
        NODE_ENV: 'production',
        // They are started again and again, and a fifth of a start is compiling what the last one had compiled, too.
        NODE_COMPILE_CACHE: join(dirname(this.logFile), 'compiled'),
      },
      output: output.fd,
      endWith: { ask: 'SIGTERM', insist: 'SIGKILL' },
    });
    await output.close();
    this.process = started;
    void this.watch(started, size);
  }

  /** Waits for its end; where nobody wanted that, it is noted, and the service started again. */
  private async watch({ ended }: Guarded, logFrom: number): Promise<void> {
    const { code, signal } = await ended;
    if (this.wantedDown) return;
    const said = (await readFile(this.logFile)).subarray(logFrom).toString('utf8');
    this.exits.push({
      service: this.name,
      code,
      signal,
      refusedToStart: code === 1 && said.includes('could not start'),
      lastWords: said.trim().split('\n').slice(-8).join('\n'),
    });
    await sleep(RESTART_MS);
    if (!this.wantedDown) await this.start();
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    await this.endBy('SIGKILL');
  }

  async killFor(awayMs: number): Promise<void> {
    await this.kill();
    await sleep(awayMs);
    await this.start();
  }

  /** Asks it to end. @returns its exit code */
  async stop(): Promise<number | null> {
    return this.endBy('SIGTERM');
  }

  async pauseFor(forMs: number): Promise<void> {
    const paused = this.process!;
    paused.signal('SIGSTOP');
    await sleep(forMs);
    paused.signal('SIGCONT');
  }

  private async endBy(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    this.wantedDown = true;
    this.process!.signal(signal);
    return (await this.process!.ended).code;
  }

  /** Waits until it says that it is ready. */
  async untilReady(withinMs: number): Promise<void> {
    const url = `http://127.0.0.1:${this.port}/${this.name}/health/ready`;
    for (const end = Date.now() + withinMs; ; await sleep(100)) {
      const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
      if (answer?.ok) return;
      if (Date.now() > end)
        throw new Error(`${this.name} is not ready: ${(await readFile(this.logFile, 'utf8')).slice(-2000)}`);
    }
  }
}
