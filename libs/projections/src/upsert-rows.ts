import { textArray } from '@cairn/event-store/postgres';
import type { ClientBase } from 'pg';

export interface TableShape {
  readonly name: string;
  /** The columns of its primary key, which has the name that PostgreSQL gives it; a build of an earlier release may have fewer. */
  readonly key: readonly string[];
  /** The SQL type of every column that is written, those of the key among them. */
  readonly columns: Readonly<Record<string, string>>;
}

/** A value of each column, in the order of the table's columns; undefined is null. */
export type Row = readonly unknown[];

/**
 * What writes rows into a table with one statement, whatever their number: new ones are inserted, those whose key is there
 * are replaced. One row per key; in the order of their keys, so that two writers cannot lock each other out.
 */
export function rowWriter({ name, key, columns }: TableShape) {
  const types = Object.entries(columns);
  const names = types.map(([column]) => column);
  const keyed = key.map((column) => names.indexOf(column));
  const others = names
    .filter((column) => !key.includes(column))
    .map((column) => `${column} = excluded.${column}`);
  // Each column comes as text and is cast, so that columns of every type, arrays too, travel alike.
  const text = `INSERT INTO ${name} (${names.join(', ')})
    SELECT ${types.map(([column, type]) => `i.${column}::${type}`).join(', ')}
    FROM unnest(${types.map((_, index) => `$${index + 1}::text[]`).join(', ')}) AS i(${names.join(', ')})
    ON CONFLICT ON CONSTRAINT ${name}_pkey DO ${others.length === 0 ? 'NOTHING' : `UPDATE SET ${others.join(', ')}`}`;
  return async (client: Pick<ClientBase, 'query'>, rows: readonly Row[]): Promise<void> => {
    if (rows.length === 0) return;
    const sorted = rows
      .map((row) => ({ row, key: keyed.map((index) => String(row[index])).join('\0') }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    await client.query({
      name: `${name}.upsert`,
      text,
      values: types.map(([, type], index) => textArray(sorted.map(({ row }) => asText(row[index], type)))),
    });
  };
}

function asText(value: unknown, type: string): string | null {
  if (value === undefined || value === null) return null;
  if (type.startsWith('json')) return JSON.stringify(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map((item) => quoted(asText(item, type))).join(',')}}`;
  return String(value);
}

const quoted = (text: string | null): string =>
  text === null ? 'NULL' : `"${text.replace(/["\\]/g, '\\$&')}"`;
