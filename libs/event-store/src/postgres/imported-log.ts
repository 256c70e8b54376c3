import type { ClientBase, Pool } from 'pg';
import { stableJson } from '../content.js';
import { type EventLog, LogClosed, type Position, START, type SubscribeOptions } from '../port.js';
import { toPosition } from './append-call.js';
import { jsonArray, textArray } from './arrays.js';
import { openLogPool, withErrorListeners } from './pool.js';
import { asText, toInstant, toNumber } from './reading.js';
import { SharedPages } from './shared-pages.js';
import { follow } from './subscription.js';
import { Wakeups } from './wakeups.js';

/** What the log must know of a published event: the place that it has in its own service's log, and when it got there. */
export interface PublishedEnvelope {
  readonly source: string;
  /** Generation, position and index: unique within the source, and the same whenever the event is sent again. */
  readonly log: string;
  readonly logposition: string;
  readonly logindex: number;
  readonly recordedtime: string;
}

/** An event of another service, as this log holds it. */
export interface ImportedEvent<Envelope extends PublishedEnvelope = PublishedEnvelope> {
  /** In this log: the order of arrival, which only within one stream is also the order of events. */
  readonly position: Position;
  /** When its own service learnt it; in this log it goes back and forth between sources. */
  readonly recordedAt: string;
  readonly envelope: Envelope;
}

export interface ImportedLogOptions {
  readonly connectionString?: string;
  readonly pool?: Pool;
  readonly schema?: string;
}

/** A log of what other services published, whose tables `migrateImported` has made. */
export function openImportedLog<Envelope extends PublishedEnvelope>(
  options: ImportedLogOptions,
): ImportedLog<Envelope> {
  return new ImportedLog<Envelope>(options);
}

export class ImportedLog<Envelope extends PublishedEnvelope> implements EventLog<ImportedEvent<Envelope>> {
  private readonly pool: Pool;
  private readonly ownsPool: boolean;
  private readonly schema: string;
  private readonly wakeups: Wakeups;
  /** All projections read it, side by side when they are built. */
  private readonly pages: SharedPages<ImportedEvent<Envelope>>;
  private readonly closing = new AbortController();

  constructor({ connectionString, pool, schema = 'log' }: ImportedLogOptions) {
    this.ownsPool = pool === undefined;
    this.pool = pool === undefined ? openLogPool(connectionString) : withErrorListeners(pool);
    this.schema = schema;
    this.wakeups = new Wakeups(this.pool.options, `${schema}_appended`);
    this.pages = new SharedPages((after, limit) => this.readAll(after, limit), this.wakeups);
  }

  /**
   * Appends within the caller's READ COMMITTED transaction, as its last statement, and leaves out what is there already.
   * Answers how many were new.
   * @throws UnstorableEvent for NUL and lone surrogates
   */
  async appendIn(client: Pick<ClientBase, 'query'>, envelopes: readonly Envelope[]): Promise<number> {
    this.refuseWhenClosed();
    if (envelopes.length === 0) return 0;
    const { rows } = await client.query<{ appended: number }>({
      name: `${this.schema}.append-imported`,
      text: `SELECT appended FROM ${this.schema}.append_imported($1, $2, $3, $4, $5, $6)`,
      values: [
        textArray(envelopes.map(({ source }) => source)),
        textArray(envelopes.map(({ log }) => log)),
        textArray(envelopes.map(({ logposition }) => logposition)),
        envelopes.map(({ logindex }) => logindex),
        textArray(envelopes.map(({ recordedtime }) => recordedtime)),
        jsonArray(envelopes.map(storableJson)),
      ],
    });
    return rows[0]!.appended;
  }

  async readAll(after: Position, limit: number): Promise<ImportedEvent<Envelope>[]> {
    this.refuseWhenClosed();
    const { rows } = await this.pool.query<[position: string, recordedAt: string, envelope: string]>({
      name: `${this.schema}.imported-page`,
      text: `SELECT position, recorded_at AT TIME ZONE 'UTC', envelope FROM ${this.schema}.events
        WHERE position > $1 ORDER BY position LIMIT $2`,
      values: [toNumber(after), limit],
      rowMode: 'array',
      types: asText,
    });
    return rows.map(([position, recordedAt, envelope]) => ({
      position: toPosition(position),
      recordedAt: toInstant(recordedAt),
      envelope: JSON.parse(envelope) as Envelope,
    }));
  }

  subscribe(
    after: Position,
    { batchSize, signal }: SubscribeOptions,
  ): AsyncGenerator<ImportedEvent<Envelope>[]> {
    return follow((position, limit) => this.pages.page(position, limit), this.wakeups, after, {
      batchSize,
      signal: AbortSignal.any([signal, this.closing.signal]),
    });
  }

  async head(): Promise<Position> {
    this.refuseWhenClosed();
    const { rows } = await this.pool.query<{ position: string }>(
      `SELECT position FROM ${this.schema}.events ORDER BY position DESC LIMIT 1`,
    );
    return rows[0] === undefined ? START : toPosition(rows[0].position);
  }

  async generation(): Promise<number> {
    this.refuseWhenClosed();
    const { rows } = await this.pool.query<{ generation: string }>(
      `SELECT generation FROM ${this.schema}.generation`,
    );
    return Number(rows[0]!.generation);
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    await this.wakeups.close();
    if (this.ownsPool) await this.pool.end();
  }

  private refuseWhenClosed(): void {
    if (this.closing.signal.aborted) throw new LogClosed();
  }
}

const SUSPICIOUS = /\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** JSON.stringify escapes NUL and lone surrogates; where such an escape shows, the slower way looks closely, and throws. */
function storableJson(envelope: object): string {
  const json = JSON.stringify(envelope);
  return SUSPICIOUS.test(json) ? stableJson(envelope) : json;
}
