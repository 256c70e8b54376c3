import { newId } from '@cairn/event-store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { managerBaseline } from '@cairn/manager-baseline';
import { loadBaselineRows } from '../../src/people/baseline.rows.js';
import {
  boss,
  crew,
  csv,
  MAPPING,
  NOW,
  peopleService,
  worker,
  type Json,
  type PeopleService,
  type Tenant,
} from './given.js';

let people: PeopleService;
let tenant: Tenant;
beforeAll(async () => {
  people = await peopleService();
});
afterAll(() => people.stop());
beforeEach(async () => {
  tenant = people.tenant();
  await tenant.save();
});

const types = (events: Json[]) => events.map(({ type }) => type);
const byEmployee = async (employeeId: string) =>
  (await tenant.get(`?employeeId=${employeeId}`)).body.items[0] as Json;

describe('an import', () => {
  it('brings people into the directory, with their events', async () => {
    const { status, body, headers } = await tenant.send(csv(crew(2)));
    expect(status).toBe(201);
    expect(headers['location']).toBe(`/enrollment/v1/people/imports/${body.id}`);
    expect(body).toEqual({
      id: expect.any(String),
      status: 'applied',
      mapping: 'crew',
      snapshotDate: '2026-01-31',
      partial: false,
      detected: {
        encoding: 'utf-8',
        encodingGiven: false,
        encodingBecause: expect.stringContaining('ASCII'),
        bom: false,
        delimiter: ',',
        delimiterGiven: false,
      },
      counts: {
        rows: 3,
        created: 3,
        updated: 0,
        unchanged: 0,
        ended: 0,
        rejected: 0,
        absentEnded: 0,
        placeholdersCreated: 0,
      },
      endings: { ended: 0, current: 0 },
      managers: {
        resolvedNames: { employees: 1, placeholders: 0, nobody: 0 },
        unresolvedNames: 0,
        unresolved: [],
      },
      notes: [],
      absent: [],
      rejected: [],
      rows: `/enrollment/v1/people/imports/${body.id}/rows`,
    });
    const edith = await byEmployee('E0');
    expect(await byEmployee('E1')).toEqual({
      personId: expect.any(String),
      employeeId: 'E1',
      name: 'Temi 1 Okoro',
      department: 'Making',
      position: 'Operator',
      location: null,
      level: 'individual',
      managerId: edith.personId,
      status: 'active',
      placeholder: false,
      completed: true,
    });
    const events = await tenant.events();
    const own = events.filter(({ stream }) => stream === `person-${edith.personId}`);
    expect(own.map(({ version, type, data }) => ({ version, type, data }))).toEqual([
      {
        version: 1,
        type: 'PersonAdded',
        data: {
          personId: edith.personId,
          startedOn: '2015-01-01',
          placeholder: false,
          level: 'manager',
          department: 'Making',
          position: 'Plant Manager',
          dateBasis: 'column',
        },
      },
      {
        version: 2,
        type: 'EngagementScoreRecorded',
        data: { personId: edith.personId, score: 4.5, surveyedOn: '2026-01-15' },
      },
    ]);
    expect(own[0].occurred_at.toISOString()).toBe('2015-01-01T00:00:00.000Z');
    // No name and no address leaves the directory.
    expect(JSON.stringify(events)).not.toMatch(/Okoro|Marlow|Temi|Edith/);
    const feed = await tenant.feed();
    const told = feed.map(({ type }) => type).filter((type) => !/people-shown/.test(type));
    expect(told.toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => 'cairn.enrollment.engagement-score-recorded.v1'),
      ...Array.from({ length: 3 }, () => 'cairn.enrollment.person-added.v1'),
    ]);
  });

  it('of the same file again changes nothing, and says so', async () => {
    const file = csv(crew(3));
    await tenant.send(file);
    const before = await tenant.events();
    const { body } = await tenant.send(file);
    expect(body).toMatchObject({ status: 'nothing-changed', counts: { rows: 4, unchanged: 4, created: 0 } });
    expect(await tenant.events()).toEqual(before);
  });

  it('sent again under its key is answered as the first time, and another file under it is refused', async () => {
    const key = newId();
    const first = await tenant.send(csv(crew(3)), '', key);
    const again = await tenant.send(csv(crew(3)), '', key);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotent-replay']).toBe('true');
    expect((await tenant.send(csv(crew(4)), '', key)).status).toBe(422);
  });

  it('as a dry run reports what would happen, and changes nothing', async () => {
    const { body } = await tenant.send(csv(crew(2)), '&dryRun=true');
    expect(body).toMatchObject({ status: 'dry-run', wouldBe: 'applied', counts: { created: 3 } });
    expect((await tenant.get('')).body.items).toEqual([]);
    const unsound = await tenant.send(csv([...crew(1), worker(2, { Boss: 'Vera Stone' })]), '&dryRun=true');
    expect(unsound.body).toMatchObject({ status: 'dry-run', wouldBe: 'rejected' });
    expect((await tenant.send(csv(crew(2)))).body.status).toBe('applied');
  });

  it('of a later file tells what changed, from its snapshot date on', async () => {
    await tenant.send(csv(crew(20)));
    const first = (await tenant.events()).length;
    const rows = [
      boss,
      worker(1, { Dept: 'Numbers' }),
      worker(2, { Left: '2026-02-10', Score: '' }),
      worker(3, { Boss: 'Temi 4 Okoro' }),
      worker(4, { Title: 'Line Manager' }),
      ...crew(20).slice(5),
      worker(21),
    ];
    const { body } = await tenant.send(csv(rows), '&snapshotDate=2026-02-28');
    expect(body).toMatchObject({
      status: 'applied',
      counts: { rows: 22, created: 1, updated: 3, ended: 1, unchanged: 17 },
    });
    const { body: changed } = await tenant.get(`/imports/${body.id}/rows?limit=4`);
    expect(changed.items).toEqual([
      { line: 2, employeeId: 'E0', outcome: 'unchanged' },
      { line: 3, employeeId: 'E1', outcome: 'updated', changed: ['department'] },
      { line: 4, employeeId: 'E2', outcome: 'ended', changed: ['left'] },
      { line: 5, employeeId: 'E3', outcome: 'updated', changed: ['manager'] },
    ]);
    const next = await tenant.get(`/imports/${body.id}/rows?limit=500&cursor=${changed.nextCursor}`);
    expect([next.body.items.length, next.body.nextCursor]).toEqual([18, undefined]);
    const news = (await tenant.events()).slice(first);
    const [four, three] = [await byEmployee('E4'), await byEmployee('E3')];
    expect(news.filter(({ stream }) => stream === `person-${four.personId}`).map(({ data }) => data)).toEqual(
      [
        {
          personId: four.personId,
          kind: 'moved',
          effectiveOn: '2026-02-28',
          dateBasis: 'snapshot',
          position: 'Line Manager',
        },
        expect.objectContaining({ kind: 'levelUp', level: 'manager' }),
        expect.objectContaining({ kind: 'promotedToManager', effectiveOn: '2026-02-28' }),
      ],
    );
    expect(news.find(({ stream }) => stream === `person-${three.personId}`).data).toMatchObject({
      kind: 'managerChanged',
      managerId: four.personId,
    });
    expect((await byEmployee('E2')).status).toBe('left');
    expect(types(news).filter((type) => type === 'PersonLeft')).toHaveLength(1);

    const older = await tenant.send(csv(crew(20)), '&snapshotDate=2026-02-27');
    expect([older.status, older.body.type]).toEqual([409, 'urn:cairn:problem:snapshot-older-than-last']);
    expect(older.body.detail).toContain('2026-02-28');
  });

  it('gives the manager baseline the facts over time', async () => {
    await tenant.send(csv(crew(6)));
    const left = [boss, worker(1, { Left: '2026-02-10' }), ...crew(6).slice(2), ...crew(20).slice(7)];
    expect((await tenant.send(csv(left), '&snapshotDate=2026-02-28&partial=true')).body.status).toBe('held');
    const { body } = await tenant.send(csv([...crew(20)]), '&snapshotDate=2026-02-28');
    expect(body.status).toBe('applied');
    expect((await tenant.send(csv(left), '&snapshotDate=2026-03-01')).body.status).toBe('applied');
    const back = await tenant.send(csv([...crew(20)]), '&snapshotDate=2026-04-01');
    expect(back.body.status).toBe('applied');
    const dataSource = people.service.service.app.get(DataSource);
    const edith = await byEmployee('E0');
    const one = await byEmployee('E1');
    const rows = await loadBaselineRows(dataSource.manager, tenant.tenantId, [edith.personId]);
    expect([...rows.employments].filter(({ personId }) => personId === one.personId)).toEqual([
      {
        personId: one.personId,
        start: '2018-03-01',
        end: '2026-02-10',
        leavingReason: null,
        placeholder: false,
      },
      { personId: one.personId, start: '2026-04-01', end: null, leavingReason: null, placeholder: false },
    ]);
    const period = { from: '2026-01-01', to: '2026-03-31' };
    expect(managerBaseline(rows, period).managers).toEqual([
      expect.objectContaining({
        managerId: edith.personId,
        teamSizeOnFirstDay: 20,
        left: 1,
        engagementMean: 4,
      }),
    ]);
  });
});

describe('the list of imports', () => {
  it('has the newest first, page by page, with status and counts and nobody by name', async () => {
    const first = await tenant.send(csv(crew(2)));
    const second = await tenant.send(csv(crew(3)), '&dryRun=true');
    const third = await tenant.send(csv(crew(4)));
    for (const [index, { body }] of [first, second, third].entries())
      await people.service.pool.query('UPDATE people_imports SET prepared_at = $2 WHERE import_id = $1', [
        body.id,
        `2026-05-0${index + 1}T10:00:00.123Z`,
      ]);
    const page = await tenant.get('/imports?limit=2');
    expect(page.body.items).toEqual([
      {
        id: third.body.id,
        status: 'applied',
        mapping: 'crew',
        snapshotDate: '2026-01-31',
        partial: false,
        counts: third.body.counts,
        preparedAt: '2026-05-03T10:00:00.123Z',
        appliedAt: NOW,
        report: `/enrollment/v1/people/imports/${third.body.id}`,
      },
      expect.objectContaining({ id: second.body.id, status: 'dry-run', wouldBe: 'applied' }),
    ]);
    const next = await tenant.get(`/imports?limit=2&cursor=${page.body.nextCursor}`);
    expect(next.body).toEqual({ items: [expect.objectContaining({ id: first.body.id })] });
    expect((await tenant.get(`/imports/${first.body.id}/rows?cursor=${page.body.nextCursor}`)).status).toBe(
      400,
    );
    expect((await people.tenant().get('/imports')).body).toEqual({ items: [] });
  });

  it('is for HR of the whole organisation, as a report is', async () => {
    const limited = { roles: ['hr' as const], orgUnits: ['Making'] };
    const save = await tenant.call('PUT', '/mappings/crew', { body: MAPPING, ifMatch: '*', as: limited });
    expect(save.status).toBe(403);
    const { status } = await tenant.get('/imports', limited);
    expect(status).toBe(403);
  });
});

describe('an import that ends more than a tenth of the people', () => {
  const gone = (n: number) => worker(n, { Left: '2026-02-10', Score: '' });
  const fewer = csv([boss, gone(1), gone(2), ...crew(10).slice(3)]);

  it('is held, and applied once it is confirmed', async () => {
    await tenant.send(csv(crew(10)));
    const { body } = await tenant.send(fewer, '&snapshotDate=2026-02-28');
    expect(body).toMatchObject({
      status: 'held',
      endings: { ended: 2, current: 11 },
      confirm: `/enrollment/v1/people/imports/${body.id}/confirm`,
    });
    expect((await byEmployee('E1')).status).toBe('active');
    const key = newId();
    const confirmed = await tenant.call('POST', `/imports/${body.id}/confirm`, { key });
    expect([confirmed.status, confirmed.body.status]).toEqual([200, 'applied']);
    expect((await byEmployee('E1')).status).toBe('left');
    expect((await tenant.get(`/imports/${body.id}`)).body).toEqual(confirmed.body);
    const again = await tenant.call('POST', `/imports/${body.id}/confirm`, { key });
    expect(again.body).toEqual(confirmed.body);
    const other = await tenant.call('POST', `/imports/${body.id}/confirm`);
    expect([other.status, other.body.state]).toEqual([409, 'applied']);
    expect((await tenant.send(fewer, '&snapshotDate=2026-02-28')).body.status).toBe('nothing-changed');
  });

  it('is confirmed by one of those who do so at once', async () => {
    await tenant.send(csv(crew(10)));
    const { body } = await tenant.send(fewer, '&snapshotDate=2026-02-28');
    const all = await Promise.all(
      Array.from({ length: 4 }, () => tenant.call('POST', `/imports/${body.id}/confirm`)),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    for (const late of all.filter(({ status }) => status === 409))
      expect(late.body.type).toBe('urn:cairn:problem:import-not-held');
  });

  it('cannot be confirmed once another file was imported', async () => {
    await tenant.send(csv(crew(10)));
    const { body } = await tenant.send(fewer, '&snapshotDate=2026-02-28');
    await tenant.send(csv(crew(11)), '&snapshotDate=2026-02-28');
    const late = await tenant.call('POST', `/imports/${body.id}/confirm`);
    expect([late.status, late.body.type]).toEqual([409, 'urn:cairn:problem:import-outdated']);
  });

  it('waits on beside files that change nothing, but for newer ones', async () => {
    await tenant.send(csv(crew(10)));
    const { body: held } = await tenant.send(fewer, '&snapshotDate=2026-02-28');
    const { body: overtaken } = await tenant.send(fewer, '&snapshotDate=2026-02-27');
    const none = await tenant.send(csv(crew(10)), '&snapshotDate=2026-02-28');
    expect(none.body.status).toBe('nothing-changed');
    const confirm = (id: string) => tenant.call('POST', `/imports/${id}/confirm`);
    expect((await confirm(overtaken.id)).body.type).toBe('urn:cairn:problem:import-outdated');
    expect((await confirm(held.id)).body.status).toBe('applied');
  });

  it('counts those who are absent from a file that is complete', async () => {
    await tenant.send(csv(crew(10)));
    await tenant.save({ ...MAPPING, complete: true });
    const { body } = await tenant.send(csv(crew(8)), '&snapshotDate=2026-02-28');
    expect(body).toMatchObject({ status: 'held', counts: { absentEnded: 2 }, absent: ['E10', 'E9'] });
  });

  it('is never the first', async () => {
    const { body } = await tenant.send(csv([boss, gone(1), gone(2)]), '&snapshotDate=2026-02-28');
    expect(body).toMatchObject({ status: 'applied', counts: { created: 3 } });
  });
});

describe('imports at once', () => {
  it('follow one another: each sees what the others did', async () => {
    const files = Array.from({ length: 6 }, () => csv(crew(30)));
    const replies = await Promise.all(files.map((file) => tenant.send(file)));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 200, 201]);
    const statuses = replies.map(({ body }) => body.status).toSorted();
    expect(statuses).toEqual(['applied', ...Array.from({ length: 5 }, () => 'nothing-changed')]);
    expect(types(await tenant.events()).filter((type) => type === 'PersonAdded')).toHaveLength(31);
  });
});

describe('a manager who is not in the file', () => {
  const file = csv([
    ...crew(2),
    worker(3, { Boss: 'Vera Stone' }),
    worker(4, { Boss: 'Vera Stone', Hired: '2017-05-01' }),
  ]);

  it('is listed with the number of reports and who might be meant, and the mapping settles it', async () => {
    const open = await tenant.send(file);
    expect(open.body).toMatchObject({
      status: 'rejected',
      managers: {
        resolvedNames: { employees: 1 },
        unresolvedNames: 1,
        unresolved: [{ name: 'Vera Stone', reports: 2, departments: ['Making'] }],
      },
    });
    await tenant.save({ ...MAPPING, placeholders: ['Vera Stone'] });
    const settled = await tenant.send(file);
    expect(settled.body).toMatchObject({
      status: 'applied',
      counts: { created: 5, placeholdersCreated: 1 },
      managers: {
        resolvedNames: { employees: 1, placeholders: 1, nobody: 0 },
        unresolvedNames: 0,
        unresolved: [],
      },
    });
    const { managerId } = await byEmployee('E3');
    const vera = (await tenant.get(`?ids=${managerId}`)).body.items[0];
    expect(vera).toMatchObject({ name: 'Vera Stone', employeeId: null, placeholder: true, completed: false });
    const [added] = (await tenant.events()).filter(({ stream }) => stream === `person-${managerId}`);
    expect(added).toMatchObject({ type: 'PersonAdded', data: { placeholder: true, dateBasis: 'column' } });
    expect(added.occurred_at.toISOString()).toBe('2017-05-01T00:00:00.000Z');

    // Completed, and still found by later files under the name they have there.
    const known = {
      givenName: 'Veronica',
      familyName: 'Stone',
      email: 'vera@example.org',
      department: 'Making',
    };
    const done = await tenant.call('POST', `/${managerId}/complete`, { body: known });
    expect([done.status, done.body]).toEqual([
      200,
      { ...vera, name: 'Veronica Stone', department: 'Making', completed: true },
    ]);
    expect((await tenant.call('POST', `/${managerId}/complete`, { body: known })).status).toBe(200);
    const other = { ...known, givenName: 'Vera' };
    expect((await tenant.call('POST', `/${managerId}/complete`, { body: other })).status).toBe(409);
    const employee = await byEmployee('E1');
    expect((await tenant.call('POST', `/${employee.personId}/complete`, { body: known })).status).toBe(409);
    expect((await tenant.call('POST', `/${newId()}/complete`, { body: known })).status).toBe(404);
    expect((await tenant.send(file)).body.status).toBe('nothing-changed');
  });
});

describe('a form', () => {
  const form = (parts: [string, string, string?][]) => ({
    contentType: 'multipart/form-data; boundary=frontier',
    body:
      parts
        .map(
          ([name, value, filename]) =>
            `--frontier\r\nContent-Disposition: form-data; name="${name}"${filename ? `; filename="${filename}"` : ''}\r\n\r\n${value}\r\n`,
        )
        .join('') + '--frontier--\r\n',
  });

  it.each([
    ['as a field', undefined],
    ['as a file', 'mapping.json'],
  ])('brings mapping %s and file', async (_, filename) => {
    const sent = form([
      ['mapping', JSON.stringify(MAPPING), filename],
      ['file', csv(crew(2)), 'people.csv'],
    ]);
    const { status, body } = await tenant.call('POST', '/imports', sent);
    expect([status, body.status, body.counts.created]).toEqual([201, 'applied', 3]);
  });

  it.each([
    ['has no file', [['mapping', JSON.stringify(MAPPING)]], 'bad-form'],
    ['has no mapping', [['file', csv(crew(2)), 'people.csv']], 'mapping-missing'],
    [
      'has a mapping that is no JSON',
      [
        ['mapping', '{'],
        ['file', csv(crew(2)), 'people.csv'],
      ],
      'bad-form',
    ],
    [
      'has a mapping at fault',
      [
        ['mapping', '{"salary":1}'],
        ['file', csv(crew(2)), 'people.csv'],
      ],
      'bad-mapping',
    ],
    [
      'has another part',
      [
        ['salary', '1'],
        ['file', csv(crew(2)), 'people.csv'],
      ],
      'bad-form',
    ],
  ] as [string, [string, string, string?][], string][])('that %s is refused', async (_, parts, slug) => {
    const { status, body } = await tenant.call('POST', '/imports', form(parts));
    expect([status, body.type]).toEqual([400, `urn:cairn:problem:${slug}`]);
  });

  it('that breaks off is refused, with nothing applied', async () => {
    const whole = form([
      ['mapping', JSON.stringify(MAPPING)],
      ['file', csv(crew(2)), 'people.csv'],
    ]);
    const { status } = await tenant.call('POST', '/imports', { ...whole, body: whole.body.slice(0, -40) });
    expect(status).toBe(400);
    expect((await tenant.get('')).body.items).toEqual([]);
  });
});

describe('who may see whom', () => {
  it('HR sees the org units it is limited to; nobody in HR sees themselves or those above', async () => {
    await tenant.send(csv([...crew(2), worker(3, { Dept: 'Numbers' })]));
    const ids = async (as: object, query = '') =>
      ((await tenant.get(query, as)).body.items as Json[]).map(({ employeeId }) => employeeId).toSorted();
    expect(await ids({ roles: ['hr'] })).toStrictEqual(['E0', 'E1', 'E2', 'E3']);
    expect(await ids({ roles: ['program-admin'] }, '?department=Numbers')).toStrictEqual(['E3']);
    expect(await ids({ roles: ['hr'], orgUnits: ['Numbers'] })).toStrictEqual(['E3']);
    const own = (await byEmployee('E1')).personId as string;
    expect(await ids({ roles: ['hr'], personId: own })).toStrictEqual(['E2', 'E3']);
    // And of their manager, E0, no more than the name.
    const coachee = { roles: ['coachee'], personId: own };
    expect(await ids(coachee)).toStrictEqual(['E1', undefined]);
    // The rest is not found out by asking for it either.
    expect(await ids(coachee, '?employeeId=E0')).toStrictEqual([]);
    expect(await ids(coachee, '?department=Making')).toStrictEqual(['E1']);
    expect(await ids({ roles: ['coach'], coachId: newId() })).toStrictEqual([]);
    expect(await ids({ roles: ['integration'] }, `?ids=${own}`)).toStrictEqual(['E1']);
    expect(await ids({ roles: ['integration'] }, '?employeeId=E2')).toStrictEqual(['E2']);
    expect((await tenant.get('', { roles: ['integration'] })).status).toBe(403);
    expect((await tenant.get('', { roles: ['sponsor'] })).status).toBe(403);
    expect(await ids({ roles: ['manager'] })).toStrictEqual([]);
    const first = (await tenant.get('?limit=3')).body;
    const rest = (await tenant.get(`?limit=3&cursor=${first.nextCursor}`)).body;
    expect([first.items.length, rest.items.length, rest.nextCursor]).toEqual([3, 1, undefined]);
    expect((await people.tenant().get(`?ids=${own}`)).body.items).toEqual([]);
    await tenant.send(csv([worker(4, { Boss: '' }), boss.with(4, 'Temi 4 Okoro')]));
    const higher = (await byEmployee('E4')).personId as string;
    expect((await byEmployee('E0')).managerId).toBe(higher);
    expect(await ids(coachee, `?managerId=${higher}`)).toStrictEqual([]);
    expect(await ids(coachee, `?ids=${(await byEmployee('E0')).personId}`)).toStrictEqual([undefined]);
  });

  it('another tenant’s import is not there', async () => {
    const { body } = await tenant.send(csv(crew(2)));
    const other = people.tenant();
    for (const id of [body.id, newId()]) {
      expect((await other.get(`/imports/${id}`)).status).toBe(404);
      expect((await other.get(`/imports/${id}/rows`)).status).toBe(404);
      expect((await other.call('POST', `/imports/${id}/confirm`)).status).toBe(404);
    }
    expect((await tenant.get(`/imports/${body.id}`)).body).toEqual(body);
    expect((await tenant.get(`/imports/${body.id}/rows?outcome=odd`)).status).toBe(400);
    expect((await tenant.get(`/imports/${body.id}/rows?cursor=x`)).status).toBe(400);
  });

  it('a cell that looks like a formula is kept as text', async () => {
    await tenant.send(csv([boss, worker(1, { Dept: '=cmd|x', Title: '+1', Name: '@SUM(A1), -2' })]));
    expect(await byEmployee('E1')).toMatchObject({
      department: '=cmd|x',
      position: '+1',
      name: '-2 @SUM(A1)',
    });
  });
});

describe('HR who is an employee', () => {
  it('sees neither their own row in a report nor those of their line upwards, nor what became of them', async () => {
    await tenant.send(csv(crew(3)));
    const hr = { roles: ['hr' as const] };
    const { items } = (await tenant.get('?employeeId=E1', hr)).body;
    const self = { ...hr, personId: items[0].personId as string };
    const { body } = await tenant.send(csv([boss, ...[1, 2, 3].map((n) => worker(n, { Dept: 'Sales' }))]));
    const rowsFor = async (as: object) => {
      const page = (await tenant.get(`/imports/${body.id}/rows`, as)).body;
      return page.items.map(({ employeeId }: { employeeId: string }) => employeeId);
    };
    expect(await rowsFor(hr)).toEqual(['E0', 'E1', 'E2', 'E3']);
    expect(await rowsFor(self)).toEqual(['E2', 'E3']);
    const report = (await tenant.get(`/imports/${body.id}`, self)).body;
    expect(report.counts).toMatchObject({ rows: 4, updated: 2, unchanged: 0, notShown: 2 });
    const all = (await tenant.get(`/imports/${body.id}`, hr)).body;
    expect(all.counts).toMatchObject({ rows: 4, updated: 3, unchanged: 1 });
    expect(all.counts).not.toHaveProperty('notShown');
  });

  it('cannot try what is known of somebody above them: a file that changes only them looks like one that changes nobody', async () => {
    await tenant.send(csv(crew(3)));
    const { items } = (await tenant.get('?employeeId=E1')).body;
    const self = { roles: ['hr' as const], personId: items[0].personId as string };
    const said = async (row: typeof boss, query = '') => {
      const { status, body } = await tenant.call('POST', `/imports?mapping=crew${query}`, {
        body: csv([row]),
        contentType: 'text/csv',
        as: self,
      });
      const { items: all } = (await tenant.get('/imports', self)).body;
      const listed = all.find(({ id }: Json) => id === body.id);
      // What is made anew with every import, but for its being there.
      const blank = (value: unknown) => typeof value;
      return [body, listed].map((said: Json) => ({
        ...said,
        answered: status,
        id: blank(said.id),
        preparedAt: blank(said.preparedAt),
        appliedAt: blank(said.appliedAt),
        report: blank(said.report),
        rows: blank(said.rows),
      }));
    };
    const moved = boss.with(2, 'Elsewhere');
    const right = await said(boss, '&dryRun=true');
    expect(right[0]).toMatchObject({
      answered: 200,
      wouldBe: 'nothing-changed',
      counts: { rows: 1, notShown: 1 },
    });
    expect(await said(moved, '&dryRun=true')).toEqual(right);
    const kept = await said(boss);
    expect(await said(moved)).toEqual(kept);
    expect((await tenant.get('?employeeId=E0')).body.items[0].department).toBe('Elsewhere');
  });

  it('reaches nobody by a file that changes their own line: to it belongs whoever ever was in it', async () => {
    await tenant.send(csv(crew(3)));
    const self = { roles: ['hr' as const], personId: (await byEmployee('E1')).personId as string };
    const sent = (...rows: (typeof boss)[]) =>
      tenant.call('POST', '/imports?mapping=crew', { body: csv(rows), contentType: 'text/csv', as: self });
    const reached = async () =>
      ((await tenant.get('', self)).body.items as Json[]).map(({ employeeId }) => employeeId).toSorted();
    expect(await reached()).toEqual(['E2', 'E3']);
    // Under E2 first, then under nobody: of one day, of which the history keeps the last alone.
    expect((await sent(worker(1, { Boss: 'Temi 2 Okoro' }))).status).toBe(200);
    expect(await reached()).toEqual(['E3']);
    expect((await sent(worker(1, { Boss: '' }))).status).toBe(200);
    expect((await byEmployee('E1')).managerId).toBeNull();
    expect(await reached()).toEqual(['E3']);
  });

  it('goes on through people under the same filters only', async () => {
    await tenant.send(csv(crew(3)));
    const first = (await tenant.get('?department=Making&limit=2')).body;
    expect((await tenant.get(`?department=Making&limit=2&cursor=${first.nextCursor}`)).status).toBe(200);
    const other = await tenant.get(`?department=Sales&limit=2&cursor=${first.nextCursor}`);
    expect(other).toMatchObject({ status: 400, body: { type: 'urn:cairn:problem:bad-cursor' } });
  });
});
