import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Role } from '@cairn/identity';
import { enrollmentApp, type TestApp } from '../../test/app.js';
import { coach, COACH } from '../../test/coaches.js';
import { active, expectStatus, person, programme } from '../../test/given.js';

let shared: TestApp;
let app: TestApp;
beforeAll(async () => {
  shared = await enrollmentApp();
});
afterAll(() => shared?.close());
beforeEach(() => {
  app = shared.inNewTenant();
});

const typesOf = async (coachId: string) => (await app.events(`coach-${coachId}`)).map(({ type }) => type);

describe('a coach', () => {
  it('is added, approved, suspended, reinstated and given another capacity', async () => {
    const hr = app.as('hr');
    const coachId = await coach(app, 'C-1', { approved: false });
    const step = async (action: string, body?: object, sent = {}) =>
      expectStatus(200, await hr.post(`/coaches/${coachId}/${action}`, body, sent));
    expect((await hr.get(`/coaches/${coachId}`)).body.status).toBe('applied');
    expect((await step('approve')).status).toBe('approved');
    const written = await hr.post(`/coaches/${coachId}/suspend`, { reason: 'rosa-drinks-at-work' });
    expect([written.status, JSON.stringify(written.body)]).toEqual([
      422,
      expect.stringContaining('on-leave, complaint, credentials'),
    ]);
    expect((await step('suspend', { reason: 'on-leave' })).status).toBe('suspended');
    expect((await step('reinstate')).status).toBe('approved');
    const { headers } = await hr.get(`/coaches/${coachId}`);
    expect((await hr.post(`/coaches/${coachId}/capacity`, { capacity: 0 })).status).toBe(428);
    const seen = await step('capacity', { capacity: 0 }, { ifMatch: headers['etag'] });
    expect(seen).toMatchObject({ capacity: 0, placesTaken: 0 });
    const stale = await hr.post(
      `/coaches/${coachId}/capacity`,
      { capacity: 5 },
      { ifMatch: headers['etag']! },
    );
    expect([stale.status, stale.body.currentVersion]).toEqual([412, 5]);
    expect(await typesOf(coachId)).toEqual([
      'CoachAdded',
      'CoachApproved',
      'CoachSuspended',
      'CoachReinstated',
      'CoachCapacityChanged',
    ]);
  });

  it('has a reference of their own', async () => {
    const coachId = await coach(app, 'C-1');
    const again = await app.as('hr').post('/coaches', { ...COACH, externalRef: 'C-1' });
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ type: 'urn:cairn:problem:coach-reference-taken', coachId });
  });

  it('has it to themselves, also where several are added at once', async () => {
    for (let race = 0; race < 10; race++) {
      const body = { ...COACH, externalRef: `C-${race}` };
      const answers = await Promise.all(Array.from({ length: 6 }, () => app.as('hr').post('/coaches', body)));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    }
  });

  it('may be one of the people, by employee id', async () => {
    const { personId } = await person(app, { employeeId: '10026' });
    const coachId = await coach(app, 'C-1', { employeeId: '10026' });
    expect((await app.as('hr').get(`/coaches/${coachId}`)).body.personId).toBe(personId);
    const unknown = await app.as('hr').post('/coaches', { ...COACH, externalRef: 'C-2', employeeId: 'x' });
    expect(unknown.status).toBe(422);
    expect(unknown.body.errors[0].pointer).toBe('/employeeId');
  });

  it('is one of those whom HR reaches by org unit; the others are as if they were not there', async () => {
    for (const employeeId of ['10026', '10027'])
      await person(app, { employeeId, department: employeeId === '10026' ? 'Making' : 'Numbers' });
    const making = { orgUnits: ['Making'] };
    const add = (role: Role | Role[], employeeId: string) =>
      app.as(role, making).post('/coaches', { ...COACH, externalRef: `C-${employeeId}`, employeeId });
    const { traceId: _, ...absent } = (await add('hr', 'x')).body;
    const refused = await Promise.all([add('hr', '10027'), add(['hr', 'program-admin'], '10027')]);
    expect(refused).toMatchObject([{ body: absent }, { body: absent }]);
    expect((await add('hr', '10026')).status).toBe(201);
    expect((await add('program-admin', '10027')).status).toBe(201);
    // Where that one is a coach already, nor is this said.
    const again = { ...COACH, externalRef: 'C-9', employeeId: '10027' };
    expect((await app.as('hr', making).post('/coaches', again)).body).toMatchObject(absent);
  });

  it('is one of the people once, also where several are added at once', async () => {
    await person(app, { employeeId: '10026' });
    const bodies = ['C-1', 'C-2', 'C-3'].map((externalRef) => ({
      ...COACH,
      externalRef,
      employeeId: '10026',
    }));
    const answers = await Promise.all(bodies.map((body) => app.as('hr').post('/coaches', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(answers.find(({ status }) => status === 409)!.body).toMatchObject({
      type: 'urn:cairn:problem:employee-is-coach',
      coachId: answers.find(({ status }) => status === 201)!.body.coachId,
    });
  });

  it('is nobody who has left, and is not approved or reinstated after leaving', async () => {
    const hr = app.as('hr');
    const gone = await person(app, { employeeId: '10027', leftOn: '2026-01-31' });
    const unknown = await hr.post('/coaches', { ...COACH, externalRef: 'C-1', employeeId: gone.employeeId });
    expect([unknown.status, unknown.body.type]).toEqual([422, 'urn:cairn:problem:no-such-employee']);

    const applied = await person(app, { employeeId: '10028' });
    const coachId = await coach(app, 'C-2', { employeeId: '10028', approved: false });
    const suspended = await person(app, { employeeId: '10029' });
    const other = await coach(app, 'C-3', { employeeId: '10029' });
    expectStatus(200, await hr.post(`/coaches/${other}/suspend`, { reason: 'on-leave' }));
    for (const { personId } of [applied, suspended])
      await app.dataSource.query(`UPDATE people SET left_on = '2026-01-31' WHERE person_id = $1`, [personId]);
    for (const step of [`${coachId}/approve`, `${other}/reinstate`]) {
      const refused = await hr.post(`/coaches/${step}`);
      expect([refused.status, refused.body.type]).toEqual([409, 'urn:cairn:problem:coach-has-left']);
    }
  });

  it('leaves no name, address or conflict in the log', async () => {
    await coach(app, 'C-1', { email: 'rosa@coaches.example', conflicts: ['10084'] });
    const log = JSON.stringify(await app.events());
    for (const secret of ['Rosa', 'rosa@', '10084']) expect(log).not.toContain(secret);
  });

  it.each([
    [{ hours: 'sometimes' }, '/hours'],
    [{ languages: ['xx-not-a-language'] }, '/languages'],
    [{ levels: ['boss'] }, '/levels'],
    [{ zone: '+02:00' }, '/zone'],
    [{ capacity: -1 }, '/capacity'],
  ])('with %j is refused', async (some, pointer) => {
    const reply = await app.as('hr').post('/coaches', { ...COACH, externalRef: 'C-1', ...some });
    expect(reply.status).toBe(422);
    expect(reply.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it('reads their own record, and no other', async () => {
    const [own, other] = [await coach(app, 'C-1'), await coach(app, 'C-2')];
    const me = app.as('coach', { coachId: own });
    expect((await me.get(`/coaches/${own}`)).body.externalRef).toBe('C-1');
    expect((await me.get(`/coaches/${other}`)).status).toBe(404);
    expect((await me.get('/coaches')).body.items).toHaveLength(1);
  });

  it('is not read, nor decided on, by themself or from below in HR; other coaches are', async () => {
    const boss = await person(app, { employeeId: '10091' });
    const me = await person(app, { employeeId: '10092', managerId: boss.personId });
    const above = await coach(app, 'C-1', { employeeId: '10091' });
    const own = await coach(app, 'C-2', { employeeId: '10092' });
    const [inside, outside] = [
      await coach(app, 'C-3', { employeeId: (await person(app, { employeeId: '10093' })).employeeId }),
      await coach(app, 'C-4'),
    ];
    const hrs = [
      app.as('hr', { personId: me.personId }),
      app.as(['hr', 'program-admin'], { personId: me.personId, coachId: own }),
    ];
    for (const hr of hrs) {
      const listed = expectStatus(200, await hr.get('/coaches')).items as { coachId: string }[];
      expect(listed.map(({ coachId }) => coachId).sort()).toEqual([inside, outside].sort());
      for (const coachId of [above, own]) expect((await hr.get(`/coaches/${coachId}`)).status).toBe(404);
      for (const coachId of [inside, outside]) {
        expectStatus(200, await hr.get(`/coaches/${coachId}`));
        expectStatus(200, await hr.post(`/coaches/${coachId}/reassess`, { outcome: 'passed' }));
      }
    }
    // Also where the token alone says which coach they are.
    expect((await app.as('hr', { coachId: outside }).get(`/coaches/${outside}`)).status).toBe(404);
    const asCoach = app.as(['hr', 'coach'], { personId: me.personId, coachId: own });
    expect(expectStatus(200, await asCoach.get(`/coaches/${own}`)).externalRef).toBe('C-2');
    expect(expectStatus(200, await asCoach.get('/coaches')).items).toHaveLength(3);
    const admin = app.as('program-admin', { coachId: own });
    expectStatus(200, await admin.get(`/coaches/${own}`));

    const commands: [string, object][] = [
      ['reassess', { outcome: 'passed' }],
      ['suspend', { reason: 'on-leave' }],
      ['capacity', { capacity: 9 }],
      ['credentials', { credential: 'MCC', issuer: 'ICF' }],
    ];
    for (const [action, body] of commands) {
      for (const caller of [...hrs, asCoach, admin]) {
        const reply = await caller.post(`/coaches/${own}/${action}`, body, { ifMatch: '*' });
        expect([reply.status, reply.body.type]).toEqual([403, 'urn:cairn:problem:own-coach-record']);
      }
      expect((await hrs[0]!.post(`/coaches/${above}/${action}`, body, { ifMatch: '*' })).status).toBe(404);
    }
    expect((await app.events(`coach-${own}`)).map(({ type }) => type)).toEqual([
      'CoachAdded',
      'CoachApproved',
    ]);
  });

  it('is not made by themself, nor from below in HR; nor is it said whether they are one', async () => {
    const boss = await person(app, { employeeId: '10091' });
    const me = await person(app, { employeeId: '10092', managerId: boss.personId });
    await person(app, { employeeId: '10093' });
    await coach(app, 'C-1', { employeeId: '10091' });
    const add = (role: Role | Role[], employeeId: string) =>
      app
        .as(role, { personId: me.personId })
        .post('/coaches', { ...COACH, externalRef: `C-${employeeId}`, employeeId });
    const refused: [Role | Role[], string][] = [
      ['hr', '10091'],
      ['hr', '10092'],
      [['hr', 'program-admin'], '10091'],
      ['program-admin', '10092'],
    ];
    for (const [role, employeeId] of refused) {
      const { status, body } = await add(role, employeeId);
      expect([status, body.type]).toEqual([403, 'urn:cairn:problem:own-coach-record']);
      expect(body.detail).toMatch(/ask somebody else of HR/);
    }
    // A programme admin has a line, too, and decides on it; HR on whoever is not above them.
    expect((await add('program-admin', '10091')).body.type).toBe('urn:cairn:problem:employee-is-coach');
    expect((await add('hr', '10093')).status).toBe(201);
  });

  it('is found by reference and status, page by page', async () => {
    for (const ref of ['C-1', 'C-2', 'C-3']) await coach(app, ref, { approved: ref !== 'C-2' });
    const hr = app.as('hr');
    expect((await hr.get('/coaches?externalRef=C-2')).body.items[0].status).toBe('applied');
    expect((await hr.get('/coaches?status=approved')).body.items).toHaveLength(2);
    const first = (await hr.get('/coaches?limit=2')).body;
    const second = (await hr.get(`/coaches?limit=2&cursor=${first.nextCursor}`)).body;
    expect(second.nextCursor).toBeUndefined();
    expect(new Set([...first.items, ...second.items].map(({ externalRef }) => externalRef)).size).toBe(3);
  });
});

describe('a file of coaches', () => {
  const HEADER =
    'externalRef;name;levels;years;languages;hours;zone;capacity;approved;employeeId;specialties';
  const ROW = ';Rosa Lind;manager|director;12;en|de;mon-thu 09:00-17:00;Europe/Berlin;6;';
  const file = (...rows: string[]) => [HEADER, ...rows].join('\r\n');
  const send = (body: string, query = '', key?: string) =>
    app.as('hr').post(`/coaches/imports${query}`, body, { contentType: 'text/csv', ...(key ? { key } : {}) });

  it('adds them, and the same file twice changes nothing', async () => {
    const { personId } = await person(app, { employeeId: '10026' });
    const body = file(`C-1${ROW}yes;;Giving feedback`, `C-2${ROW}no;10026;`);
    const first = expectStatus(200, await send(body));
    expect(first).toMatchObject({
      status: 'applied',
      detected: { encoding: 'utf-8', delimiter: ';' },
      counts: { rows: 2, created: 2, updated: 0, unchanged: 0, rejected: 0, notApplied: 0 },
    });
    expect(first.rows.map(({ line, outcome }: { line: number; outcome: string }) => [line, outcome])).toEqual(
      [
        [2, 'created'],
        [3, 'created'],
      ],
    );
    const [one, two] = (await app.as('hr').get('/coaches')).body.items.sort(
      (a: { externalRef: string }, b: { externalRef: string }) => (a.externalRef < b.externalRef ? -1 : 1),
    );
    expect(one).toMatchObject({
      status: 'approved',
      specialties: ['giving-feedback'],
      languages: ['en', 'de'],
    });
    expect(two).toMatchObject({ status: 'applied', personId });

    const events = (await app.events()).length;
    const second = expectStatus(200, await send(body));
    expect(second).toMatchObject({ status: 'nothing-changed', counts: { unchanged: 2 } });
    expect(await app.events()).toHaveLength(events);
  });

  it('updates what has changed, and says only that', async () => {
    await send(file(`C-1${ROW}no;;`));
    const changed = expectStatus(200, await send(file(`C-1${ROW.replace(';6;', ';8;')}yes;;`)));
    expect(changed.rows[0]).toMatchObject({ outcome: 'updated' });
    expect(await typesOf(changed.rows[0].coachId)).toEqual([
      'CoachAdded',
      'CoachCapacityChanged',
      'CoachApproved',
    ]);
    expect((await send(file(`C-1${ROW.replace(';6;', ';8;')}no;;`))).body.status).toBe('nothing-changed');
  });

  it.each([
    ['name', 'Rosa Lind-Maar', 'Rosa Lind-Maar'],
    ['email', 'rosa@new.example', 'rosa@new.example'],
    ['conflicts', '10026|10084', ['10026', '10084']],
  ])('brings the %s up to date, without an event', async (column, cell, shown) => {
    const cells = { name: 'Rosa Lind', email: 'rosa@coaches.example', conflicts: '10026' };
    const rowOf = (some: object) => Object.values({ ...cells, ...some }).join(';');
    const of = (some: object) =>
      `externalRef;levels;years;languages;hours;zone;capacity;name;email;conflicts\nC-1;manager;12;en;mon 09:00-17:00;Europe/Berlin;6;${rowOf(some)}`;
    await send(of({}));
    const [row] = expectStatus(200, await send(of({ [column]: cell }))).rows;
    expect(row.outcome).toBe('updated');
    const { body } = await app.as('hr').get(`/coaches/${row.coachId}`);
    expect(body).toMatchObject({ ...cells, conflicts: ['10026'], [column]: shown });
    expect(await typesOf(row.coachId)).toEqual(['CoachAdded']);
  });

  it('says later who of the employees a coach is, whose conflicts of interest are found from then on', async () => {
    const boss = await person(app, { employeeId: 'E1' });
    const me = await person(app, { employeeId: 'E4', managerId: boss.personId });
    await send(file(`C-1${ROW}yes;;`));
    const { enrollmentId } = await active(app, await programme(app), { personId: me.personId });
    const named = file(`C-1${ROW}yes;E1;`);
    const [{ outcome, coachId }] = expectStatus(200, await send(named)).rows;
    expect(outcome).toBe('updated');
    expect((await app.as('hr').get(`/coaches/${coachId}`)).body.personId).toBe(boss.personId);
    // Sessions learns it from the approval.
    const stored = await app.events(`coach-${coachId}`);
    expect(stored.map(({ type }) => type).slice(2)).toEqual(['CoachIdentified', 'CoachApproved']);
    expect(stored.at(-1)!.data).toMatchObject({ personId: boss.personId });
    expect((await send(named)).body.status).toBe('nothing-changed');
    expect((await send(file(`C-1${ROW}yes;;`))).body.status).toBe('nothing-changed');

    const listed = await app.as('hr').post(`/enrollments/${enrollmentId}/match/shortlist`);
    expect(listed.body.nobody).toMatchObject({ constraint: 'reporting-line' });

    const other = expectStatus(200, await send(file(`C-1${ROW}yes;E4;`)));
    expect(other).toMatchObject({
      status: 'rejected',
      errors: [{ line: 2, column: 'employeeId', code: 'other-employee', found: 'E4' }],
    });
    expect(other.errors[0].expected).toMatch(/^E1, who this coach is already/);
  });

  it('neither makes nor changes a coach who is the giver, or above them in HR, and says nothing else of them', async () => {
    const boss = await person(app, { employeeId: 'E1' });
    const me = await person(app, { employeeId: 'E2', managerId: boss.personId });
    await person(app, { employeeId: 'E3', managerId: me.personId });
    const [above, outside] = [await coach(app, 'C-1', { employeeId: 'E1' }), await coach(app, 'C-3')];
    const rows = file(
      `C-1${ROW.replace(';6;', ';9;')}yes;;`,
      `C-2${ROW}yes;E2;`,
      `C-3${ROW}yes;E2;`,
      `C-1b${ROW}yes;E1;`,
      `C-4${ROW}yes;E3;`,
    );
    const sent = (role: Role, who: object, body = rows) =>
      app.as(role, who).post('/coaches/imports?partial=true', body, { contentType: 'text/csv' });
    const faults = async (reply: ReturnType<typeof sent>) =>
      expectStatus(200, await reply).errors.map(({ line, column, code, found }: Record<string, unknown>) => [
        line,
        column,
        code,
        found,
      ]);
    const own = 'own-coach-record';
    expect(await faults(sent('hr', { personId: me.personId }))).toEqual([
      [2, 'externalRef', own, 'C-1'],
      [3, 'employeeId', own, 'E2'],
      [4, 'employeeId', own, 'E2'],
      [5, 'employeeId', own, 'E1'],
    ]);
    const listed = expectStatus(200, await app.as('integration').get('/coaches')).items as {
      coachId: string;
      externalRef: string;
      capacity: number;
      personId: string | null;
    }[];
    const found = (coachId: string) => listed.find((one) => one.coachId === coachId);
    expect(listed.map(({ externalRef }) => externalRef).sort()).toEqual(['C-1', 'C-3', 'C-4']);
    expect(found(above)!.capacity).toBe(COACH.capacity);
    expect(found(outside)!.personId).toBeNull();
    // By the token of the coach who they are, where they are no employee; a line is no matter of programme admins.
    expect(await faults(sent('program-admin', { coachId: outside }, file(`C-3${ROW}yes;;`)))).toEqual([
      [2, 'externalRef', own, 'C-3'],
    ]);
    expect(await faults(sent('program-admin', { personId: me.personId }, file(`C-1${ROW}yes;E1;`)))).toEqual(
      [],
    );
  });

  it('names no employee outside the org units of HR', async () => {
    await person(app, { employeeId: 'E1', department: 'Making' });
    await person(app, { employeeId: 'E2', department: 'Numbers' });
    await coach(app, 'C-2', { employeeId: 'E2' });
    const rows = file(`C-1${ROW}yes;E2;`, `C-2${ROW}yes;E1;`);
    const sent = await app
      .as('hr', { orgUnits: ['Making'] })
      .post('/coaches/imports', rows, { contentType: 'text/csv' });
    expect(sent.body.errors).toMatchObject([
      { line: 2, code: 'unknown-employee' },
      {
        line: 3,
        code: 'other-employee',
        expected: expect.stringMatching(/^the employee, who this coach is/),
      },
    ]);
  });

  it('records credentials, renews them, and takes none away', async () => {
    const of = (some: string) =>
      `externalRef;name;levels;years;languages;hours;zone;capacity;credentials;issuers;expiresOn\nC-1${ROW}${some}`;
    const [{ coachId }] = expectStatus(200, await send(of('ACC|PCC;ICF;2025-12-31|2028-03-31'))).rows;
    expect((await send(of('ACC|PCC;ICF;2025-12-31|2028-03-31'))).body.status).toBe('nothing-changed');
    expect((await send(of(';;'))).body.status).toBe('nothing-changed');
    const [{ outcome }] = expectStatus(200, await send(of('PCC;ICF;2031-03-31'))).rows;
    expect(outcome).toBe('updated');
    expect((await app.as('hr').get(`/coaches/${coachId}`)).body.credentials).toEqual([
      { credential: 'ACC', issuer: 'ICF', expiresOn: '2025-12-31', valid: false },
      { credential: 'PCC', issuer: 'ICF', expiresOn: '2031-03-31', valid: true },
    ]);
    expect(await typesOf(coachId)).toEqual([
      'CoachAdded',
      'CredentialRecorded',
      'CredentialExpired',
      'CredentialRecorded',
      'CredentialRecorded',
    ]);
    // The day is over where the coach is.
    expect((await app.events(`coach-${coachId}`)).at(-1)!.data).toMatchObject({
      expiresAt: '2031-03-31T22:00:00.000Z',
    });
  });

  it('with a row at fault is not applied, unless partly', async () => {
    const body = file(
      `C-1${ROW}yes;;`,
      `C-2${ROW.replace('manager', 'boss')}yes;;`,
      `C-3${ROW}yes;404;`,
      'C-4;x',
    );
    const refused = expectStatus(200, await send(body));
    expect(refused).toMatchObject({
      status: 'rejected',
      counts: { rows: 4, rejected: 3, created: 0, notApplied: 1 },
    });
    expect(
      refused.errors.map(({ line, column, code }: { line: number; column: string; code: string }) => [
        line,
        column,
        code,
      ]),
    ).toEqual([
      [3, 'levels', 'unlisted-value'],
      [4, 'employeeId', 'unknown-employee'],
      [5, '', 'unreadable-row'],
    ]);
    expect((await app.as('hr').get('/coaches')).body.items).toHaveLength(0);
    expect((await send(body, '?partial=true')).body).toMatchObject({
      status: 'applied',
      counts: { created: 1 },
    });
  });

  it('makes no employee two coaches, nor one of who has left', async () => {
    await person(app, { employeeId: 'E1' });
    await person(app, { employeeId: 'E2', leftOn: '2026-01-31' });
    const { personId } = await person(app, { employeeId: 'E3' });
    await send(file(`C-0${ROW}no;E3;`));
    await app.dataSource.query(`UPDATE people SET left_on = '2026-01-31' WHERE person_id = $1`, [personId]);
    const sent = await send(
      file(`C-1${ROW}yes;E1;`, `C-2${ROW}yes;E1;`, `C-3${ROW}yes;E2;`, `C-0${ROW}yes;;`),
      '?partial=true',
    );
    expect(sent.body.errors.map(({ line, code }: { line: number; code: string }) => [line, code])).toEqual([
      [3, 'employee-is-coach'],
      [4, 'unknown-employee'],
      [5, 'employee-left'],
    ]);
    expect(sent.body.counts).toMatchObject({ created: 1, rejected: 3 });
    expect((await send(file(`C-0${ROW}no;E3;`))).body.status).toBe('nothing-changed');
    const again = await send(file(`C-9${ROW}yes;E1;`));
    expect(again.body.errors).toMatchObject([{ code: 'employee-is-coach', found: 'E1' }]);
  });

  it('that is no file of coaches says what is missing', async () => {
    const reply = await send('name,years\nRosa,12');
    expect(reply.status).toBe(422);
    expect(reply.body.type).toBe('urn:cairn:problem:file-unreadable');
    expect(reply.body.problems).toContainEqual(
      expect.objectContaining({ code: 'missing-column', column: 'externalRef' }),
    );
  });

  it('is answered alike when it is sent again under its key, and refused for another file', async () => {
    const body = file(`C-1${ROW}yes;;`);
    const first = await send(body, '', 'k');
    const second = await send(body, '', 'k');
    expect(second.body).toEqual(first.body);
    expect((await send(file(`C-9${ROW}yes;;`), '', 'k')).status).toBe(422);
  });
});
