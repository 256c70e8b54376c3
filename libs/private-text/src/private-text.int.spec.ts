import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPool } from '@cairn/event-store/postgres';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { migrate, PrivateText } from './index.js';

const key = Buffer.alloc(32, 1);
const texts = new PrivateText(key);
const tenantId = randomUUID();

describe('private text', () => {
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await testDatabase();
    pool = openPool({ connectionString: database.url });
    await migrate(pool);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const put = async (text: string, personId: string = randomUUID()) => {
    const id = randomUUID();
    await texts.put(pool, { tenantId, personId, id, text });
    return { id, personId };
  };

  it('is read as it was written, and nothing of it is in the database', async () => {
    const { id, personId } = await put('He said: no 😀');
    expect(await texts.read(pool, personId, [id, randomUUID()])).toEqual(new Map([[id, 'He said: no 😀']]));
    const { rows } = await pool.query('SELECT * FROM text.texts WHERE text_id = $1', [id]);
    expect(rows[0].sealed.includes('He said')).toBe(false);
  });

  it('keeps the first text when the same id is sent again', async () => {
    const { id, personId } = await put('first');
    await texts.put(pool, { tenantId, personId, id, text: 'second' });
    expect((await texts.read(pool, personId, [id])).get(id)).toBe('first');
  });

  it('has one key for each person, also when many write at once', async () => {
    const personId = randomUUID();
    const written = await Promise.all(Array.from({ length: 20 }, (_, n) => put(`text ${n}`, personId)));
    const read = await texts.read(
      pool,
      personId,
      written.map(({ id }) => id),
    );
    expect([...read.values()].sort()).toEqual(Array.from({ length: 20 }, (_, n) => `text ${n}`).sort());
  });

  it('is not given to who asks for another person', async () => {
    const { id } = await put('mine');
    expect(await texts.read(pool, randomUUID(), [id])).toEqual(new Map());
  });

  it("is gone with the person's key, and only theirs", async () => {
    const mine = await put('mine');
    const yours = await put('yours');
    await texts.erase(pool, tenantId, mine.personId);
    expect(await texts.read(pool, mine.personId, [mine.id])).toEqual(new Map());
    expect((await texts.read(pool, yours.personId, [yours.id])).get(yours.id)).toBe('yours');
  });

  it('says when a row was moved, changed, or sealed with another key', async () => {
    const one = await put('one');
    const two = await put('two', one.personId);
    await expect(new PrivateText(Buffer.alloc(32, 2)).read(pool, one.personId, [one.id])).rejects.toThrow();
    await pool.query(
      'UPDATE text.texts SET sealed = (SELECT sealed FROM text.texts WHERE text_id = $2) WHERE text_id = $1',
      [one.id, two.id],
    );
    await expect(texts.read(pool, one.personId, [one.id])).rejects.toThrow();
  });

  it('refuses a key of another length', () => {
    expect(() => new PrivateText(Buffer.alloc(16))).toThrow('32 bytes');
  });
});
