import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { EventToAppend } from '@cairn/event-store';
import type { Database } from '../servers.js';
import type { Measured } from '../measure/result.js';
import { pgbench } from './pgbench.js';

const PACKAGE = dirname(createRequire(import.meta.url).resolve('@eventide/message-db/package.json'));

/** Installs Message DB into a database, its files in the order of its own install.sh. */
export async function installMessageDb({ pool, url }: Database): Promise<void> {
  for (const part of ['roles', 'schema', 'extensions', 'tables', 'types', 'functions', 'indexes'])
    for (const file of await readdir(join(PACKAGE, 'database', part)))
      await pool.query(await readFile(join(PACKAGE, 'database', part, file), 'utf8'));
  // Its functions name each other without their schema.
  await pool.query(
    `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET search_path = public, message_store`,
  );
}

/** Message DB's one way in, one message to a new stream each, with the version that it expects. */
export function writeMessages(
  { url }: Database,
  { type, data, metadata }: EventToAppend,
  clients: number,
  seconds: number,
): Promise<Measured> {
  const variables = { type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
  return pgbench({ databaseUrl: url, script: WRITE, variables, clients, seconds });
}

const WRITE = `SELECT write_message(gen_random_uuid()::varchar, 'session-' || gen_random_uuid(), :type, :data::jsonb,
  :metadata::jsonb, -1);
`;
