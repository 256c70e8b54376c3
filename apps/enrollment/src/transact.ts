import { RefusedError, type DomainEvent } from '@cairn/decider';
import { eventId, type Actor, type AppendRequest, type EventToAppend } from '@cairn/event-store';
import { isTransient, type PostgresEventStore } from '@cairn/event-store/postgres';
import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';

/** Who gives a command, and under which identity: an HTTP command's context, or a reaction's or deadline's own. */
export interface CommandIdentity {
  readonly commandId: string;
  readonly tenantId: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly traceparent?: string;
  /** When it happened in the world; ISO 8601, UTC. */
  readonly occurredAt: string;
  /** When it was received. */
  readonly now: string;
}

const ATTEMPTS = 4;

/** Rows and events of one command, written together. Rows are written while `work` runs, the events last of all. */
export class Transaction {
  private readonly appends: AppendRequest[] = [];
  private index = 0;

  constructor(
    readonly identity: CommandIdentity,
    readonly manager: EntityManager,
    readonly client: PoolClient,
    private readonly log: PostgresEventStore,
  ) {}

  /** Queues events for the end of the transaction. `version` is that of the stream before them. */
  append(stream: string, events: readonly DomainEvent[], version: number): void {
    if (events.length === 0) return;
    const { tenantId, commandId, correlationId, causationId, actor, traceparent } = this.identity;
    const metadata = { tenantId, commandId, correlationId, causationId, actor, traceparent };
    const identified = events.map((event): EventToAppend => ({
      ...event,
      id: eventId(commandId, this.index++),
      metadata,
    }));
    this.appends.push({ stream, events: identified, expectedVersion: version });
  }

  /** Whether this very command has written to the stream before: then there is nothing left to do. */
  async alreadyDone(stream: string): Promise<boolean> {
    for await (const event of this.log.readStream(stream))
      if (event.metadata.commandId === this.identity.commandId) return true;
    return false;
  }

  get queued(): readonly AppendRequest[] {
    return this.appends;
  }
}

/** The one way in which this service changes anything: rows first, then the log, in one transaction. */
export class Transactions {
  constructor(
    readonly dataSource: DataSource,
    private readonly log: PostgresEventStore,
  ) {}

  /**
   * Runs `work` and commits what it wrote; a deadlock or a lost connection is tried again, harmlessly, since a retry makes
   * the same ids. @throws RefusedError what `work` refused, with nothing written
   */
  async run<T>(identity: CommandIdentity, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(identity, work);
      } catch (error) {
        if (error instanceof RefusedError || !isTransient(error) || attempt === ATTEMPTS) throw error;
        await delay(20 * attempt * attempt);
      }
    }
  }

  private async once<T>(
    identity: CommandIdentity,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    try {
      await runner.startTransaction('READ COMMITTED');
      const transaction = new Transaction(identity, runner.manager, client, this.log);
      const result = await work(transaction);
      // This commits; TypeORM's own COMMIT after it only closes its books.
      if (transaction.queued.length > 0) await this.log.appendAndCommit(client, transaction.queued);
      await runner.commitTransaction();
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }
}
