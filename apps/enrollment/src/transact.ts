import { RefusedError, type DomainEvent } from '@cairn/decider';
import {
  eventId,
  WrongExpectedVersion,
  type Actor,
  type AppendRequest,
  type EventToAppend,
} from '@cairn/event-store';
import { isTransient, type TransactionalLog } from '@cairn/event-store/postgres';
import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { TypeORMError, type DataSource, type EntityManager, type QueryRunner } from 'typeorm';

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

/** The same giver and times under another id: for the parts of a command that are written one by one. */
export const withCommandId = (identity: CommandIdentity, commandId: string): CommandIdentity => ({
  commandId,
  // Named one by one: an HTTP command's context has some of them from its class.
  tenantId: identity.tenantId,
  actor: identity.actor,
  correlationId: identity.correlationId,
  causationId: identity.causationId,
  traceparent: identity.traceparent,
  occurredAt: identity.occurredAt,
  now: identity.now,
});

/**
 * A command with the time from which it counts. "Now" yields to the last fact of its stream, since clocks differ a little
 * and a deadline may have been settled first; a time that an importer gave is judged as it is.
 */
export const inTime = <Command extends { readonly at: string }>(
  { occurredAt, now }: CommandIdentity,
  command: Command,
  last: string | null,
): Command => (occurredAt === now && last !== null && last > command.at ? { ...command, at: last } : command);

/** What is written of a command last of all, once it is known what it came to: its answer. */
export type Keep<Done> = (transaction: Transaction, done: Done) => Promise<void>;

const ATTEMPTS = 4;

/** A process that is paused inside a transaction may not hold its locks for ever. */
const BEGIN = `BEGIN; SET LOCAL lock_timeout = '10s'; SET LOCAL idle_in_transaction_session_timeout = '10s'`;

/** Rows and events of one command, written together. Rows are written while `work` runs, the events last of all. */
export class Transaction {
  private readonly appends: AppendRequest[] = [];
  private index = 0;

  constructor(
    readonly identity: CommandIdentity,
    readonly manager: EntityManager,
    /** The connection of `manager`, for what is not written through entities. */
    readonly client: PoolClient,
    private readonly log: TransactionalLog,
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
    private readonly log: TransactionalLog,
  ) {}

  /**
   * Runs `work`, and `keep` with what it came to, and commits what they wrote; a deadlock, a lost connection, and a stream
   * or a unique name that somebody else was first to change or take is tried again, harmlessly, since a retry makes the
   * same ids, and sees what they wrote.
   * @throws RefusedError what `work` refused, with nothing written
   */
  async run<T>(
    identity: CommandIdentity,
    work: (transaction: Transaction) => Promise<T>,
    keep?: Keep<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(identity, async (transaction) => {
          const done = await work(transaction);
          await keep?.(transaction, done);
          return done;
        });
      } catch (error) {
        const again = isTransient(error) || error instanceof WrongExpectedVersion || isTaken(error);
        if (error instanceof RefusedError || !again || attempt === ATTEMPTS) throw error;
        await delay(20 * attempt * attempt);
      }
    }
  }

  private async once<T>(
    identity: CommandIdentity,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    const runner = this.dataSource.createQueryRunner() as QueryRunner & { isTransactionActive: boolean };
    try {
      const client = (await runner.connect()) as PoolClient;
      await client.query(BEGIN);
      // TypeORM is told of the transaction, which the log ends: COMMIT goes with the events, in one message.
      runner.isTransactionActive = true;
      const transaction = new Transaction(identity, runner.manager, client, this.log);
      const result = await work(transaction).catch(async (error: unknown) => {
        await client.query('ROLLBACK').catch(() => undefined);
        // A connection that is lost between two statements TypeORM gives back itself, and of the next one it says only that.
        throw runner.isReleased && error instanceof TypeORMError
          ? new Error('Connection terminated in the middle of a transaction', { cause: error })
          : error;
      });
      await this.log.appendAndCommit(client, transaction.queued);
      return result;
    } finally {
      runner.isTransactionActive = false;
      await runner.release();
    }
  }
}

const isTaken = (error: unknown): boolean => (error as { code?: unknown } | undefined)?.code === '23505';
