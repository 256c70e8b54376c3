import { hash } from 'node:crypto';
import type { Pool } from 'pg';
import { queryPatiently } from './postgres/pool.js';
import { inTransaction } from './postgres/transaction.js';

/** One number for all: migrations are rare, and two services that share a database by mistake then wait for each other. */
const MIGRATION_LOCK = 4_112_026_001;

/**
 * Brings `schema` up to date: runs, in one transaction, the steps that it has not seen yet and notes them in its table
 * `migrations`. A released step never changes; another one follows it.
 * @throws OtherMigrations
 */
export async function applyMigrations(pool: Pool, schema: string, steps: readonly string[]): Promise<void> {
  if (!/^[a-z][a-z0-9_]*$/.test(schema)) throw new TypeError(`"${schema}" is no name for a schema`);
  await inTransaction(pool, async (client) => {
    await client.query("SET LOCAL lock_timeout = '10min'"); // another process may be at it, with long steps
    await queryPatiently(client, 'SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await client.query(`CREATE TABLE IF NOT EXISTS ${schema}.migrations (
      step int PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
    const { rows } = await client.query<{ step: number; sha256: string }>(
      `SELECT step, sha256 FROM ${schema}.migrations ORDER BY step`,
    );
    for (const [index, sql] of steps.entries()) {
      const sha256 = hash('sha256', sql, 'hex');
      const applied = rows[index];
      if (applied === undefined) {
        await queryPatiently(client, sql);
        await client.query(`INSERT INTO ${schema}.migrations (step, sha256) VALUES ($1, $2)`, [
          index + 1,
          sha256,
        ]);
      } else if (applied.sha256 !== sha256) {
        throw new OtherMigrations(schema, index + 1);
      }
    }
  });
}

/** The schema was made by other steps than these. */
export class OtherMigrations extends Error {
  constructor(schema: string, step: number) {
    super(
      `Step ${step} of schema "${schema}" in the database is not the one that this release has: the database is that of ` +
        'another release of Cairn. Start the release that made it, or give this one a database of its own.',
    );
    this.name = 'OtherMigrations';
  }
}
