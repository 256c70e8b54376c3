import { Client as Connection } from 'pg';
import type { BusRecord } from '@cairn/messaging';
import { NAME_CANARY, TEXT_CANARY } from './story/people.js';

/** The only tables with names in them: enrolment's directory. */
const DIRECTORY =
  /^enrollment\.public\.(people|coaches|people_imports?|people_import_\w+|people_groups|\w*mappings)$/;

/** Whether a text holds the word, in plain or as bytes are written out. */
export function hears(text: string, word: string): boolean {
  const low = text.toLowerCase();
  return low.includes(word) || low.includes(Buffer.from(word).toString('hex'));
}

/** Whether a text holds a name or a private word of the story. */
export const hearsCanary = (text: string): boolean => hears(text, NAME_CANARY) || hears(text, TEXT_CANARY);

/** Whether a text holds one of these answers, as JSON writes it or PostgreSQL. */
export const hearsAnswer = (text: string, answers: readonly (readonly number[])[]): boolean =>
  answers.some((values) => new RegExp(`[[{]${values.join(', ?')}[\\]}]`).test(text));

/** The messages, as text, that hold a canary anywhere. */
export const singingMessages = (records: readonly BusRecord[]): string[] =>
  records
    .map(({ key, value, headers }) => `${key} ${JSON.stringify(headers)} ${value.toString('utf8')}`)
    .filter(hearsCanary);

export interface Scan {
  /** Rows that hold a canary where none belongs, with their tables. */
  readonly found: string[];
  /** The tables of the directory that hold names, as they should. */
  readonly directory: Set<string>;
  readonly tables: number;
}

/** Looks through every row of every table. @param databases their addresses, by service */
export async function scanTables(databases: Readonly<Record<string, string>>): Promise<Scan> {
  const found: string[] = [];
  const directory = new Set<string>();
  const tables = await eachLine(databases, (table, line) => {
    const hasName = hears(line, NAME_CANARY);
    if (hasName && DIRECTORY.test(table)) directory.add(table);
    else if (hasName) found.push(`${table}: ${line.slice(0, 300)}`);
    if (hears(line, TEXT_CANARY)) found.push(`${table}: ${line.slice(0, 300)}`);
  });
  return { found, directory, tables };
}

/** The rows of all tables, as text, of which something holds. */
export async function linesOfTables(
  databases: Readonly<Record<string, string>>,
  holds: (line: string) => boolean,
): Promise<string[]> {
  const found: string[] = [];
  await eachLine(databases, (table, line) => {
    if (holds(line)) found.push(`${table}: ${line.slice(0, 300)}`);
  });
  return found;
}

/** @returns how many tables there are */
async function eachLine(
  databases: Readonly<Record<string, string>>,
  look: (table: string, line: string) => void,
): Promise<number> {
  let tables = 0;
  for (const [database, url] of Object.entries(databases)) {
    const connection = new Connection({ connectionString: url });
    await connection.connect();
    try {
      for (const { schema, name } of await tablesOf(connection)) {
        tables += 1;
        const { rows } = await connection.query<{ line: string }>(
          `SELECT t::text AS line FROM "${schema}"."${name}" t`,
        );
        for (const { line } of rows) look(`${database}.${schema}.${name}`, line);
      }
    } finally {
      await connection.end();
    }
  }
  return tables;
}

async function tablesOf(connection: Connection): Promise<{ schema: string; name: string }[]> {
  const { rows } = await connection.query<{ schema: string; name: string }>(
    `SELECT schemaname AS schema, tablename AS name FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2`,
  );
  return rows;
}
