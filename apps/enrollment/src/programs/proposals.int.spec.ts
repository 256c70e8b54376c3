import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { enrollmentApp, eventually, type Reply, type TestApp } from '../../test/app.js';
import { expectStatus, person, programme, type Programme } from '../../test/given.js';
import type { PersonEntity } from '../people/person.entity.js';
import type { Proposal } from './proposals.js';

let shared: TestApp;
let app: TestApp;
let to: Programme;
beforeAll(async () => {
  shared = await enrollmentApp();
});
afterAll(() => shared?.close());
beforeEach(async () => {
  app = shared.inNewTenant();
  app.clock.set('2026-03-02T08:00:00.000Z');
  to = await programme(app);
});

const employed = { start: '2020-01-01', end: null, leavingReason: null };
/** Somebody in the directory, who reports to `boss` since a day. */
const known = (some: {
  boss?: PersonEntity;
  since?: string;
  end?: string;
  promotions?: string[];
  department?: string;
}) =>
  person(app, {
    department: some.department ?? 'Making',
    managerId: some.boss?.personId ?? null,
    leftOn: some.end ?? null,
    history: {
      employments: [{ ...employed, end: some.end ?? null }],
      managerLinks: some.boss ? [{ managerId: some.boss.personId, from: some.since ?? '2020-01-01' }] : [],
      engagementScores: [],
      performanceRatings: [],
      changes: [],
      ...(some.promotions ? { promotions: some.promotions } : {}),
    },
  });
const at = () => `/programs/${to.programId}`;
const define = (...triggers: object[]): Promise<Reply> =>
  app.as('hr').put(`${at()}/triggers`, { triggers }, { ifMatch: '*' });
const proposed = async (as = app.as('hr')): Promise<Proposal[]> =>
  expectStatus(200, await as.get(`${at()}/proposals`)).items;

const PROMOTED = { code: 'new-managers', kind: 'promoted-to-manager', withinDays: 90 };
const GAP = {
  code: 'losing-people',
  kind: 'baseline-gap',
  conditions: [{ attribute: 'baselineLeft', is: 'at-least', value: 1 }],
};

describe('a promotion to people manager', () => {
  it('is proposed for so many days, to who still leads a team', async () => {
    const [recent, old, past] = [
      await known({ promotions: ['2026-02-01'] }),
      await known({ promotions: ['2025-06-01'] }),
      await known({ promotions: ['2026-02-01'] }),
    ];
    for (const boss of [recent, old]) await known({ boss });
    await known({ boss: past, end: '2026-02-20' });
    expectStatus(200, await define(PROMOTED));
    expect(await proposed()).toEqual([
      {
        proposalId: expect.any(String),
        personId: recent.personId,
        trigger: 'new-managers',
        kind: 'promoted-to-manager',
        cause: '2026-02-01',
        why: ['promoted to people manager on 2026-02-01'],
      },
    ]);
    expect(await app.looked()).toMatchObject([
      { role: 'hr', what: 'eligibility', personIds: [recent.personId] },
    ]);
    app.clock.set('2026-05-02T08:00:00.000Z');
    expect(await proposed()).toEqual([]);
  });

  it('is not proposed of a placeholder, who cannot be nominated before they are completed', async () => {
    const boss = await known({ promotions: ['2026-02-01'] });
    await known({ boss });
    await app.dataSource.query('UPDATE people SET completed = false WHERE person_id = $1', [boss.personId]);
    expectStatus(200, await define(PROMOTED));
    expect(await proposed()).toEqual([]);
    await app.dataSource.query('UPDATE people SET completed = true WHERE person_id = $1', [boss.personId]);
    expect(await proposed()).toHaveLength(1);
  });

  it('is confirmed by HR: nominated, with the reason, and proposed no more', async () => {
    const { personId } = await known({ promotions: ['2026-02-01'] }).then(async (boss) => {
      await known({ boss });
      return boss;
    });
    await define(PROMOTED);
    const [{ proposalId } = { proposalId: '' }] = await proposed();
    const confirm = () =>
      app.as('hr').post(`${at()}/proposals/${proposalId}/confirm`, { cohortId: to.cohortId });
    const { enrollmentId } = expectStatus(201, await confirm());
    expect((await app.events(`enrollment-${enrollmentId}`))[0]!.data).toMatchObject({
      personId,
      by: 'hr',
      reason: 'promoted-to-manager',
    });
    expect(await proposed()).toEqual([]);
    expect((await confirm()).status).toBe(404);
  });

  it('is dismissed, and does not come back until there is another', async () => {
    const boss = await known({ promotions: ['2026-02-01'] });
    await known({ boss });
    await define(PROMOTED);
    const [first] = await proposed();
    expectStatus(200, await app.as('hr').post(`${at()}/proposals/${first!.proposalId}/dismiss`));
    expect(await proposed()).toEqual([]);
    await app.dataSource.query(
      `UPDATE people SET history = jsonb_set(history, '{promotions}', '["2026-02-01", "2026-03-01"]') WHERE person_id = $1`,
      [boss.personId],
    );
    expect(await proposed()).toMatchObject([{ personId: boss.personId, cause: '2026-03-01' }]);
  });

  it('begins the programmes by itself that say so, when a file tells it', async () => {
    const another = to;
    expectStatus(200, await define({ ...PROMOTED, automatic: true, cohortId: to.cohortId }));
    to = await programme(app, { name: 'Next steps as a manager' });
    expectStatus(200, await define({ ...PROMOTED, automatic: true, cohortId: to.cohortId }));
    const mapping = {
      employeeId: 'Id',
      fullName: 'Name',
      manager: { id: 'Boss' },
      hiredOn: { column: 'Hired', formats: ['YYYY-MM-DD'] },
    };
    const hr = app.as('hr');
    expectStatus(200, await hr.put('/people/mappings/ours', mapping));
    const file = async (day: string, ...rows: string[]) =>
      expectStatus(
        201,
        await hr.post(
          `/people/imports?mapping=ours&snapshotDate=${day}`,
          ['Id,Name,Boss,Hired', ...rows, ''].join('\n'),
          { contentType: 'text/csv' },
        ),
      );
    // E3 was promoted 90 days ago, which is left to HR; E1 is within them.
    const e1 = 'E1,A One,,2020-01-01';
    const e3 = 'E3,C Three,,2020-01-01';
    await file('2025-09-30', e1, 'E2,B Two,,2020-01-01', e3);
    await file('2025-12-02', e1, 'E2,B Two,E3,2020-01-01', e3);
    await file('2026-02-28', e1, 'E2,B Two,E1,2020-01-01', e3);
    const into = ({ programId }: Programme) =>
      eventually(
        async () => (await hr.get(`/enrollments?programId=${programId}`)).body,
        ({ items: found }) => found[0]?.status === 'invited',
      );
    await into(another);
    const { items } = await into(to);
    expect(items).toHaveLength(1);
    const [e1s] = expectStatus(200, await hr.get('/people?employeeId=E1')).items;
    expect(items[0].personId).toBe(e1s.personId);
    const now = { occurredAt: '2026-03-02T08:00:00.000Z', metadata: { actor: { role: 'system' } } };
    expect(await app.events(`enrollment-${items[0].enrollmentId}`)).toMatchObject([
      { ...now, type: 'ParticipantNominated', data: { by: 'rule', reason: 'promoted-to-manager' } },
      { ...now, type: 'InvitationSent', data: { number: 1 } },
    ]);
    expect(await proposed()).toEqual([]);
  });
});

it('proposals are read page by page', async () => {
  const bosses = [];
  for (let n = 0; n < 5; n++) {
    const boss = await known({ promotions: ['2026-02-01'], department: n === 0 ? 'Else' : 'Making' });
    await known({ boss });
    bosses.push(boss.personId);
  }
  // Two triggers propose each of them.
  await define(PROMOTED, { ...PROMOTED, code: 'again' });
  const read: Proposal[] = [];
  let query = '?limit=3';
  for (let pages = 1; ; pages++) {
    const { items, nextCursor } = expectStatus(200, await app.as('hr').get(`${at()}/proposals${query}`));
    read.push(...items);
    if (nextCursor === undefined) {
      expect(pages).toBe(4);
      break;
    }
    query = `?limit=3&cursor=${nextCursor}`;
  }
  expect(new Set(read.map(({ proposalId }) => proposalId)).size).toBe(10);
  expect(read.map(({ personId }) => personId)).toEqual(bosses.flatMap((id) => [id, id]).sort());
  expect((await app.as('hr').get(`${at()}/proposals?cursor=x`)).status).toBe(400);
});

describe('growth of the manager population', () => {
  const growth = { code: 'growing', kind: 'manager-growth', withinDays: 180, growthPercent: 100 };
  it('proposes those who came to lead, once the managers have become so many more', async () => {
    const [first, second] = [await known({}), await known({})];
    await known({ boss: first });
    await define(growth);
    expect(await proposed()).toEqual([]);
    await known({ boss: second, since: '2026-01-15' });
    expect(await proposed()).toMatchObject([
      {
        personId: second.personId,
        kind: 'manager-growth',
        cause: '2026-01-15',
        why: ['leads a team since 2026-01-15', '2 people managers, after 1 180 days before'],
      },
    ]);
    await define({ ...growth, growthPercent: 101 });
    expect(await proposed()).toEqual([]);
  });

  it('is none where nobody led before', async () => {
    await known({ boss: await known({}), since: '2026-01-15' });
    await define(growth);
    expect(await proposed()).toEqual([]);
  });
});

describe('a gap of the baseline', () => {
  it('proposes the manager, and tells no more than the baseline does', async () => {
    const boss = await known({});
    await known({ boss, end: '2026-01-10' });
    await known({ boss });
    await known({ boss: await known({ department: 'Else' }), end: '2026-01-10', department: 'Else' });
    await define(GAP);
    const all = await proposed();
    expect(all).toHaveLength(2);
    expect(all.find(({ personId }) => personId === boss.personId)).toMatchObject({
      cause: '2026',
      why: ['baselineLeft is at least 1: holds (1)'],
    });
    const limited = await proposed(app.as('hr', { orgUnits: ['Making'] }));
    expect(limited).toMatchObject([{ personId: boss.personId, why: ['baselineLeft is at least 1: holds'] }]);
    expect(await proposed(app.as('hr', { personId: boss.personId }))).toMatchObject([
      { personId: expect.not.stringContaining(boss.personId) },
    ]);
    const other = all.find(({ personId }) => personId !== boss.personId)!;
    const dismiss = await app
      .as('hr', { orgUnits: ['Making'] })
      .post(`${at()}/proposals/${other.proposalId}/dismiss`);
    expect(dismiss.status).toBe(404);
  });
});

describe('triggers', () => {
  it('are shown with the programme, and overwritten only by who has seen them', async () => {
    expect(expectStatus(200, await define(PROMOTED)).triggers).toEqual([
      { ...PROMOTED, automaticInto: null },
    ]);
    const unseen = await app.as('hr').put(`${at()}/triggers`, { triggers: [] });
    expect(unseen.status).toBe(428);
  });

  it.each([
    [[PROMOTED, PROMOTED], '/triggers/1/code'],
    [[{ ...PROMOTED, automatic: true }], '/triggers/0/cohortId'],
    [[{ code: 'more', kind: 'manager-growth', automatic: true }], '/triggers/0/automatic'],
    [[PROMOTED, { ...GAP, growthPercent: 10 }], '/triggers/1/growthPercent'],
    [[{ ...GAP, conditions: [] }], '/triggers/0/conditions'],
    [
      [{ ...GAP, conditions: [{ attribute: 'level', is: 'equal', value: 'manager' }] }],
      '/triggers/0/conditions/0/attribute',
    ],
    [
      [{ ...GAP, conditions: [{ attribute: 'baselineLeft', is: 'at-least', value: 'x' }] }],
      '/triggers/0/conditions/0/value',
    ],
  ])('are refused: %j', async (triggers, pointer) => {
    const { status, body } = await define(...triggers);
    expect([status, body.errors[0].pointer]).toEqual([422, pointer]);
  });
});
