import { hash } from 'node:crypto';
import type { Pool } from 'pg';

/** One number for all: migrations are rare, and two services that share a database by mistake then wait for each other. */
const MIGRATION_LOCK = 4_112_026_001;

/**
 * Brings `schema` up to date: runs, in one transaction, the steps that it has not seen yet and notes them in its table
 * `migrations`. A released step never changes; another one follows it.
 * @throws when the schema was made by other steps than these
 */
export async function applyMigrations(pool: Pool, schema: string, steps: readonly string[]): Promise<void> {
  if (!/^[a-z][a-z0-9_]*$/.test(schema)) throw new TypeError(`"${schema}" is no name for a schema`);
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => (broken = error);
  client.on('error', onError);
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
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
        await client.query(sql);
        await client.query(`INSERT INTO ${schema}.migrations (step, sha256) VALUES ($1, $2)`, [
          index + 1,
          sha256,
        ]);
      } else if (applied.sha256 !== sha256) {
        throw new Error(
          `step ${index + 1} of schema "${schema}" in the database is not the one that this release has`,
        );
      }
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch((failed: Error) => (broken ??= failed));
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
