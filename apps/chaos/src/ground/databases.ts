import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { SERVICES, type ServiceName } from '../services.js';

/** Makes a role and a database of its own for each of `names`. @returns the connection string of each, straight to the server */
export async function makeDatabases<Name extends string = ServiceName>(
  adminUrl: string,
  names: readonly Name[] = SERVICES as readonly string[] as readonly Name[],
): Promise<Record<Name, string>> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  const urls = {} as Record<Name, string>;
  try {
    for (const name of names) {
      const role = `cairn_${name}`;
      const url = new URL(adminUrl);
      url.username = role;
      url.password = randomBytes(18).toString('base64url');
      url.pathname = `/${role}`;
      await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD ${admin.escapeLiteral(url.password)}`);
      await admin.query(`CREATE DATABASE ${role} OWNER ${role}`);
      urls[name] = url.href;
    }
  } finally {
    await admin.end();
  }
  return urls;
}

/** The same database by another port. */
export function through(url: string, port: number): string {
  const by = new URL(url);
  by.port = String(port);
  return by.href;
}
