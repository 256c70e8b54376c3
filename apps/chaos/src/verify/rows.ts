import type { Stored } from './seen.js';

/** A row of a table, as a service keeps it or as events tell it. */
export type Row = Readonly<Record<string, unknown>>;
export interface Kept extends Row {
  readonly key: string;
}

/** Where the rows of a table are not those that events tell, in words. Null is as absent. */
export function unlike(table: string, kept: readonly Kept[], told: ReadonlyMap<string, Row>): string[] {
  const rows = new Map(kept.map(({ key, ...row }) => [key, row]));
  return [...new Set([...rows.keys(), ...told.keys()])].flatMap((key) => {
    const is = inWords(rows.get(key));
    const must = inWords(told.get(key));
    return is === must ? [] : [`${table} ${key} is ${is}, and must be ${must}`];
  });
}

const inWords = (row: Row | undefined): string => {
  if (row === undefined) return 'not there';
  const columns = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  return JSON.stringify(Object.fromEntries(columns.sort(([a], [b]) => (a < b ? -1 : 1))));
};

/** The stream's kind and the id of what it is about: `session-…`. */
export function aboutOf({ stream }: Pick<Stored, 'stream'>): { readonly kind: string; readonly id: string } {
  const end = stream.indexOf('-');
  return { kind: stream.slice(0, end), id: stream.slice(end + 1) };
}
