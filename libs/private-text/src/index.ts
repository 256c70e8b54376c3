import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { RefusedError } from '@cairn/decider';
import { applyMigrations } from '@cairn/event-store';
import { seal, unseal } from './seal.js';

/** The longest text that is kept, in characters (UTF-16). A DTO may allow less. */
export const MAX_TEXT_LENGTH = 20_000;

type Queryable = Pick<Pool | ClientBase, 'query'>;

const STEPS = [
  `-- A key for each person, itself sealed by the service's configured key. Deleting it erases every text of that person.
   CREATE TABLE text.keys (
     key_id uuid PRIMARY KEY,
     tenant_id uuid NOT NULL,
     person_id uuid NOT NULL,
     -- which configured key sealed it
     sealed_by text NOT NULL,
     sealed bytea NOT NULL,
     UNIQUE (tenant_id, person_id)
   );
   -- No foreign key: a text outlives its key, unreadable, so that its id still means something.
   CREATE TABLE text.texts (
     text_id uuid NOT NULL,
     tenant_id uuid NOT NULL,
     person_id uuid NOT NULL,
     key_id uuid NOT NULL,
     sealed bytea NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (tenant_id, text_id)
   );
   CREATE INDEX texts_of_person ON text.texts (tenant_id, person_id);`,
];

/** Makes or updates the schema `text`. */
export const migrate = (pool: Pool): Promise<void> => applyMigrations(pool, 'text', STEPS);

export interface TextToKeep {
  readonly tenantId: string;
  /** Whose text it is: with their key it is erased. */
  readonly personId: string;
  /** Derived from the command; what the event holds instead of the text. */
  readonly id: string;
  readonly text: string;
}

/**
 * Deletes the person's key: none of their texts can be read again, in this database or in any later copy of it. False
 * where there was none. Whoever does it needs no TEXT_KEY.
 */
export async function eraseTexts(db: Queryable, tenantId: string, personId: string): Promise<boolean> {
  const { rowCount } = await db.query('DELETE FROM text.keys WHERE tenant_id = $1 AND person_id = $2', [
    tenantId,
    personId,
  ]);
  return rowCount === 1;
}

/** The key configured is not the one that this person's key was sealed with: the configuration is at fault, not the row. */
export class OtherTextKey extends Error {
  constructor(needed: string, configured: string) {
    super(`a text was sealed under the key ${needed}; the TEXT_KEY configured is ${configured}`);
    this.name = 'OtherTextKey';
  }
}

/** A row does not open: it was changed, or stood elsewhere when it was sealed. */
export class TamperedText extends Error {
  constructor(id: string) {
    super(`the row ${id} is not as it was sealed`);
    this.name = 'TamperedText';
  }
}

interface TextRow {
  id: string;
  tenant: string;
  person: string;
  key_id: string;
  sealed: Buffer;
  sealed_by: string | null;
  key: Buffer | null;
}

interface KeyRow {
  key_id: string;
  sealed_by: string;
  sealed: Buffer;
}

/**
 * Text about a person, kept outside the events: those hold its id alone. Each row is sealed with the person's own key, and
 * each key with the service's (TEXT_KEY), so that a copy of the database tells nothing and one deleted key erases.
 */
export class PrivateText {
  /** Names the configured key beside what it sealed, and tells nothing of it. */
  private readonly keyName: string;

  /** @param key 32 bytes */
  constructor(private readonly key: Buffer) {
    if (key.length !== 32) throw new TypeError('the key of private text must hold 32 bytes');
    this.keyName = hash('sha256', Buffer.concat([Buffer.from('cairn text key|'), key]), 'hex').slice(0, 16);
  }

  /**
   * Keeps a text, in the caller's transaction; sent again with the same id it changes nothing.
   * @throws RefusedError 422 beyond MAX_TEXT_LENGTH, with NUL or a lone surrogate, or where the id has another text already
   */
  async put(client: Queryable, { tenantId, personId, id, text }: TextToKeep): Promise<void> {
    refuseUnkeepable(text);
    const key = await this.keyFor(client, tenantId, personId);
    const sealed = seal(key.bytes, Buffer.from(text, 'utf8'), textContext(tenantId, personId, id));
    const { rowCount } = await client.query(
      `INSERT INTO text.texts (tenant_id, text_id, person_id, key_id, sealed) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (tenant_id, text_id) DO NOTHING`,
      [tenantId, id, personId, key.id, sealed],
    );
    if (rowCount === 1) return;
    const [known] = await this.rowsOf(client, 'WHERE t.tenant_id = $1 AND t.text_id = $2', [tenantId, id]);
    // Erased since: nobody can tell any more, and nothing comes back.
    if (known && known.key !== null && this.open(known) !== text) {
      throw refused(
        'text-already-kept',
        'This command has kept another text already. Take a new Idempotency-Key for a new text.',
      );
    }
  }

  /**
   * The texts of one person, by id; what was erased or never there is left out.
   * @throws OtherTextKey, TamperedText
   */
  async read(
    db: Queryable,
    tenantId: string,
    personId: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const where = 'WHERE t.tenant_id = $1 AND t.person_id = $2 AND t.text_id = ANY ($3)';
    const rows = await this.rowsOf(db, where, [tenantId, personId, ids]);
    return new Map(rows.filter((row) => row.key !== null).map((row) => [row.id, this.open(row)]));
  }

  // Keys are read each time and never remembered: an erasure counts at once, in every process.
  private async rowsOf(db: Queryable, where: string, values: unknown[]): Promise<TextRow[]> {
    const { rows } = await db.query<TextRow>(
      `SELECT t.text_id AS id, t.tenant_id AS tenant, t.person_id AS person, t.key_id, t.sealed, k.sealed_by, k.sealed AS key
         FROM text.texts t LEFT JOIN text.keys k USING (key_id) ${where}`,
      values,
    );
    return rows;
  }

  private open({ id, tenant, person, key_id, sealed, sealed_by, key }: TextRow): string {
    const bytes = this.unsealKey(tenant, person, { key_id, sealed_by: sealed_by!, sealed: key! });
    try {
      return unseal(bytes, sealed, textContext(tenant, person, id)).toString('utf8');
    } catch {
      throw new TamperedText(id);
    }
  }

  /** The person's key, made with their first text; one that somebody else is making just now is waited for. */
  private async keyFor(
    client: Queryable,
    tenantId: string,
    personId: string,
  ): Promise<{ id: string; bytes: Buffer }> {
    const id = randomUUID();
    const bytes = randomBytes(32);
    for (;;) {
      // The share lock lasts to the end of the transaction: no erasure comes between a key and the text sealed with it.
      const { rows } = await client.query<KeyRow>(
        'SELECT key_id, sealed_by, sealed FROM text.keys WHERE tenant_id = $1 AND person_id = $2 FOR KEY SHARE',
        [tenantId, personId],
      );
      if (rows[0]) return { id: rows[0].key_id, bytes: this.unsealKey(tenantId, personId, rows[0]) };
      const { rowCount } = await client.query(
        `INSERT INTO text.keys (key_id, tenant_id, person_id, sealed_by, sealed) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, person_id) DO NOTHING`,
        [id, tenantId, personId, this.keyName, seal(this.key, bytes, keyContext(tenantId, personId, id))],
      );
      if (rowCount === 1) return { id, bytes };
    }
  }

  private unsealKey(
    tenantId: string,
    personId: string,
    { key_id: id, sealed_by: sealedBy, sealed }: KeyRow,
  ): Buffer {
    if (sealedBy !== this.keyName) throw new OtherTextKey(sealedBy, this.keyName);
    try {
      return unseal(this.key, sealed, keyContext(tenantId, personId, id));
    } catch {
      throw new TamperedText(id);
    }
  }
}

const keyContext = (tenantId: string, personId: string, id: string) => `key|${tenantId}|${personId}|${id}`;
const textContext = (tenantId: string, personId: string, id: string) => `text|${tenantId}|${personId}|${id}`;

function refuseUnkeepable(text: string): void {
  if (text.length > MAX_TEXT_LENGTH)
    throw refused('text-too-long', `A text may have at most ${MAX_TEXT_LENGTH} characters.`);
  if (text.includes('\u0000') || !text.isWellFormed()) {
    throw refused('text-not-storable', 'A text may not hold NUL or a lone surrogate.');
  }
}

const refused = (slug: string, detail: string) => new RefusedError({ kind: 'invalid', slug, detail });
