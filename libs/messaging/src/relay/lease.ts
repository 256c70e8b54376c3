import { Client, type Pool } from 'pg';
import type { Position } from '@cairn/event-store';
import { sleep } from '../waiting.js';

/** The first key of the advisory lock that the holder's session keeps for as long as it lives. */
export const HOLDER_LOCK = 720_454;
/** A holder that is silent for so long has lost the lease: well within the ten seconds that are promised. */
const LEASE = `interval '6 seconds'`;
const RENEW_MS = 2_000;
const TRY_MS = 1_000;
/** Of a session that is silent for so long, the network has swallowed what was said: nothing else would ever end it. */
const ANSWERS_WITHIN_MS = 10_000;
/** A checkpoint need not be on disk: what a crash of the server takes with it is sent again. */
const NOT_FLUSHED = `RETURNING set_config('synchronous_commit', 'off', true)`;

/** How far a service's log is published. */
export interface RelayCheckpoint {
  readonly log: number | undefined;
  readonly position: Position;
}

/** How it was found: `settled` where nothing beyond the position was ever sent. */
export type FoundCheckpoint = RelayCheckpoint & { readonly settled: boolean };

/**
 * The right to relay one service's log, held by one replica at a time. It saves work and no more: should two relays
 * overlap, consumers drop what they have seen. It ends with its session (a process that was killed is replaced within a
 * second) or when it is not renewed (one that is paused, within seven).
 */
export class Lease {
  private readonly over = new AbortController();
  /** Aborts when the lease is lost or given back. */
  readonly signal: AbortSignal = this.over.signal;
  /** What the session failed with, where that has ended the lease. */
  failure: unknown;
  private renewing: Promise<void>;
  /** The session takes one statement at a time. */
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly session: Client,
    private readonly service: string,
    private readonly fence: number,
    readonly checkpoint: FoundCheckpoint,
  ) {
    session.on('error', (error) => this.fail(error));
    this.renewing = this.renew();
  }

  /**
   * Waits until the lease is free and takes it; undefined when `signal` aborts first.
   * @param waits told each time that somebody else has it
   */
  static async acquire(
    pool: Pool,
    service: string,
    signal: AbortSignal,
    waits: () => void = () => undefined,
    answersWithinMs = ANSWERS_WITHIN_MS,
  ): Promise<Lease | undefined> {
    const session = new Client({
      ...pool.options,
      connectionTimeoutMillis: answersWithinMs,
      query_timeout: answersWithinMs,
    });
    session.on('error', () => undefined);
    try {
      await session.connect();
      await session.query('INSERT INTO relay.relays (service) VALUES ($1) ON CONFLICT DO NOTHING', [service]);
      for (; !signal.aborted; await sleep(TRY_MS, signal)) {
        const taken = await take(session, service);
        if (taken) return new Lease(session, service, taken.fence, taken.checkpoint);
        waits();
      }
    } catch (error) {
      await session.end().catch(() => undefined);
      throw error;
    }
    await session.end().catch(() => undefined);
    return undefined;
  }

  /**
   * Says, before anything is sent, which log it is that is published; on disk, since without it what was sent would be
   * taken for another Cairn's.
   */
  async claim(log: number): Promise<boolean> {
    return this.fenced('log = $3', [log]);
  }

  /** Moves the checkpoint on, after the bus has acknowledged. False, and the lease is over, where it is not ours any more. */
  async moveTo(checkpoint: RelayCheckpoint): Promise<boolean> {
    const values = [checkpoint.log, checkpoint.position];
    return this.fenced(`log = $3, position = $4, moved_at = now()`, values, NOT_FLUSHED);
  }

  /** Says, on disk, that nothing beyond this checkpoint was sent: the log can be moved to another store as it is. */
  async settle({ log, position }: RelayCheckpoint): Promise<boolean> {
    return this.fenced('log = $3, position = $4, settled = true', [log, position]);
  }

  /** The database's time, noted as that of a watermark; false where the lease is not ours any more. */
  async stampWatermark(): Promise<boolean> {
    return this.fenced('watermark_at = now()', []);
  }

  async release(): Promise<void> {
    const held = !this.signal.aborted;
    this.over.abort();
    await this.renewing;
    if (held) await this.fenced(`expires_at = '-infinity'`, []).catch(() => undefined);
    await this.session.end().catch(() => undefined);
  }

  private async fenced(set: string, values: unknown[], more = ''): Promise<boolean> {
    const update = this.last.then(() =>
      this.session.query(`UPDATE relay.relays SET ${set} WHERE service = $1 AND fence = $2 ${more}`, [
        this.service,
        this.fence,
        ...values,
      ]),
    );
    this.last = update.catch((error: unknown) => this.fail(error));
    const { rowCount } = await update;
    if (rowCount !== 1) this.over.abort();
    return rowCount === 1;
  }

  private fail(error: unknown): void {
    if (!this.signal.aborted) this.failure = error;
    this.over.abort();
  }

  private async renew(): Promise<void> {
    for (await sleep(RENEW_MS, this.signal); !this.signal.aborted; await sleep(RENEW_MS, this.signal))
      await this.fenced(`expires_at = now() + ${LEASE}`, []).catch(() => undefined);
  }
}

/** Takes the lease where it has run out, or where its holder's session is gone. */
async function take(
  session: Client,
  service: string,
): Promise<{ fence: number; checkpoint: FoundCheckpoint } | undefined> {
  // Whoever stands still here would keep the holder from its checkpoint, and everybody else from the lease.
  await session.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = '5s'`);
  try {
    const { rows } = await session.query<{
      service_key: number;
      fence: number;
      log: number | null;
      position: string;
      settled: boolean;
      free: boolean;
    }>(
      `SELECT hashtext(service || ' ' || fence) AS service_key, fence, log, position, settled,
              expires_at < now() OR pg_try_advisory_xact_lock($2, hashtext(service || ' ' || fence)) AS free
         FROM relay.relays WHERE service = $1 FOR UPDATE`,
      [service, HOLDER_LOCK],
    );
    const row = rows[0]!;
    if (!row.free) {
      await session.query('ROLLBACK');
      return undefined;
    }
    const fence = row.fence + 1;
    await session.query(
      `UPDATE relay.relays SET fence = $2, expires_at = now() + ${LEASE}, settled = false WHERE service = $1`,
      [service, fence],
    );
    await session.query(`SELECT pg_advisory_lock($1, hashtext($2 || ' ' || $3::int))`, [
      HOLDER_LOCK,
      service,
      fence,
    ]);
    await session.query('COMMIT');
    const { log, position, settled } = row;
    return { fence, checkpoint: { log: log ?? undefined, position, settled } };
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
