import type { PreparedAppend } from '../content.js';
import type { Appended } from '../port.js';
import { isTransient } from './pool.js';

interface Waiting {
  readonly append: PreparedAppend;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

type Send = (appends: readonly PreparedAppend[]) => Promise<(Appended | Error)[]>;

/** Bounds on one batch, so that its statement and the time under the log's lock stay small. */
const MAX_APPENDS = 256;
const MAX_SIZE = 4_000_000;

/**
 * Gathers the appends that wait in this process and sends them as one call: while one batch commits, the next gathers,
 * so that nobody waits for a timer and one flush to disk serves many. Two batches at once were no faster: the log's lock
 * lets one commit at a time.
 */
export class GroupAppend {
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;

  constructor(private readonly send: Send) {}

  append(append: PreparedAppend): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ append, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Resolves once everything that was waiting has been answered. */
  async drained(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      // Callers that were just answered append again within this turn of the event loop: let them into the batch.
      await new Promise((resolve) => setImmediate(resolve));
      await this.sendBatch(this.nextBatch());
    }
    this.running = undefined;
  }

  private nextBatch(): Waiting[] {
    let count = 0;
    let size = 0;
    for (const { append } of this.waiting) {
      size += append.size;
      if (count === MAX_APPENDS || (count > 0 && size > MAX_SIZE)) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async sendBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const fates = await this.send(batch.map(({ append }) => append));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const fate = fates[index]!;
        if (fate instanceof Error) reject(fate);
        else resolve(fate);
      }
    } catch (error) {
      if (batch.length > 1) await this.sendOneByOne(batch);
      else batch[0]!.reject(error);
    }
  }

  /**
   * Only the guilty one fails, and what the failed call may have written after all is found again by its ids. When the
   * database itself is away, nobody is guilty and the rest fails with the same error instead of waiting in turn.
   */
  private async sendOneByOne(batch: readonly Waiting[]): Promise<void> {
    let away: unknown;
    for (const { append, resolve, reject } of batch) {
      if (away !== undefined) {
        reject(away);
        continue;
      }
      try {
        const [fate] = await this.send([append]);
        if (fate instanceof Error) reject(fate);
        else resolve(fate!);
      } catch (error) {
        if (isTransient(error)) away = error;
        reject(error);
      }
    }
  }
}
