import {
  countStatements,
  manyPeople,
  testService,
  type TestService,
  type Told,
} from '@cairn/service/testing';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { definition } from '../src/app.module.js';

const PEOPLE = 3_000;

let sessions: TestService;
beforeAll(async () => {
  sessions = await testService(definition);
});
afterAll(() => sessions.stop());

const known = async () => {
  const { rows } = await sessions.pool.query(
    `SELECT count(*)::int AS people, count(manager_id)::int AS led, count(department)::int AS placed,
            count(*) FILTER (WHERE version = 2 AND left_at IS NULL)::int AS moved,
            count(left_at)::int AS gone FROM known_people`,
  );
  return rows[0] as object;
};

it('keeps what an import says of thousands of people with a few statements', async () => {
  const statements = jest.spyOn(pg.Client.prototype, 'query');
  const events = manyPeople(PEOPLE, (n, personId, stream) => {
    const left = { personId, leftOn: '2026-01-31', dateBasis: 'column' };
    return n % 3 === 1 ? [{ name: 'PersonLeft', stream, version: 2, data: left } as Told] : [];
  });
  await sessions.tell(...events);
  const expected = {
    people: PEOPLE,
    led: (PEOPLE * 2) / 3,
    placed: PEOPLE,
    moved: PEOPLE / 3,
    gone: PEOPLE / 3,
  };
  await sessions.until(
    async () => ({ status: 200, body: await known(), headers: {} }),
    ({ body }) => body.people === PEOPLE && body.moved === PEOPLE / 3 && body.gone === PEOPLE / 3,
  );
  expect(await known()).toEqual(expected);
  const writes = countStatements(statements, 'INSERT INTO known_people');
  expect(writes).toBeGreaterThan(0);
  expect(writes).toBeLessThan(PEOPLE / 100);
  const reads = countStatements(statements, 'FROM engagements');
  expect(reads).toBeGreaterThan(0);
  expect(reads).toBeLessThan(PEOPLE / 100);
}, 30_000);
