import { describe, expect, it } from '@jest/globals';
import type { BusRecord } from '@cairn/messaging';
import { testDatabase } from '@cairn/testing';
import { hearsAnswer, linesOfTables, scanTables, singingMessages } from './canaries.js';
import { ANONYMOUS } from './story/assessing.js';
import { NAME_CANARY, TEXT_CANARY } from './story/people.js';

/* What looks for leaks has to find one: it is planted here wherever it could be. */
describe('a leak that is planted', () => {
  it('is found in a table, in whatever kind of column', async () => {
    const database = await testDatabase();
    const [answer] = ANONYMOUS;
    await database.pool.query(`
      CREATE SCHEMA other;
      CREATE TABLE other.leaks (a text, b bytea, c jsonb, d text[], e int[]);
      CREATE TABLE people (full_name text, said text);
      INSERT INTO people VALUES ('${NAME_CANARY}', NULL);`);
    const databases = { enrollment: database.url };
    expect(await scanTables(databases)).toMatchObject({ found: [], tables: 2 });

    for (const word of [NAME_CANARY, TEXT_CANARY.toUpperCase()])
      await database.pool.query(
        `INSERT INTO other.leaks (a, b, c, d) VALUES ($1, NULL, NULL, NULL), (NULL, $2, NULL, NULL),
           (NULL, NULL, $3, NULL), (NULL, NULL, NULL, $4)`,
        [
          `so says ${word}`,
          Buffer.from(`{"by":"${word.toLowerCase()}"}`),
          { deep: [{ name: word }] },
          [word],
        ],
      );
    await database.pool.query('UPDATE people SET said = $1', [TEXT_CANARY]);
    await database.pool.query('INSERT INTO other.leaks (c, e) VALUES ($1, NULL), (NULL, $2)', [
      { values: answer },
      answer,
    ]);
    const { found, directory } = await scanTables(databases);
    expect(found.filter((line) => line.startsWith('enrollment.other.leaks: '))).toHaveLength(8);
    expect(found.filter((line) => line.startsWith('enrollment.public.people: '))).toHaveLength(1);
    expect([...directory]).toEqual(['enrollment.public.people']);
    expect(await linesOfTables(databases, (line) => hearsAnswer(line, ANONYMOUS))).toHaveLength(2);
    await database.drop();
  });

  it('is found in any part of a message', () => {
    const message = (some: Partial<BusRecord>): BusRecord => ({
      topic: 'cairn.goals.v1',
      partition: 0,
      offset: 0,
      key: 'goal-1',
      value: Buffer.from('{}'),
      headers: {},
      ...some,
    });
    const leaks = [
      message({ key: `goal-${NAME_CANARY}` }),
      message({ headers: { subject: NAME_CANARY } }),
      message({ value: Buffer.from(`{"data":{"text":"${TEXT_CANARY}"}}`) }),
      message({ value: Buffer.from(`{"data":"${Buffer.from(TEXT_CANARY).toString('hex')}"}`) }),
    ];
    expect(singingMessages([message({}), ...leaks])).toHaveLength(leaks.length);
  });
});
