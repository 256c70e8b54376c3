import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Role } from '@cairn/identity';
import { readFileSync } from 'node:fs';
import { enrollmentApp, type TestApp } from '../../test/app.js';
import { expectStatus, programme, type Programme } from '../../test/given.js';

let shared: TestApp;
let app: TestApp;
let to: Programme;
/** personId by employee id; of the placeholder by name. */
let ids: Map<string, string>;

const fixture = (name: string) =>
  readFileSync(new URL(`../people/import/fixtures/${name}`, import.meta.url), 'utf8');
const settled = {
  ...(JSON.parse(fixture('people.json')) as object),
  name: 'own',
  placeholders: ['Vera Stone'],
  notAPerson: ['Supervisory Board'],
};
const RULES = [
  { code: 'leads-a-team', any: [{ attribute: 'teamSize', is: 'at-least', value: 1 }] },
  { code: 'lost-somebody', any: [{ attribute: 'baselineLeft', is: 'at-least', value: 1 }] },
];
const AS_OF = '2019-02-28';
const HR_AND_ADMIN: Role[] = ['hr', 'program-admin'];

beforeAll(async () => {
  shared = await enrollmentApp();
});
afterAll(() => shared?.close());
beforeEach(async () => {
  app = shared.inNewTenant();
  app.clock.set('2019-02-28T12:00:00.000Z');
  const hr = app.as('hr');
  await hr.put('/people/mappings/own', settled);
  const imported = await hr.post('/people/imports?mapping=own', fixture('people.csv'), {
    contentType: 'text/csv',
  });
  expect(imported.body).toMatchObject({ status: 'applied' });
  const people = (await hr.get('/people?limit=500')).body.items;
  ids = new Map(
    people.map(({ personId, employeeId, name }: Record<string, string>) => [employeeId ?? name, personId]),
  );
  to = await programme(app, { startsOn: '2019-02-01', endsOn: '2019-08-31' });
});

const define = (rules: object[], ifMatch?: string) =>
  app.as('hr').put(`/programs/${to.programId}/eligibility-rules`, { rules }, ifMatch ? { ifMatch } : {});
const dryRun = async (query = `?asOf=${AS_OF}&limit=500`, who = app.as('hr')) =>
  expectStatus(200, await who.get(`/programs/${to.programId}/eligibility${query}`));
type Item = { personId: string; eligible: boolean; canBeNominated: boolean; rules: object[] };
const eligibleIn = ({ items }: { items: Item[] }) =>
  items.filter(({ eligible }) => eligible).map(({ personId }) => personId);
const nominate = (personId: string, more: object = {}, who = app.as('hr')) =>
  who.post(`/programs/${to.programId}/enrollments`, { personId, cohortId: to.cohortId, ...more });

describe('a dry run of the rules', () => {
  it('says of everybody employed which rules hold and why', async () => {
    expectStatus(200, await define(RULES));
    const run = await dryRun();
    expect(run).toMatchObject({ asOf: AS_OF, ruleVersion: 1 });
    // Twelve people and a placeholder, less the three who are gone.
    expect(run.items).toHaveLength(10);
    expect(eligibleIn(run).sort()).toEqual([ids.get('E2'), ids.get('Vera Stone')].sort());
    const hugo = run.items.find(({ personId }: Item) => personId === ids.get('E3'));
    expect(hugo.rules).toEqual([
      { code: 'leads-a-team', holds: true, why: ['teamSize is at least 1: holds (2)'] },
      { code: 'lost-somebody', holds: false, why: ['baselineLeft is at least 1: does not hold (0)'] },
    ]);
    // Whoever does not reach all of the people is not told the figures of whole teams.
    for (const limits of [{ orgUnits: ['Making', 'Numbers'] }, { personId: ids.get('E8')! }]) {
      const told = JSON.stringify(await dryRun(undefined, app.as('hr', limits)));
      expect(told).toContain('baselineLeft is at least 1: does not hold"');
      expect(told).not.toMatch(/baselineLeft is at least 1: [a-z ]+\(/);
    }
    const vera = run.items.find(({ personId }: Item) => personId === ids.get('Vera Stone'));
    expect(vera).toMatchObject({ eligible: true, canBeNominated: false });
  });

  it('looks at any day of the past, and changes nothing', async () => {
    await define(RULES);
    const before = (await app.events()).length;
    expect(eligibleIn(await dryRun('?asOf=2018-03-01&limit=500'))).toEqual([]);
    expect(await app.events()).toHaveLength(before);
  });

  it('has who left until the day on which they did', async () => {
    const has = async (day: string) =>
      (await dryRun(`?asOf=${day}&limit=500`)).items.some(({ personId }: Item) => personId === ids.get('E6'));
    expect([await has('2018-08-19'), await has('2018-08-20')]).toEqual([true, false]);
  });

  it('sees people as they were on that day, also where a later file has them otherwise', async () => {
    await define([
      {
        code: 'manager-in-numbers',
        any: [{ attribute: 'level', is: 'equal', value: 'manager' }],
      },
      { code: 'of-numbers', any: [{ attribute: 'department', is: 'equal', value: 'Numbers' }] },
      { code: 'there', any: [{ attribute: 'onLeave', is: 'equal', value: false }] },
    ]);
    app.clock.set('2019-07-01T12:00:00.000Z');
    const promoted = fixture('people.csv').replace(
      'E5,Operator I,Making           ,North',
      'E5,Finance Manager,Numbers,North',
    );
    const sent = await app
      .as('hr')
      .post('/people/imports?mapping=own&snapshotDate=2019-06-30', promoted, { contentType: 'text/csv' });
    expect(sent.body).toMatchObject({ status: 'applied', counts: { updated: 1 } });
    const quist = ids.get('E5')!;
    expect(eligibleIn(await dryRun('?asOf=2019-06-30&limit=500'))).toEqual([quist]);
    const before = await dryRun('?asOf=2019-06-29&limit=500');
    expect(eligibleIn(before)).toEqual([]);
    expect(before.items.find(({ personId }: Item) => personId === quist).rules).toEqual([
      { code: 'manager-in-numbers', holds: false, why: ['level is manager: does not hold (individual)'] },
      { code: 'of-numbers', holds: false, why: ['department is Numbers: does not hold (Making)'] },
      { code: 'there', holds: true, why: ['onLeave is false: holds (false)'] },
    ]);
  });

  it('comes in pages, with everybody once', async () => {
    await define(RULES);
    const first = await dryRun(`?asOf=${AS_OF}&limit=6`);
    const second = await dryRun(`?asOf=${AS_OF}&limit=6&cursor=${first.nextCursor}`);
    expect(second.nextCursor).toBeUndefined();
    expect([...first.items, ...second.items]).toEqual((await dryRun()).items);
  });

  it('without rules has everybody eligible', async () => {
    expect((await dryRun()).items.every(({ eligible }: Item) => eligible)).toBe(true);
  });

  it('shows to HR of a department its people alone', async () => {
    const limited = app.as('hr', { orgUnits: ['Numbers'] });
    const run = await dryRun(undefined, limited);
    expect(run.items.map(({ personId }: Item) => personId).sort()).toEqual(
      [ids.get('E11'), ids.get('E12')].sort(),
    );
  });

  it('shows to HR neither themself nor their line upwards, whatever other role they have', async () => {
    // E8 reports to E3, who reports to E1.
    const hidden = ['E8', 'E3', 'E1'].map((id) => ids.get(id)!);
    const all = (await dryRun(undefined, app.as('program-admin'))).items as Item[];
    const rest = all.filter(({ personId }) => !hidden.includes(personId));
    expect(rest).toHaveLength(all.length - hidden.length);
    const limits = { personId: ids.get('E8')! };
    for (const roles of [['hr'], HR_AND_ADMIN] satisfies Role[][])
      expect((await dryRun(undefined, app.as(roles, limits))).items).toEqual(rest);
    const numbers = await dryRun(undefined, app.as(HR_AND_ADMIN, { orgUnits: ['Numbers'] }));
    expect(numbers.items.map(({ personId }: Item) => personId).sort()).toEqual(
      [ids.get('E11'), ids.get('E12')].sort(),
    );
  });
});

describe('rules', () => {
  it('that were defined are replaced only by whoever has seen them', async () => {
    const first = await define(RULES);
    expect((await define([])).status).toBe(428);
    expect((await define([], '"1"')).status).toBe(412);
    expect((await define([], first.headers['etag'])).status).toBe(200);
  });

  it('that cannot be used are refused with pointers', async () => {
    const reply = await define([
      { code: 'a', any: [{ attribute: 'teamSize', is: 'at-least', value: 'many' }] },
      { code: 'a', any: [{ attribute: 'level', is: 'at-most', value: 3 }] },
    ]);
    expect(reply.status).toBe(422);
    expect(reply.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/rules/0/any/0/value',
      '/rules/1/code',
      '/rules/1/any/0/value',
    ]);
  });
});

describe('an evaluation', () => {
  const evaluate = (who = app.as('hr'), asOf = AS_OF) =>
    who.post(`/programs/${to.programId}/eligibility/evaluations`, { asOf });
  const recorded = async () => (await app.events()).filter(({ type }) => type === 'EligibilityEvaluated');

  it('records the outcome for each person, once for each version of the rules', async () => {
    expect((await evaluate()).body.type).toBe('urn:cairn:problem:no-eligibility-rules');
    const { headers } = await define(RULES);
    expect(expectStatus(200, await evaluate())).toEqual({
      asOf: AS_OF,
      ruleVersion: 1,
      evaluated: 10,
      eligible: 2,
    });
    expect(await recorded()).toHaveLength(10);
    const hugo = (await recorded()).find(
      ({ data }) => (data as { personId: string }).personId === ids.get('E3'),
    )!;
    expect(hugo.data).toEqual({
      programId: to.programId,
      personId: ids.get('E3'),
      ruleVersion: 1,
      eligible: false,
      ruleCodes: ['lost-somebody'],
    });
    await evaluate();
    expect(await recorded()).toHaveLength(10);
    await define(RULES.slice(0, 1), headers['etag']);
    await evaluate();
    expect(await recorded()).toHaveLength(20);
  });

  it('is recorded anew where other rules do not hold, though the outcome is the same', async () => {
    await define(RULES);
    await evaluate();
    await evaluate(undefined, '2017-01-01');
    const said = (await recorded()).map(({ data }) => data as { personId: string; ruleCodes: string[] });
    const ofHugo = said.filter(({ personId }) => personId === ids.get('E3'));
    expect(ofHugo.map(({ ruleCodes }) => ruleCodes)).toEqual([
      ['lost-somebody'],
      ['leads-a-team', 'lost-somebody'],
    ]);
  });

  it('by HR leaves out themself and their line upwards, whatever other role they have', async () => {
    await define(RULES);
    const both = app.as(HR_AND_ADMIN, { personId: ids.get('E8')! });
    expect(expectStatus(200, await evaluate(both))).toMatchObject({ evaluated: 7, eligible: 2 });
    const judged = (await recorded()).map(({ data }) => (data as { personId: string }).personId);
    expect(judged).toHaveLength(7);
    for (const upwards of ['E8', 'E3', 'E1']) expect(judged).not.toContain(ids.get(upwards));
    const numbers = app.as(HR_AND_ADMIN, { orgUnits: ['Numbers'] });
    expect(expectStatus(200, await evaluate(numbers))).toMatchObject({ evaluated: 2 });
    expect(expectStatus(200, await evaluate(app.as('program-admin')))).toMatchObject({ evaluated: 10 });
  });
});

describe('a nomination', () => {
  it('of somebody whom the rules leave out is refused with the rules, unless HR insists', async () => {
    await define(RULES);
    const hugo = ids.get('E3')!;
    const refused = await nominate(hugo);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      type: 'urn:cairn:problem:not-eligible',
      rules: [{ code: 'lost-somebody', why: ['baselineLeft is at least 1: does not hold'] }],
    });
    const admin = await nominate(hugo, { override: true }, app.as('program-admin'));
    expect(admin.status).toBe(403);
    expect((await nominate(hugo, { override: true })).status).toBe(201);
    expect((await nominate(ids.get('E2')!)).status).toBe(201);
    const said = (await app.events()).filter(({ type }) => type === 'EligibilityEvaluated');
    expect(said.map(({ data }) => (data as { eligible: boolean }).eligible)).toEqual([false, true]);
  });

  it('goes by the latest evaluation of the present rules, whichever day it looked at', async () => {
    to = await programme(app, { startsOn: '2019-02-01', endsOn: '2022-01-31' });
    const { headers } = await define(RULES);
    const evaluate = (asOf: string) =>
      app.as('hr').post(`/programs/${to.programId}/eligibility/evaluations`, { asOf });
    const [hugo, eligible] = [ids.get('E3')!, ids.get('E2')!];
    // As of today, long after, nobody has lost anybody within the year.
    app.clock.set('2021-11-29T12:00:00.000Z');
    const refused = await nominate(eligible);
    expect(refused.body).toMatchObject({ type: 'urn:cairn:problem:not-eligible', asOf: '2021-11-29' });
    expect(refused.body.detail).toMatch(/^As of 2021-11-29, the day of the nomination, .*evaluations/);
    expectStatus(200, await evaluate('2021-11-29'));
    expectStatus(200, await evaluate(AS_OF));
    expect((await nominate(eligible)).status).toBe(201);
    const other = await nominate(hugo);
    expect(other.body).toMatchObject({
      asOf: AS_OF,
      rules: [{ code: 'lost-somebody', why: ['baselineLeft is at least 1: does not hold'] }],
    });
    expect(other.body.detail).toContain(`As of ${AS_OF}, the day of the latest recorded evaluation`);
    // An evaluation that says the same as the one before counts as the latest too.
    expectStatus(200, await evaluate('2019-01-30'));
    expect((await nominate(hugo)).body).toMatchObject({ asOf: '2019-01-30' });
    // One by other rules says nothing any more.
    await define(RULES.slice(1), headers['etag']);
    expect((await nominate(hugo)).body).toMatchObject({ asOf: '2021-11-29' });
  });

  it('does not go by what another nomination asked itself', async () => {
    to = await programme(app, { startsOn: '2019-02-01', endsOn: '2022-01-31' });
    await define(RULES);
    const temi = ids.get('E2')!;
    const { enrollmentId } = expectStatus(201, await nominate(temi));
    expectStatus(200, await app.as('hr').post(`/enrollments/${enrollmentId}/withdraw`, {}));
    app.clock.set('2021-11-29T12:00:00.000Z');
    expect((await nominate(temi)).body).toMatchObject({
      type: 'urn:cairn:problem:not-eligible',
      asOf: '2021-11-29',
    });
  });

  it('told of the past goes by what was there then, and leaves what was recorded since', async () => {
    to = await programme(app, { startsOn: '2019-02-01', endsOn: '2022-01-31' });
    await define(RULES);
    const [temi, asOf] = [ids.get('E2')!, '2021-11-29'];
    app.clock.set(`${asOf}T12:00:00.000Z`);
    expectStatus(200, await app.as('hr').post(`/programs/${to.programId}/eligibility/evaluations`, { asOf }));
    const told = await app
      .as('integration')
      .post(
        `/programs/${to.programId}/enrollments`,
        { personId: temi, cohortId: to.cohortId },
        { onBehalfOf: 'hr', occurredAt: `${AS_OF}T13:00:00Z` },
      );
    const { enrollmentId } = expectStatus(201, told);
    expectStatus(200, await app.as('hr').post(`/enrollments/${enrollmentId}/withdraw`, {}));
    const refused = await nominate(temi);
    expect(refused.body).toMatchObject({ type: 'urn:cairn:problem:not-eligible', asOf });
    expect(refused.body.detail).toContain('the day of the latest recorded evaluation');
  });

  it('of a placeholder waits until they are completed', async () => {
    const vera = ids.get('Vera Stone')!;
    expect((await nominate(vera)).body.type).toBe('urn:cairn:problem:person-not-completed');
    const body = { givenName: 'Vera', familyName: 'Stone', email: 'vera@example.com' };
    expectStatus(200, await app.as('hr').post(`/people/${vera}/complete`, body));
    expect((await nominate(vera)).status).toBe(201);
  });

  it('of somebody who is gone is refused', async () => {
    expect((await nominate(ids.get('E6')!)).body).toMatchObject({
      type: 'urn:cairn:problem:person-left',
      leftOn: '2018-08-19',
    });
  });

  it('into history is for integration, and is not judged', async () => {
    await define(RULES);
    const own = await nominate(ids.get('E3')!, { history: true });
    expect([own.status, own.body.type]).toEqual([403, 'urn:cairn:problem:history-not-allowed']);
    const told = await app
      .as('integration')
      .post(
        `/programs/${to.programId}/enrollments`,
        { personId: ids.get('E3'), cohortId: to.cohortId, history: true },
        { onBehalfOf: 'hr', occurredAt: '2019-02-05T09:00:00Z' },
      );
    expect(told.status).toBe(201);
  });

  it('reaches nobody outside HR’s own units, nor HR themself', async () => {
    const limited = app.as('hr', { orgUnits: ['Numbers'] });
    expect((await nominate(ids.get('E2')!, {}, limited)).status).toBe(404);
    expect((await nominate(ids.get('E12')!, {}, limited)).status).toBe(201);
    const self = app.as('hr', { personId: ids.get('E8')! });
    // E8 reports to E3, who reports to E1.
    for (const upwards of ['E8', 'E3', 'E1'])
      expect((await nominate(ids.get(upwards)!, {}, self)).status).toBe(404);
    expect((await nominate(ids.get('E2')!, {}, self)).status).toBe(201);
  });
});
