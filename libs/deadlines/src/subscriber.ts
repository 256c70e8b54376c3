import type { Pool, PoolClient } from 'pg';
import { START, type EventStore, type Position, type StoredEvent } from '@cairn/event-store';
import { applyEvents } from './apply.js';
import type { DeadlinePlan } from './deadline.js';
import { inTransaction } from '@cairn/event-store/postgres';

const BATCH = 500;

/** Keeps the table as the log says. Several replicas may: what one has written, the others pass over. */
export class Subscriber {
  /** Everything up to here is in the table. */
  at: Position = START;

  constructor(
    private readonly store: EventStore,
    private readonly pool: Pool,
    private readonly plan: DeadlinePlan,
    private readonly onApplied: () => void,
  ) {}

  /** Follows the log until `signal` aborts; rejects when something fails, and may then be run again. */
  async run(signal: AbortSignal): Promise<void> {
    while ((await this.follow(signal)) === 'set-back');
  }

  private async follow(signal: AbortSignal): Promise<'ended' | 'set-back'> {
    this.at = await this.checkpoint();
    for await (const batch of this.store.subscribe(this.at, { batchSize: BATCH, signal })) {
      if (!(await this.apply(this.at, batch))) return 'set-back';
      this.at = batch.at(-1)!.position;
      this.onApplied();
    }
    return 'ended';
  }

  /** False where the table does not hold all up to `after` any more: somebody has emptied it, and a batch would be missing. */
  private apply(after: Position, batch: readonly StoredEvent[]): Promise<boolean> {
    return inTransaction(this.pool, async (client) => {
      const done = await lockDeadlines(client);
      if (done === undefined || done < after) return false;
      const rest = batch.filter((event) => event.position > done);
      if (rest.length === 0) return true;
      await applyEvents(client, rest, this.plan);
      await moveDeadlines(client, rest.at(-1)!.position);
      return true;
    });
  }

  /** Where the table stands. At its very first start that is the beginning: it is made from the log, and from it alone. */
  private async checkpoint(): Promise<Position> {
    await this.pool.query('insert into deadlines.checkpoint (position) values ($1) on conflict do nothing', [
      START,
    ]);
    const { rows } = await this.pool.query<{ position: Position }>(
      'select position from deadlines.checkpoint',
    );
    return rows[0]!.position;
  }
}

/** Where the table stands in the log; undefined where it was never filled. Locked until the caller's transaction ends. */
export async function lockDeadlines(client: PoolClient): Promise<Position | undefined> {
  const { rows } = await client.query<{ position: Position }>(
    'select position from deadlines.checkpoint for update',
  );
  return rows[0]?.position;
}

/** Where the table stands from now on: further in the log, or at the same place in a copy of it. */
export async function moveDeadlines(client: PoolClient, position: Position): Promise<void> {
  await client.query('update deadlines.checkpoint set position = $1', [position]);
}
