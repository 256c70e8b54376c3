import { countStatements, manyPeople, testService, type TestService } from '@cairn/service/testing';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { definition } from '../src/app.module.js';

const PEOPLE = 3_000;

let goals: TestService;
beforeAll(async () => {
  goals = await testService(definition);
});
afterAll(() => goals.stop());

const known = async () => {
  const { rows } = await goals.pool.query(
    `SELECT count(*)::int AS people, count(manager_id)::int AS led, count(department)::int AS placed,
            count(*) FILTER (WHERE version = 2)::int AS moved FROM known_people`,
  );
  return rows[0] as object;
};

it('keeps what an import says of thousands of people with a few statements', async () => {
  const statements = jest.spyOn(pg.Client.prototype, 'query');
  const events = manyPeople(PEOPLE);
  await goals.tell(...events);
  const expected = { people: PEOPLE, led: (PEOPLE * 2) / 3, placed: PEOPLE, moved: PEOPLE / 3 };
  await goals.until(
    async () => ({ status: 200, body: await known(), headers: {} }),
    ({ body }) => body.people === PEOPLE && body.moved === PEOPLE / 3,
  );
  expect(await known()).toEqual(expected);
  const writes = countStatements(statements, 'INSERT INTO known_people');
  expect(writes).toBeGreaterThan(0);
  expect(writes).toBeLessThan(PEOPLE / 100);
}, 30_000);
