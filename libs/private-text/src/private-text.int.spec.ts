import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RefusedError } from '@cairn/decider';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { eraseTexts, MAX_TEXT_LENGTH, migrate, OtherTextKey, PrivateText, TamperedText } from './index.js';

const texts = new PrivateText(randomBytes(32));
const tenantId = randomUUID();

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.pool);
  await migrate(database.pool);
});
afterAll(() => database.drop());

async function written(text: string, personId: string = randomUUID()) {
  const id = randomUUID();
  await texts.put(database.pool, { tenantId, personId, id, text });
  return { id, personId };
}

const read = async ({ id, personId }: { id: string; personId: string }) =>
  (await texts.read(database.pool, tenantId, personId, [id])).get(id);
const refusal = async (putting: Promise<unknown>) =>
  ((await putting.catch((error: unknown) => error)) as RefusedError).refusal;

describe('a text', () => {
  it('comes back as it was written', async () => {
    for (const text of ['', 'Grüße 😀\n', 'x'.repeat(MAX_TEXT_LENGTH)]) {
      expect(await read(await written(text))).toBe(text);
    }
  });

  it('is in no table as it was written', async () => {
    await written('canary-in-plain-sight');
    const { rows } = await database.pool.query(
      `select r::text as row, k::text as key from text.texts r join text.keys k on k.key_id = r.key_id`,
    );
    const stored = JSON.stringify(rows);
    for (const form of [
      Buffer.from('canary-in-plain').toString('hex'),
      'canary',
      Buffer.from('canary-in-plain').toString('base64'),
    ]) {
      expect(stored).not.toContain(form);
    }
  });

  it('looks different each time', async () => {
    const personId = randomUUID();
    await written('the same', personId);
    await written('the same', personId);
    const { rows } = await database.pool.query(
      'select distinct sealed from text.texts where person_id = $1',
      [personId],
    );
    expect(rows).toHaveLength(2);
  });

  it('is read many at a time, those that are there', async () => {
    const one = await written('one');
    const two = await written('two', one.personId);
    const found = await texts.read(database.pool, tenantId, one.personId, [two.id, one.id, randomUUID()]);
    expect(Object.fromEntries(found)).toEqual({ [one.id]: 'one', [two.id]: 'two' });
    expect(await texts.read(database.pool, tenantId, one.personId, [])).toEqual(new Map());
  });

  it('is not given to who asks for another person', async () => {
    const { id } = await written('mine');
    expect(await read({ id, personId: randomUUID() })).toBeUndefined();
  });

  it('is not given to another tenant, whatever ids it has there', async () => {
    const mine = await written('mine');
    const theirs = { ...mine, tenantId: randomUUID() };
    expect((await texts.read(database.pool, theirs.tenantId, mine.personId, [mine.id])).size).toBe(0);
    await texts.put(database.pool, { ...theirs, text: 'theirs' });
    expect(await read(mine)).toBe('mine');
    const found = await texts.read(database.pool, theirs.tenantId, mine.personId, [mine.id]);
    expect([...found.values()]).toEqual(['theirs']);
  });
});

describe('putting', () => {
  it('again changes nothing', async () => {
    const put = { tenantId, personId: randomUUID(), id: randomUUID(), text: 'once' };
    await texts.put(database.pool, put);
    await texts.put(database.pool, put);
    expect(await read(put)).toBe('once');
    const other = await refusal(texts.put(database.pool, { ...put, text: 'twice' }));
    expect(other).toMatchObject({ kind: 'invalid', slug: 'text-already-kept' });
    expect(await read(put)).toBe('once');
  });

  it('is undone with the transaction it was in', async () => {
    const client = await database.pool.connect();
    const put = { tenantId, personId: randomUUID(), id: randomUUID(), text: 'gone' };
    await client.query('begin');
    await texts.put(client, put);
    await client.query('rollback');
    client.release();
    expect(await read(put)).toBeUndefined();
  });

  it('many at once for a new person makes them one key', async () => {
    const personId = randomUUID();
    const all = await Promise.all(Array.from({ length: 20 }, (_, n) => written(`text ${n}`, personId)));
    const { rows } = await database.pool.query(
      'select count(*)::int as keys from text.keys where person_id = $1',
      [personId],
    );
    expect(rows).toEqual([{ keys: 1 }]);
    expect(await read(all[7]!)).toBe('text 7');
  });

  it.each([
    ['x'.repeat(MAX_TEXT_LENGTH + 1), 'text-too-long'],
    ['a\u0000', 'text-not-storable'],
    ['\ud800', 'text-not-storable'],
  ])('is refused where it cannot be kept', async (text, slug) => {
    const refused = await refusal(written(text));
    expect(refused).toMatchObject({ kind: 'invalid', slug });
    expect(refused.detail).not.toContain(text.slice(0, 50));
  });
});

describe('a person erased', () => {
  it('has no text left that can be read, and no other person loses theirs', async () => {
    const gone = await written('gone');
    const kept = await written('kept');
    expect(await eraseTexts(database.pool, tenantId, gone.personId)).toBe(true);
    expect(await read(gone)).toBeUndefined();
    expect(await read(kept)).toBe('kept');
    expect(await eraseTexts(database.pool, tenantId, gone.personId)).toBe(false);
  });

  it('of another tenant is another person', async () => {
    const here = await written('here');
    expect(await eraseTexts(database.pool, randomUUID(), here.personId)).toBe(false);
    expect(await read(here)).toBe('here');
  });

  it('may write again; what was before stays gone, also when it is sent again', async () => {
    const before = await written('before');
    await eraseTexts(database.pool, tenantId, before.personId);
    const after = await written('after', before.personId);
    expect(await read(after)).toBe('after');
    expect(await read(before)).toBeUndefined();
    await texts.put(database.pool, { tenantId, ...before, text: 'before' });
    expect(await read(before)).toBeUndefined();
  });

  it('waits for a text that is being written', async () => {
    const { personId } = await written('first');
    const client = await database.pool.connect();
    await client.query('begin');
    const id = randomUUID();
    await texts.put(client, { tenantId, personId, id, text: 'second' });
    const erased = eraseTexts(database.pool, tenantId, personId);
    const meanwhile = new Promise((resolve) => setTimeout(() => resolve('waiting'), 200));
    expect(await Promise.race([erased, meanwhile])).toBe('waiting');
    await client.query('commit');
    client.release();
    expect(await erased).toBe(true);
    expect(await read({ id, personId })).toBeUndefined();
  });
});

describe('tampering is noticed:', () => {
  const flip = (at: number) => `set_byte(sealed, ${at}, get_byte(sealed, ${at}) # 1)`;
  it.each([
    ['a changed IV', `update text.texts set sealed = ${flip(0)} where text_id = $1`],
    ['a changed tag', `update text.texts set sealed = ${flip(12)} where text_id = $1`],
    ['a changed bit of the text', `update text.texts set sealed = ${flip(28)} where text_id = $1`],
    ['a row cut short', `update text.texts set sealed = substring(sealed from 1 for 20) where text_id = $1`],
    ['a row cut to nothing', `update text.texts set sealed = '' where text_id = $1`],
    [
      'a changed person key',
      `update text.keys set sealed = ${flip(30)} where key_id = (select key_id from text.texts where text_id = $1)`,
    ],
  ])('%s', async (_, sql) => {
    const text = await written('as written');
    await database.pool.query(sql, [text.id]);
    await expect(read(text)).rejects.toThrow(TamperedText);
  });

  it('a text in another tenant', async () => {
    const { id, personId } = await written('as written');
    const other = randomUUID();
    await database.pool.query('update text.texts set tenant_id = $2 where text_id = $1', [id, other]);
    await expect(texts.read(database.pool, other, personId, [id])).rejects.toThrow(TamperedText);
  });

  it('a text passed off as somebody else’s', async () => {
    const text = await written('mine');
    const other = await written('yours');
    await database.pool.query('update text.texts set person_id = $2 where text_id = $1', [
      text.id,
      other.personId,
    ]);
    await expect(read({ ...text, personId: other.personId })).rejects.toThrow(TamperedText);
  });

  it('a text under another id', async () => {
    const text = await written('one');
    const other = await written('two', text.personId);
    await database.pool.query(
      'update text.texts t set sealed = o.sealed from text.texts o where t.text_id = $1 and o.text_id = $2',
      [text.id, other.id],
    );
    await expect(read(text)).rejects.toThrow(TamperedText);
  });
});

describe('another TEXT_KEY', () => {
  it('opens nothing, and the error names which one is needed', async () => {
    const { id, personId } = await written('secret');
    const stranger = new PrivateText(randomBytes(32));
    await expect(stranger.read(database.pool, tenantId, personId, [id])).rejects.toThrow(OtherTextKey);
    await expect(
      stranger.put(database.pool, { tenantId, personId, id: randomUUID(), text: 'x' }),
    ).rejects.toThrow(OtherTextKey);
  });

  it.each([0, 31, 33])('is refused when it is none: %i bytes', (length) => {
    expect(() => new PrivateText(Buffer.alloc(length))).toThrow('32 bytes');
  });
});
