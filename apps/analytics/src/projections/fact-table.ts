import type { ReceivedContract } from '@cairn/contracts';
import { rowWriter, type Row } from '@cairn/projections';
import type { ClientBase, CustomTypesConfig } from 'pg';
import type { Stamp } from './fact.js';

/** How a field of a fact is kept. Instants are milliseconds in TypeScript and timestamptz here; days are dates. */
type Kind = 'uuid' | 'text' | 'int' | 'number' | 'boolean' | 'instant' | 'day' | 'json';

const SQL: Record<Kind, string> = {
  uuid: 'uuid',
  text: 'text COLLATE "C"',
  int: 'int',
  number: 'double precision',
  boolean: 'boolean',
  instant: 'timestamptz',
  day: 'date',
  json: 'json',
};

/** The names of all fields that any fact of the union has. */
type FieldOf<F> = F extends unknown ? Exclude<keyof F, keyof Stamp | 'fact'> : never;

export interface FactTableSpec<F extends Stamp> {
  /** The projection's name and version: together they name its table. */
  readonly name: string;
  readonly version: number;
  readonly fields: { readonly [Field in FieldOf<F> & string]: Kind };
  /**
   * A field of every fact, the same within a stream, by which a tenant's facts are looked up: it leads the key. Streams have
   * ids without order, so that by themselves new facts come to lie anywhere in the index, however large that is; those of
   * one programme lie together. Builds of earlier releases have a key without it, until they are built anew.
   */
  readonly within?: FieldOf<F> & string;
  /** Other fields by which they are. */
  readonly lookups: readonly (FieldOf<F> & string)[];
  /** The fact that an event is, if it is one of these. */
  readonly factOf: (event: ReceivedContract) => F | undefined;
}

const STAMP = {
  stream: 'text',
  version: 'int',
  index: 'int',
  occurredAt: 'instant',
  recordedAt: 'instant',
  fact: 'text',
} as const;

const columnOf = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Rows come as text and are parsed by hand, without a Date for each time. */
const asText = { getTypeParser: () => (value: string) => value } as unknown as CustomTypesConfig;

const PARSE: Record<Kind, (text: string) => unknown> = {
  uuid: (text) => text,
  text: (text) => text,
  int: Number,
  number: Number,
  boolean: (text) => text === 't',
  instant: Number,
  day: (text) => text,
  json: (text) => JSON.parse(text) as unknown,
};

/**
 * A table of facts: one row for each, written once and never changed. Which row an event becomes depends on that event
 * alone, so neither the order of streams nor that of events within one can matter; an event that comes again is found by
 * its key.
 */
export class FactTable<F extends Stamp> {
  readonly table: string;
  readonly version: number;
  private readonly fields: readonly [field: string, kind: Kind][];
  private readonly key: readonly string[];
  private readonly write: ReturnType<typeof rowWriter>;

  constructor(private readonly spec: FactTableSpec<F>) {
    this.version = spec.version;
    this.table = `${spec.name}_facts_v${spec.version}`;
    this.fields = Object.entries<Kind>({ ...STAMP, ...(spec.fields as Record<string, Kind>) });
    const within = spec.within === undefined ? [] : [columnOf(spec.within)];
    this.key = ['tenant_id', ...within, 'stream', 'version', 'index'];
    this.write = rowWriter({
      name: this.table,
      key: this.key,
      columns: Object.fromEntries([
        ['tenant_id', 'uuid'],
        ...this.fields.map(([field, kind]) => [columnOf(field), SQL[kind].split(' COLLATE')[0]]),
      ]) as Record<string, string>,
    });
  }

  /** The statement that makes the table. */
  get ddl(): string {
    const columns = this.fields.map(
      ([field, kind]) => `${columnOf(field)} ${SQL[kind]}${field in STAMP ? ' NOT NULL' : ''}`,
    );
    return `CREATE TABLE ${this.table} (
  tenant_id uuid NOT NULL,
  ${columns.join(',\n  ')},
  PRIMARY KEY (${this.key.join(', ')})
)`;
  }

  /** The statements that make its indexes. */
  get indexes(): string {
    return this.spec.lookups
      .map((field) => {
        const column = columnOf(field);
        return `CREATE INDEX IF NOT EXISTS ${this.table}_${column} ON ${this.table} (tenant_id, ${column});`;
      })
      .join('\n');
  }

  /** Whether it is a fact of this table. */
  concerns(event: ReceivedContract): boolean {
    return this.factIn(event) !== undefined;
  }

  /** Writes the facts that these events are, with one statement. */
  async add(client: Pick<ClientBase, 'query'>, events: readonly ReceivedContract[]): Promise<void> {
    const rows = new Map<string, Row>();
    for (const event of events) {
      const fact = this.factIn(event);
      if (fact === undefined) continue;
      const { tenantid } = event.envelope;
      rows.set(keyOf(tenantid, fact), this.rowOf(tenantid, fact));
    }
    await this.write(client, [...rows.values()]);
  }

  /**
   * A tenant's facts that satisfy a condition over the table's columns, in any order; `$1` is the tenant, the values
   * follow. Sorting is left to the reader, who sorts within each stream.
   */
  async read(
    client: Pick<ClientBase, 'query'>,
    tenantId: string,
    condition: string,
    values: readonly unknown[] = [],
  ): Promise<F[]> {
    const columns = this.fields.map(([field, kind]) =>
      kind === 'instant' ? `(extract(epoch FROM ${columnOf(field)}) * 1000)::bigint` : columnOf(field),
    );
    const { rows } = await client.query<(string | null)[]>({
      text: `SELECT ${columns.join(', ')} FROM ${this.table} WHERE tenant_id = $1 AND ${condition}`,
      values: [tenantId, ...values],
      rowMode: 'array',
      types: asText,
    });
    return rows.map((row) => this.fromRow(row));
  }

  /** The fact of this table that an event is, if it is one. */
  factIn(event: ReceivedContract): F | undefined {
    return this.spec.factOf(event);
  }

  private rowOf(tenantId: string, fact: F): Row {
    const values = fact as unknown as Readonly<Record<string, unknown>>;
    return [tenantId, ...this.fields.map(([field, kind]) => written(values[field], kind))];
  }

  private fromRow(row: readonly (string | null)[]): F {
    const fact: Record<string, unknown> = {};
    for (let i = 0; i < row.length; i++) {
      const text = row[i];
      if (text != null) fact[this.fields[i]![0]] = PARSE[this.fields[i]![1]](text);
    }
    return fact as unknown as F;
  }
}

const written = (value: unknown, kind: Kind): unknown =>
  kind === 'instant' && value !== undefined ? new Date(value as number) : value;

const keyOf = (tenantId: string, { stream, version, index }: Stamp): string =>
  `${tenantId} ${stream} ${version} ${index}`;
