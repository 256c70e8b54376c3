import { applyMigrations } from '@cairn/event-store';
import { randomBytes } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { seal, unseal } from './seal.js';

type Queryable = Pick<Pool | ClientBase, 'query'>;

const STEPS = [
  `-- A key for each person, itself sealed by the service's configured key. Deleting it erases every text of that person.
   CREATE TABLE text.keys (
     tenant_id uuid NOT NULL,
     person_id uuid NOT NULL,
     sealed bytea NOT NULL,
     PRIMARY KEY (tenant_id, person_id)
   );
   CREATE TABLE text.texts (
     text_id uuid PRIMARY KEY,
     tenant_id uuid NOT NULL,
     person_id uuid NOT NULL,
     sealed bytea NOT NULL
   );
   CREATE INDEX texts_of_person ON text.texts (tenant_id, person_id);`,
];

/** Makes or updates the schema `text`. */
export const migrate = (pool: Pool): Promise<void> => applyMigrations(pool, 'text', STEPS);

export interface TextToKeep {
  readonly tenantId: string;
  /** Whose text it is: with their key it is erased. */
  readonly personId: string;
  readonly id: string;
  readonly text: string;
}

/**
 * Text about a person, kept outside the events: those hold its id alone. Each row is sealed with the person's own key, and
 * each key with the service's (TEXT_KEY), so that a copy of the database tells nothing and one deleted key erases.
 */
export class PrivateText {
  /** @param key 32 bytes */
  constructor(private readonly key: Buffer) {
    if (key.length !== 32) throw new TypeError('the key of private text must hold 32 bytes');
  }

  /** Keeps a text in the caller's transaction; sent again with the same id, the first one stays. */
  async put(client: Queryable, { tenantId, personId, id, text }: TextToKeep): Promise<void> {
    const personKey = await this.keyFor(client, tenantId, personId);
    const sealed = seal(personKey, Buffer.from(text, 'utf8'), textContext(tenantId, personId, id));
    await client.query(
      'INSERT INTO text.texts (text_id, tenant_id, person_id, sealed) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      [id, tenantId, personId, sealed],
    );
  }

  /**
   * The texts of one person, by id; what was erased or never there is left out.
   * @throws Error when a row was tampered with, or the configured key is not the one that sealed it
   */
  async read(db: Queryable, personId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const { rows } = await db.query<{ id: string; tenant: string; sealed: Buffer; key: Buffer }>(
      `SELECT t.text_id AS id, t.tenant_id AS tenant, t.sealed, k.sealed AS key
         FROM text.texts t JOIN text.keys k USING (tenant_id, person_id)
        WHERE t.person_id = $1 AND t.text_id = ANY ($2)`,
      [personId, ids],
    );
    return new Map(
      rows.map(({ id, tenant, sealed, key }) => {
        const personKey = unseal(this.key, key, keyContext(tenant, personId));
        return [id, unseal(personKey, sealed, textContext(tenant, personId, id)).toString('utf8')];
      }),
    );
  }

  /** Deletes the person's key: none of their texts can be read again, in this database or in any later copy of it. */
  async erase(db: Queryable, tenantId: string, personId: string): Promise<void> {
    await db.query('DELETE FROM text.keys WHERE tenant_id = $1 AND person_id = $2', [tenantId, personId]);
  }

  private async keyFor(client: Queryable, tenantId: string, personId: string): Promise<Buffer> {
    const fresh = seal(this.key, randomBytes(32), keyContext(tenantId, personId));
    // The update changes nothing; it makes the statement answer with the key that is there, whoever wrote it.
    const { rows } = await client.query<{ sealed: Buffer }>(
      `INSERT INTO text.keys AS k (tenant_id, person_id, sealed) VALUES ($1, $2, $3)
       ON CONFLICT (tenant_id, person_id) DO UPDATE SET sealed = k.sealed RETURNING sealed`,
      [tenantId, personId, fresh],
    );
    return unseal(this.key, rows[0]!.sealed, keyContext(tenantId, personId));
  }
}

const keyContext = (tenantId: string, personId: string) => `key|${tenantId}|${personId}`;
const textContext = (tenantId: string, personId: string, id: string) => `text|${tenantId}|${personId}|${id}`;
