import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig, type Pool } from 'pg';
import { type Position, START } from '../port.js';

/**
 * Wakes the readers of this process when the database notifies `channel`: one connection for all of them, opened with the
 * first wait and opened again when it is lost. Only an accelerator: whoever waits also looks by himself now and then.
 */
export class Wakeups {
  private count = 0;
  private latest: Position = START;
  private readonly sleepers = new Set<() => void>();
  private client: Client | undefined;
  private connecting = false;
  private retryAt = 0;
  private closed = false;

  constructor(
    private readonly config: ClientConfig,
    private readonly channel: string,
  ) {}

  /** Take it before looking: a wake-up that comes between the look and the wait then ends the wait at once. */
  seen(): number {
    return this.count;
  }

  /** Resolves on a wake-up since `seen`, after `ms`, or when `signal` aborts. */
  wait(seen: number, ms: number, signal: AbortSignal): Promise<void> {
    if (seen !== this.count || signal.aborted || this.closed) return Promise.resolve();
    void this.listen();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener('abort', wake);
      this.sleepers.add(wake);
    });
  }

  /**
   * Also called by the writers of this process: their own readers need not wait for the notice to come round. A position
   * that is known already wakes nobody again.
   */
  wake(position?: Position): void {
    if (position !== undefined) {
      if (position <= this.latest) return;
      this.latest = position;
    }
    this.count += 1;
    for (const wake of this.sleepers) wake();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wake();
    await this.client?.end().catch(() => undefined);
  }

  private async listen(): Promise<void> {
    if (this.client !== undefined || this.connecting || this.closed || Date.now() < this.retryAt) return;
    this.connecting = true;
    const client = new Client(this.config);
    const lost = () => {
      if (this.client === client) this.client = undefined;
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload }) => this.wake(payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${this.channel}`);
      this.client = client;
      this.wake(); // whatever came before LISTEN took effect
    } catch {
      this.retryAt = Date.now() + 1000;
      await client.end().catch(() => undefined);
    }
    this.connecting = false;
    if (this.closed) await client.end().catch(() => undefined);
  }
}

/** How far apart two notices are at least, in milliseconds: more of them would cost appends a tenth of their speed. */
const APART_MS = 5;

/**
 * Tells other processes that something was committed: after the commit, in a transaction of its own. A NOTIFY inside it
 * takes a lock of the whole server until the commit is on disk; three logs on one server lost a fifth of their appends so.
 * At most one is on its way; those asked for meanwhile become the next one.
 */
export class Notices {
  private sending: Promise<void> | undefined;
  private latest: Position = START;
  private sent: Position = START;

  constructor(
    private readonly pool: Pool,
    private readonly channel: string,
  ) {}

  send(position: Position): void {
    if (position > this.latest) this.latest = position;
    this.sending ??= this.run();
  }

  async drained(): Promise<void> {
    await this.sending;
  }

  private async run(): Promise<void> {
    while (this.sent < this.latest) {
      const { latest } = this;
      // A lost notice costs a second, since readers look by themselves too: it need not wait for the disk, as appends do.
      const text = "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";
      await this.pool.query({ name: 'notify', text, values: [this.channel, latest] }).catch(() => undefined);
      this.sent = latest;
      if (this.sent < this.latest) await sleep(APART_MS);
    }
    this.sending = undefined;
  }
}
