import { isTransient } from './pool.js';

interface Waiting<Item, Fate> {
  readonly item: Item;
  readonly resolve: (fate: Fate) => void;
  readonly reject: (error: unknown) => void;
}

/** Sends a batch; what became of each item, in order. */
type Send<Item, Fate> = (items: readonly Item[]) => Promise<readonly (Fate | Error)[]>;

/** Bounds on one batch, so that its statement and the time that it holds locks stay small. */
const MAX_ITEMS = 256;
const MAX_SIZE = 4_000_000;

/**
 * Gathers what waits in this process and sends it as one statement: while one batch is on its way, the next gathers, so
 * that nobody waits for a timer and one round trip (and one flush to disk) serves many.
 */
export class Gathering<Item, Fate> {
  private waiting: Waiting<Item, Fate>[] = [];
  private running: Promise<void> | undefined;

  /** @param sizeOf in characters; no batch has many more than four million */
  constructor(
    private readonly send: Send<Item, Fate>,
    private readonly sizeOf: (item: Item) => number,
  ) {}

  add(item: Item): Promise<Fate> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Resolves once everything that was waiting has been answered. */
  async drained(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      // Callers that were just answered come again within this turn of the event loop: let them into the batch.
      await new Promise((resolve) => setImmediate(resolve));
      await this.sendBatch(this.nextBatch());
    }
    this.running = undefined;
  }

  private nextBatch(): Waiting<Item, Fate>[] {
    let count = 0;
    let size = 0;
    for (const { item } of this.waiting) {
      size += this.sizeOf(item);
      if (count === MAX_ITEMS || (count > 0 && size > MAX_SIZE)) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async sendBatch(batch: readonly Waiting<Item, Fate>[]): Promise<void> {
    try {
      const fates = await this.send(batch.map(({ item }) => item));
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
   * Only the guilty one fails; what the failed statement may have done after all must be found again by its ids. When the
   * database itself is away, nobody is guilty and the rest fails with the same error instead of waiting in turn.
   */
  private async sendOneByOne(batch: readonly Waiting<Item, Fate>[]): Promise<void> {
    let away: unknown;
    for (const { item, resolve, reject } of batch) {
      if (away !== undefined) {
        reject(away);
        continue;
      }
      try {
        const [fate] = await this.send([item]);
        if (fate instanceof Error) reject(fate);
        else resolve(fate!);
      } catch (error) {
        if (isTransient(error)) away = error;
        reject(error);
      }
    }
  }
}
