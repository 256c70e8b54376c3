import { randomBytes } from 'node:crypto';
import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';

export const SERVICES = ['enrollment', 'sessions', 'goals', 'analytics'] as const;
export type ServiceName = (typeof SERVICES)[number];
export type DatabaseName = ServiceName | 'bus';

/** Secrets of one installation, made on the first start and kept beside the data, readable by their owner alone. */
export interface Secrets {
  readonly passwords: Readonly<Record<DatabaseName, string>>;
  /** Wraps the keys of private text; base64. Losing it loses every text. */
  readonly textKey: string;
}

export async function secretsIn(directory: string): Promise<Secrets> {
  const file = join(directory, 'secrets.json');
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Secrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const names: DatabaseName[] = [...SERVICES, 'bus'];
  const secrets: Secrets = {
    passwords: Object.fromEntries(
      names.map((name) => [name, randomBytes(18).toString('base64url')]),
    ) as Secrets['passwords'],
    textKey: randomBytes(32).toString('base64'),
  };
  // Renamed into place whole: on a full disk half a file would be left, and be taken for the secrets.
  const draft = `${file}.new`;
  try {
    await writeFile(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    await chmod(draft, 0o600);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  return secrets;
}

/**
 * Makes what is missing: for each service, and for the PostgreSQL bus, a role and a database that no other role may
 * enter. What was published on one bus is not on another, so each bus has databases of its own.
 * @returns the connection string of each
 */
export async function ensureDatabases(
  adminUrl: string,
  secrets: Secrets,
  bus: 'postgres' | 'kafka',
): Promise<Record<DatabaseName, string>> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const databases = new Set(
      (await admin.query<{ datname: string }>('SELECT datname FROM pg_database')).rows.map((r) => r.datname),
    );
    const roles = new Set(
      (await admin.query<{ rolname: string }>('SELECT rolname FROM pg_roles')).rows.map((r) => r.rolname),
    );
    const urls = {} as Record<DatabaseName, string>;
    for (const [name, password] of Object.entries(secrets.passwords) as [DatabaseName, string][]) {
      const role = `cairn_${name}`;
      const id = bus === 'kafka' ? `${role}_kafka` : role;
      if (!roles.has(role))
        await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD ${admin.escapeLiteral(password)}`);
      if (!databases.has(id)) await admin.query(`CREATE DATABASE ${id} OWNER ${role}`);
      // Each time: a start may have ended right after it had made the database.
      await admin.query(`REVOKE ALL ON DATABASE ${id} FROM PUBLIC`);
      // Trusted extensions need no superuser, but the schema must be the role's own.
      await admin.query(`GRANT ALL ON DATABASE ${id} TO ${role}`);
      const url = new URL(adminUrl);
      url.username = role;
      url.password = password;
      url.pathname = `/${id}`;
      urls[name] = url.href;
    }
    return urls;
  } finally {
    await admin.end();
  }
}
