import type { Role } from '@cairn/identity';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { enrollmentApp, type Caller, type Reply, type Sent, type TestApp } from './app.js';
import { raters, request } from './assessing.js';
import { COACH, coach } from './coaches.js';
import {
  active,
  ACTIVATION,
  expectStatus,
  nominated,
  person,
  PREFERENCES,
  PROGRAM,
  programme,
} from './given.js';

const ALL: readonly Role[] = ['coachee', 'coach', 'manager', 'hr', 'program-admin', 'sponsor', 'integration'];
const STAFF: readonly Role[] = ['hr', 'program-admin'];
const SEES_PROGRAMMES: Role[] = [
  'hr',
  'program-admin',
  'sponsor',
  'integration',
  'coachee',
  'coach',
  'manager',
];
/** Who may bring people in. */
const IMPORT: readonly Role[] = ['hr', 'integration'];

interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Ids stand as names in braces; see `Ids`. */
  readonly path: string;
  readonly roles: readonly Role[];
  readonly body?: unknown;
  readonly query?: string;
  readonly sent?: Sent;
}

const csv = { contentType: 'text/csv' };
const SCIM = '/../scim/v2';
const SCIM_BODY = { userName: 'ours', externalId: 'ours', displayName: 'Ours' };

/** Every endpoint and who may use it: the domain's tables, by hand. */
const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/events', roles: ['integration'] },
  {
    method: 'GET',
    path: '/people',
    roles: ['hr', 'program-admin', 'integration', 'coach', 'coachee', 'manager'],
    query: '?employeeId=E1',
  },
  {
    method: 'POST',
    path: '/people/{personId}/complete',
    roles: IMPORT,
    body: { givenName: 'A', familyName: 'B' },
  },
  { method: 'GET', path: '/people/mappings', roles: ['hr', 'program-admin', 'integration'] },
  { method: 'GET', path: '/people/mappings/{name}', roles: ['hr', 'program-admin', 'integration'] },
  {
    method: 'PUT',
    path: '/people/mappings/{name}',
    roles: IMPORT,
    body: { employeeId: 'Id', fullName: 'Name', hiredOn: { column: 'Hired', formats: ['YYYY-MM-DD'] } },
  },
  {
    method: 'POST',
    path: '/people/imports',
    roles: IMPORT,
    body: 'Id,Name,Hired\n1,A B,2020-01-01\n',
    sent: csv,
    query: '?mapping=not-there',
  },
  { method: 'GET', path: '/people/imports', roles: IMPORT },
  { method: 'GET', path: '/people/imports/{importId}', roles: IMPORT },
  { method: 'GET', path: '/people/imports/{importId}/rows', roles: IMPORT },
  { method: 'POST', path: '/people/imports/{importId}/confirm', roles: IMPORT },

  { method: 'POST', path: '/programs', roles: STAFF, body: PROGRAM },
  { method: 'GET', path: '/programs', roles: SEES_PROGRAMMES },
  {
    method: 'GET',
    path: '/programs/{programId}',
    roles: SEES_PROGRAMMES,
  },
  {
    method: 'PATCH',
    path: '/programs/{programId}',
    roles: STAFF,
    body: { changes: { capacity: 11 } },
    sent: { ifMatch: '*' },
  },
  { method: 'PUT', path: '/programs/{programId}/eligibility-rules', roles: STAFF, body: { rules: [] } },
  { method: 'PUT', path: '/programs/{programId}/triggers', roles: STAFF, body: { triggers: [] } },
  { method: 'GET', path: '/programs/{programId}/proposals', roles: STAFF },
  {
    method: 'POST',
    path: '/programs/{programId}/proposals/{proposalId}/confirm',
    roles: STAFF,
    body: { cohortId: '{cohortId}' },
  },
  { method: 'POST', path: '/programs/{programId}/proposals/{proposalId}/dismiss', roles: STAFF },
  { method: 'GET', path: '/programs/{programId}/eligibility', roles: STAFF },
  {
    method: 'POST',
    path: '/programs/{programId}/eligibility/evaluations',
    roles: STAFF,
    body: { asOf: '2026-01-05' },
  },
  { method: 'POST', path: '/programs/{programId}/cohorts', roles: STAFF, body: { name: 'Autumn' } },
  { method: 'POST', path: '/programs/{programId}/cohorts/{cohortId}/close', roles: STAFF },
  { method: 'POST', path: '/programs/{programId}/cohorts/{cohortId}/match', roles: STAFF },

  {
    method: 'POST',
    path: '/programs/{programId}/enrollments',
    roles: STAFF,
    body: { personId: '{personId}', cohortId: '{cohortId}' },
  },
  {
    method: 'GET',
    path: '/enrollments',
    roles: ['hr', 'program-admin', 'integration', 'coachee', 'coach', 'manager'],
  },
  {
    method: 'GET',
    path: '/enrollments/{enrollmentId}',
    roles: ['hr', 'program-admin', 'integration', 'coachee', 'coach', 'manager'],
  },
  { method: 'POST', path: '/enrollments/{enrollmentId}/invite', roles: STAFF },
  { method: 'POST', path: '/enrollments/{enrollmentId}/activate', roles: ['coachee'], body: ACTIVATION },
  {
    method: 'POST',
    path: '/enrollments/{enrollmentId}/decline',
    roles: ['coachee'],
    body: { reason: 'no-time' },
  },
  { method: 'POST', path: '/enrollments/{enrollmentId}/preferences', roles: ['coachee'], body: PREFERENCES },
  { method: 'POST', path: '/enrollments/{enrollmentId}/withdraw', roles: STAFF },
  {
    method: 'POST',
    path: '/enrollments/{enrollmentId}/pause',
    roles: ['coachee', ...STAFF],
    body: { reason: 'project' },
  },
  { method: 'POST', path: '/enrollments/{enrollmentId}/resume', roles: ['coachee', ...STAFF] },
  {
    method: 'POST',
    path: '/enrollments/{enrollmentId}/extend',
    roles: STAFF,
    body: { endsOn: '2026-12-31' },
  },
  {
    method: 'POST',
    path: '/enrollments/{enrollmentId}/discontinue',
    roles: STAFF,
    body: { reason: 'too-busy' },
  },
  {
    method: 'POST',
    path: '/enrollments/{enrollmentId}/cancel',
    roles: STAFF,
    body: { reason: 'unresponsive' },
  },
  { method: 'POST', path: '/enrollments/{enrollmentId}/allot', roles: STAFF, body: { count: 1 } },
  {
    method: 'POST',
    path: '/enrollments/{enrollmentId}/feedback',
    roles: ['coachee'],
    body: { moment: 'end', recommend: 9 },
  },
  {
    method: 'POST',
    path: '/enrollments/{enrollmentId}/history',
    roles: ['integration'],
    body: { through: '2025-01-01T00:00:00Z' },
  },

  { method: 'POST', path: '/coaches', roles: STAFF, body: { ...COACH, externalRef: 'another' } },
  { method: 'GET', path: '/coaches', roles: ['hr', 'program-admin', 'integration', 'coach'] },
  { method: 'POST', path: '/coaches/imports', roles: STAFF, body: 'x', sent: csv },
  {
    method: 'GET',
    path: '/coaches/{coachId}',
    roles: ['hr', 'program-admin', 'integration', 'coach', 'coachee'],
  },
  { method: 'POST', path: '/coaches/{coachId}/screen', roles: STAFF },
  { method: 'POST', path: '/coaches/{coachId}/interview', roles: STAFF },
  { method: 'POST', path: '/coaches/{coachId}/approve', roles: STAFF },
  { method: 'POST', path: '/coaches/{coachId}/suspend', roles: STAFF, body: { reason: 'on-leave' } },
  { method: 'POST', path: '/coaches/{coachId}/reinstate', roles: STAFF },
  {
    method: 'POST',
    path: '/coaches/{coachId}/retire',
    roles: STAFF,
    body: { reason: 'stopped-coaching' },
  },
  {
    method: 'POST',
    path: '/coaches/{coachId}/credentials',
    roles: STAFF,
    body: { credential: 'PCC', issuer: 'ICF' },
  },
  { method: 'POST', path: '/coaches/{coachId}/reassess', roles: STAFF, body: { outcome: 'passed' } },
  {
    method: 'POST',
    path: '/coaches/{coachId}/capacity',
    roles: STAFF,
    body: { capacity: 3 },
    sent: { ifMatch: '*' },
  },

  { method: 'GET', path: '/matches', roles: ['hr', 'program-admin', 'integration', 'coach', 'coachee'] },
  {
    method: 'GET',
    path: '/enrollments/{enrollmentId}/match',
    roles: ['hr', 'program-admin', 'integration', 'coach', 'coachee'],
  },
  { method: 'POST', path: '/enrollments/{enrollmentId}/match/shortlist', roles: STAFF },
  {
    method: 'POST',
    path: '/enrollments/{enrollmentId}/match/propose',
    roles: ['coachee'],
    body: { coachId: '{coachId}' },
  },
  { method: 'POST', path: '/enrollments/{enrollmentId}/match/accept', roles: ['coachee', 'coach'] },
  {
    method: 'POST',
    path: '/enrollments/{enrollmentId}/match/decline',
    roles: ['coachee', 'coach'],
    body: { code: 'hours' },
  },
  { method: 'POST', path: '/enrollments/{enrollmentId}/match/withdraw', roles: STAFF },
  {
    method: 'POST',
    path: '/enrollments/{enrollmentId}/match/rematch',
    roles: ['coachee', 'coach', ...STAFF],
    body: { reason: 'schedule' },
  },
  {
    method: 'POST',
    path: '/enrollments/{enrollmentId}/match/fit',
    roles: ['coachee', 'coach'],
    body: { signal: 'good' },
  },

  ...(['ServiceProviderConfig', 'ResourceTypes', 'Schemas', 'Users', 'Groups'] as const).map(
    (of) => ({ method: 'GET', path: `${SCIM}/${of}`, roles: ['integration'] }) as const,
  ),
  ...(['Users/{userId}', 'Groups/{groupId}'] as const).flatMap((one) =>
    (['GET', 'PUT', 'PATCH', 'DELETE'] as const).map((method): Route => ({
      method,
      path: `${SCIM}/${one}`,
      roles: ['integration'],
      ...(method === 'PUT' ? { body: SCIM_BODY } : {}),
      ...(method === 'PATCH' ? { body: { Operations: [{ op: 'remove', path: 'title' }] } } : {}),
    })),
  ),
  ...(['Users', 'Groups'] as const).map(
    (of) => ({ method: 'POST', path: `${SCIM}/${of}`, roles: ['integration'], body: SCIM_BODY }) as const,
  ),
  ...(['Users', 'Groups'] as const).map(
    (of) => ({ method: 'POST', path: `${SCIM}/${of}/.search`, roles: ['integration'], body: {} }) as const,
  ),
  {
    method: 'POST',
    path: '/enrollments/{enrollmentId}/assessments',
    roles: STAFF,
    body: { moment: 'baseline', categories: ['self'], closesOn: '2026-01-19' },
  },
  { method: 'GET', path: '/assessments', roles: ['hr', 'program-admin', 'integration', 'coachee', 'coach'] },
  {
    method: 'GET',
    path: '/assessments/{assessmentId}',
    roles: ['hr', 'program-admin', 'integration', 'coachee', 'coach'],
  },
  {
    method: 'GET',
    path: '/assessments/{assessmentId}/raters',
    roles: ['hr', 'program-admin', 'integration', 'coachee'],
  },
  { method: 'GET', path: '/assessments/{assessmentId}/results', roles: ['coachee', 'coach'] },
  {
    method: 'POST',
    path: '/assessments/{assessmentId}/raters',
    roles: ['coachee'],
    body: { category: 'peer' },
  },
  { method: 'POST', path: '/assessments/{assessmentId}/raters/{raterId}/approve', roles: STAFF },
  {
    method: 'POST',
    path: '/assessments/{assessmentId}/raters/{raterId}/remove',
    roles: ['coachee', ...STAFF],
  },
  {
    method: 'POST',
    path: '/assessments/{assessmentId}/raters/{raterId}/link',
    roles: [...STAFF, 'integration'],
  },
  { method: 'POST', path: '/assessments/{assessmentId}/close', roles: STAFF },
  { method: 'POST', path: '/assessments/{assessmentId}/withdraw', roles: STAFF, body: {} },
  { method: 'POST', path: '/assessments/{assessmentId}/release', roles: ['coachee', ...STAFF] },
  {
    method: 'POST',
    path: '/assessments/{assessmentId}/share',
    roles: ['coachee'],
    body: { shared: true },
  },
  {
    method: 'POST',
    path: '/assessments/{assessmentId}/priorities',
    roles: ['coachee'],
    body: { priorities: [{ theme: 'giving-feedback', sources: ['self'] }] },
  },
];

/** Whoever holds a link may; what that opens, and what not, is in assessments.int.spec.ts. */
const BY_LINK = ['POST /answers', 'POST /answers/open'];

interface Ids {
  readonly programId: string;
  readonly cohortId: string;
  readonly personId: string;
  readonly enrollmentId: string;
  readonly coachId: string;
  readonly importId: string;
  readonly userId: string;
  readonly proposalId: string;
  readonly groupId: string;
  readonly assessmentId: string;
  readonly raterId: string;
  readonly name: string;
}
const nowhere = (): Ids => ({
  programId: randomUUID(),
  cohortId: randomUUID(),
  personId: randomUUID(),
  enrollmentId: randomUUID(),
  coachId: randomUUID(),
  importId: randomUUID(),
  userId: randomUUID(),
  proposalId: randomUUID(),
  groupId: randomUUID(),
  assessmentId: randomUUID(),
  raterId: randomUUID(),
  name: 'nowhere',
});

let theirs: TestApp;
let ours: TestApp;
let ids: Ids;
beforeAll(async () => {
  theirs = await enrollmentApp();
  ours = theirs.inNewTenant();
  const hr = theirs.as('hr');
  const mapping = {
    employeeId: 'Id',
    fullName: 'Name',
    hiredOn: { column: 'Hired', formats: ['YYYY-MM-DD'] },
  };
  expectStatus(200, await hr.put('/people/mappings/theirs', mapping));
  const file = 'Id,Name,Hired\nE1,Secret Name,2020-01-01\n';
  const imported = await hr.post('/people/imports?mapping=theirs&snapshotDate=2025-12-31', file, csv);
  expect(imported.body.status).toBe('applied');
  const to = await programme(theirs);
  const coachId = await coach(theirs, 'C-1', { name: 'Secret Coach' });
  const { personId } = await person(theirs, { givenName: 'Secret', familyName: 'Person' });
  const { enrollmentId } = await active(theirs, to, { personId });
  await hr.post(`/enrollments/${enrollmentId}/match/shortlist`);
  const mine = theirs.as('coachee', { personId });
  expectStatus(200, await mine.post(`/enrollments/${enrollmentId}/match/propose`, { coachId }));
  const group = await theirs.as('integration').post(`${SCIM}/Groups`, { displayName: 'Secret' });
  const assessmentId = await request(theirs, enrollmentId, ['self', 'peer']);
  const { raterId } = (await raters(theirs, assessmentId))[0]!;
  const assessed = { assessmentId, raterId };
  ids = {
    ...to,
    ...assessed,
    personId,
    enrollmentId,
    coachId,
    importId: imported.body.id,
    userId: personId,
    proposalId: randomUUID(),
    groupId: expectStatus(201, group).id,
    name: 'theirs',
  };
  expect(ids.importId).toEqual(expect.any(String));
});
afterAll(() => theirs?.close());

const filled = (text: string, given: Ids): string =>
  text.replaceAll(/\{(\w+)\}/g, (_, name: keyof Ids) => given[name] ?? `{${name}}`);

function send(caller: Caller, { method, path, body, query = '', sent }: Route, given: Ids): Promise<Reply> {
  const address = filled(path, given) + query;
  if (method === 'GET') return caller.get(address);
  const filledBody =
    typeof body === 'object' ? (JSON.parse(filled(JSON.stringify(body), given)) as object) : body;
  return caller[method.toLowerCase() as 'post'](address, filledBody, sent);
}

/** Somebody of our tenant with this role, who carries the very ids of people in the other one. */
const withRole = (role: Role): Caller =>
  ours.as(role, { personId: role === 'hr' ? undefined : ids.personId, coachId: ids.coachId });

const named = ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const);

describe('the table', () => {
  it('has every endpoint of the service', async () => {
    const { body } = await ours.as('hr').get('/../openapi.json');
    const operations = Object.entries(
      body.paths as Record<string, Record<string, { 'x-roles'?: string[]; summary?: string }>>,
    ).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    );
    const own = operations.filter(({ name }) => /\/enrollment\/(?!health|metrics|openapi)/.test(name));
    const documented = own.map(({ name, operation }) => ({
      name: name.replace('/enrollment/v1', '').replace('/enrollment/', '/../'),
      roles: [...(operation['x-roles'] ?? [])].sort(),
      summary: typeof operation.summary,
    }));
    const wanted = ROUTES.map(({ method, path, roles }) => ({
      name: `${method} ${path}`,
      roles: [...roles].sort(),
      summary: 'string',
    }));
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    const byLink = BY_LINK.map((name) => ({ name, roles: [], summary: 'string' }));
    expect(documented.sort(byName)).toEqual([...wanted, ...byLink].sort(byName));
  });

  it('tells the type of every parameter: none is an object', async () => {
    const { body } = await ours.as('hr').get('/../openapi.json');
    type Parameter = { name: string; schema: { type?: string } };
    const parameters = Object.values(
      body.paths as Record<string, Record<string, { parameters?: Parameter[] }>>,
    )
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ parameters: own = [] }) => own);
    expect(parameters.filter(({ schema }) => schema.type === 'object').map(({ name }) => name)).toEqual([]);
  });
});

describe.each(named)('%s', (_, route) => {
  it('refuses every role that has no business with it', async () => {
    for (const role of ALL.filter((each) => !route.roles.includes(each))) {
      const { status, body } = await send(withRole(role), route, ids);
      expect({ role, status, type: body.type }).toEqual({
        role,
        status: 403,
        type: 'urn:cairn:problem:wrong-role',
      });
    }
  });

  it('shows nothing of another tenant: its ids are as if they had never existed', async () => {
    for (const role of route.roles) {
      const foreign = await send(withRole(role), route, ids);
      expect(JSON.stringify(foreign.body ?? null)).not.toContain('Secret');
      if (!/\{(?!name)/.test(route.path)) continue;
      const absent = await send(withRole(role), route, nowhere());
      expect({ role, status: foreign.status }).toEqual({ role, status: 404 });
      expect({ ...foreign.body, traceId: '' }).toEqual({ ...absent.body, traceId: '' });
    }
  });
});

describe('lists', () => {
  it.each(['/people?limit=500', '/programs', '/enrollments', '/coaches', '/matches'])(
    '%s hold one’s own tenant alone',
    async (path) => {
      expect((await theirs.as('hr').get(path)).body.items.length).toBeGreaterThan(0);
      const mine = (await ours.as('hr').get(path)).body.items as Record<string, string>[];
      const foreign = Object.values(ids);
      expect(mine.flatMap((item) => Object.values(item)).filter((value) => foreign.includes(value))).toEqual(
        [],
      );
    },
  );
});

describe('right role, not one’s own', () => {
  const own = (role: Role) => theirs.as(role, { personId: randomUUID(), coachId: randomUUID() });
  const ofOthers = named.filter(
    ([, { path, roles }]) =>
      /\{(enrollmentId|programId|coachId)\}/.test(path) &&
      roles.some((role) => role === 'coachee' || role === 'coach' || role === 'manager'),
  );
  it.each(ofOthers)('%s is 404 for another coachee, coach or manager', async (_, route) => {
    for (const role of route.roles.filter((each) => ['coachee', 'coach', 'manager'].includes(each))) {
      const reply = await send(own(role), route, ids);
      expect({ role, status: reply.status }).toEqual({ role, status: 404 });
    }
  });

  const ofStaff = named.filter(
    ([, { method, path, roles }]) =>
      method !== 'GET' && /\{(enrollmentId|assessmentId)\}/.test(path) && roles.includes('hr'),
  );
  it.each(ofStaff)('%s is 404 for HR of another department, whatever version it names', async (_, route) => {
    const elsewhere = theirs.as('hr', { orgUnits: ['Elsewhere'] });
    const guessed = { ...route, sent: { ...route.sent, ifMatch: '"999"' } };
    expect((await send(elsewhere, guessed, ids)).status).toBe(404);
  });

  it('lists are empty for another coachee, coach or manager', async () => {
    for (const [role, path] of [
      ['coachee', '/enrollments'],
      ['coach', '/enrollments'],
      ['manager', '/enrollments'],
      ['coachee', '/matches'],
      ['coach', '/matches'],
      ['coach', '/coaches'],
      ['manager', '/people'],
      ['coach', '/people'],
      ['coachee', '/people'],
      ['manager', '/programs'],
      ['coach', '/programs'],
      ['coachee', '/programs'],
    ] as const)
      expect((await own(role).get(path)).body.items).toEqual([]);
  });
});

describe('what each reads of an enrolment', () => {
  const reads = async (role: Role, who: object = {}) =>
    theirs.as(role, who).get(`/enrollments/${ids.enrollmentId}`);
  it('is with the preferences for the coachee, the proposed coach and HR, without them for the administration', async () => {
    for (const reply of [
      await reads('hr'),
      await reads('coachee', { personId: ids.personId }),
      await reads('coach', { coachId: ids.coachId }),
    ])
      expect(expectStatus(200, reply).preferences.themes).toEqual(['giving-feedback']);
    expect(expectStatus(200, await reads('program-admin'))).not.toHaveProperty('preferences');
  });

  it('is without the preferences for a coach who administers too, or manages', async () => {
    for (const roles of [
      ['coach', 'program-admin'],
      ['program-admin', 'coach', 'manager'],
    ] as Role[][]) {
      const caller = theirs.as(roles, { coachId: randomUUID(), personId: randomUUID() });
      const { enrollmentId } = ids;
      expect(expectStatus(200, await caller.get(`/enrollments/${enrollmentId}`))).not.toHaveProperty(
        'preferences',
      );
    }
  });

  it('is nothing for HR that does not reach the person, whatever other role it has', async () => {
    const top = await person(theirs, { department: 'Board' });
    const boss = await person(theirs, { department: 'Board', managerId: top.personId });
    const self = await person(theirs, { managerId: boss.personId });
    const other = await person(theirs);
    const to = await programme(theirs);
    const ofBoss = await active(theirs, to, { personId: boss.personId });
    const ofTop = await active(theirs, to, { personId: top.personId });
    const ofOther = await active(theirs, to, { personId: other.personId });
    const both: Role[] = ['hr', 'program-admin'];
    const seen = async (
      who: object,
      { enrollmentId, personId }: { enrollmentId: string; personId: string },
    ) => {
      const caller = theirs.as(both, who);
      const { status } = await caller.get(`/enrollments/${enrollmentId}`);
      const lists = async (path: string) => expectStatus(200, await caller.get(path)).items.length > 0;
      const seen = [
        status === 200,
        await lists(`/enrollments?personId=${personId}`),
        (await caller.get(`/enrollments/${enrollmentId}/match`)).status === 200,
        await lists(`/people?ids=${personId}`),
      ];
      expect(new Set(seen).size).toBe(1);
      return status === 200;
    };
    expect(await seen({ personId: self.personId }, ofOther)).toBe(true);
    expect(await seen({ personId: self.personId }, ofBoss)).toBe(false);
    expect(await seen({ personId: self.personId }, ofTop)).toBe(false);
    expect(await seen({ orgUnits: ['Board'] }, ofBoss)).toBe(true);
    expect(await seen({ orgUnits: ['Board'] }, ofOther)).toBe(false);
  });

  it('is not reached by a command that HR may give in another role, nor is HR’s line counted in a place', async () => {
    const boss = await person(theirs);
    const self = await person(theirs, { managerId: boss.personId });
    const to = await programme(theirs, { capacity: 1 });
    await active(theirs, to);
    const waiting = [];
    for (const { personId } of [boss, await person(theirs)]) {
      const { enrollmentId } = await nominated(theirs, to, { personId });
      expectStatus(200, await theirs.as('hr').post(`/enrollments/${enrollmentId}/invite`));
      waiting.push(enrollmentId);
    }
    const both = theirs.as(['hr', 'integration'], { personId: self.personId });
    const declared = await both.post(`/enrollments/${waiting[0]}/history`, {
      through: '2025-01-01T00:00:00Z',
    });
    expect(declared.status).toBe(404);
    const path = `/enrollments?programId=${to.programId}&status=waitlisted`;
    const places = async (caller: Caller) =>
      (await caller.get(path)).body.items.map(
        ({ waitlistPlace }: { waitlistPlace: unknown }) => waitlistPlace,
      );
    expect(await places(theirs.as('hr'))).toEqual([1, 2]);
    expect(await places(theirs.as('hr', { personId: self.personId }))).toEqual([null]);
    const one = await theirs.as('hr', { personId: self.personId }).get(`/enrollments/${waiting[1]}`);
    expect([one.body.waitlistPlace, one.headers['etag']]).toEqual([null, expect.stringMatching(/^"\d+"$/)]);
  });

  it('is each role’s own: who coaches sees their coachee’s preferences, though they administer or manage too', async () => {
    const coachee = await active(theirs, await programme(theirs));
    const path = `/enrollments/${coachee.enrollmentId}`;
    // One of its own: what the other specs' coach reads stays as it is.
    await coach(theirs, `C-${randomUUID()}`);
    await theirs.as('hr').post(`${path}/match/shortlist`);
    const own = theirs.as('coachee', { personId: coachee.personId });
    const { shortlist } = (await own.get(`${path}/match`)).body;
    const chosen = (shortlist as { coachId: string }[]).find(
      ({ coachId }) => coachId !== ids.coachId,
    )!.coachId;
    expectStatus(200, await own.post(`${path}/match/propose`, { coachId: chosen }));
    const sees = async (roles: Role[], coachOf: string) => {
      const caller = theirs.as(roles, { coachId: coachOf });
      const [enrolled, match] = [await caller.get(path), await caller.get(`${path}/match`)];
      return ['preferences' in enrolled.body, 'parts' in (match.body.coach ?? {})];
    };
    expect(await sees(['coach', 'program-admin'], chosen)).toEqual([true, true]);
    expect(await sees(['coach', 'program-admin'], randomUUID())).toEqual([false, false]);
  });

  it('is the participation of a direct report, where the programme says that managers see it', async () => {
    const boss = await person(theirs);
    const report = await person(theirs, { managerId: boss.personId });
    const open = await programme(theirs, { name: 'Open', managersSeeParticipation: true });
    const closed = await programme(theirs, { name: 'Closed' });
    const seen = await active(theirs, open, { personId: report.personId });
    const unseen = await active(theirs, closed, { personId: report.personId });
    const manager = theirs.as('manager', { personId: boss.personId });
    const shown = expectStatus(200, await manager.get(`/enrollments/${seen.enrollmentId}`));
    expect(shown.status).toBe('active');
    expect(shown).not.toHaveProperty('preferences');
    expect((await manager.get(`/enrollments/${unseen.enrollmentId}`)).status).toBe(404);
    expect((await manager.get('/enrollments')).body.items).toHaveLength(1);
  });

  it('is written down once a day of whom a manager or HR looks at, and of nobody else on the page', async () => {
    const app = theirs.inNewTenant();
    const above = await person(app);
    const boss = await person(app, { managerId: above.personId });
    const report = await person(app, { managerId: boss.personId });
    const other = await person(app);
    const open = await programme(app, { name: 'Open', managersSeeParticipation: true });
    const seen = await active(app, open, { personId: report.personId });
    const looked = async () =>
      (await app.looked()).map(({ role, what, personIds }) => [role, what, [...personIds].sort()]);

    // As a coachee the manager reads their own name and that of their own manager.
    const manager = app.as(['manager', 'coachee'], { personId: boss.personId });
    for (const path of ['/people', '/people', '/enrollments', `/enrollments/${seen.enrollmentId}`])
      expectStatus(200, await manager.get(path));
    expect(await looked()).toEqual([
      ['manager', 'directory', [report.personId]],
      ['manager', 'enrollment', [report.personId]],
    ]);

    const before = (await looked()).length;
    for (const role of ['coachee', 'integration'] as const)
      expectStatus(200, await app.as(role, { personId: report.personId }).get('/enrollments'));
    const full = await programme(app, { name: 'Full', capacity: 1 });
    for (const { personId } of [above, other]) {
      const { enrollmentId } = await nominated(app, full, { personId });
      expectStatus(200, await app.as('hr').post(`/enrollments/${enrollmentId}/invite`));
    }
    expectStatus(200, await app.as('program-admin').get('/enrollments?status=waitlisted'));
    const all = [above, boss, report, other].map(({ personId }) => personId).sort();
    expectStatus(200, await app.as('hr').get('/people'));
    expectStatus(200, await app.as(['hr', 'program-admin']).get('/people'));
    expectStatus(200, await app.as('program-admin').get('/matches'));
    expectStatus(200, await app.as('hr').get(`/enrollments/${seen.enrollmentId}/match`));
    expectStatus(200, await app.as('hr').get(`/enrollments/${seen.enrollmentId}`));
    expect((await looked()).slice(before)).toEqual([
      ['program-admin', 'enrollment', [other.personId]],
      ['hr', 'directory', all],
      ['program-admin', 'match', [report.personId]],
      ['hr', 'match', [report.personId]],
      ['hr', 'enrollment', [report.personId]],
    ]);
  });
});

describe('whose names somebody reads', () => {
  const names = async (role: Role, who: object, query = '') =>
    expectStatus(200, await theirs.as(role, who).get(`/people${query}`)).items as Record<string, string>[];

  it('are, for a manager, those of their direct reports alone', async () => {
    const boss = await person(theirs, { givenName: 'Mona', familyName: 'Boss' });
    const report = await person(theirs, {
      managerId: boss.personId,
      givenName: 'Rita',
      familyName: 'Report',
    });
    const below = await person(theirs, { managerId: report.personId });
    const ids = [boss, report, below].map(({ personId }) => personId).join(',');
    const who = { personId: boss.personId };
    const seen = await names('manager', who, `?ids=${ids}`);
    expect(seen).toMatchObject([{ personId: report.personId, name: 'Rita Report', department: 'Making' }]);
    expect(seen).toHaveLength(1);
    expect(await names('manager', who)).toEqual(seen);
    expect(await names('manager', {}, `?ids=${ids}`)).toEqual([]);
  });

  it('are, for a coachee, their own and no more than the name of their manager', async () => {
    const boss = await person(theirs, { givenName: 'Mona', familyName: 'Boss', email: 'mona@example.org' });
    const me = await person(theirs, { managerId: boss.personId });
    const peer = await person(theirs, { managerId: boss.personId });
    const query = `?ids=${[boss, me, peer].map(({ personId }) => personId).join(',')}`;
    const seen = await names('coachee', { personId: me.personId }, query);
    expect(seen).toHaveLength(2);
    expect(seen.find(({ personId }) => personId === boss.personId)).toEqual({
      personId: boss.personId,
      name: 'Mona Boss',
    });
    expect(seen.find(({ personId }) => personId === me.personId)).toMatchObject({ managerId: boss.personId });
  });
});

describe('which programmes somebody reads', () => {
  it('are, for a manager, those that let them see who of their reports takes part', async () => {
    const boss = await person(theirs);
    const report = await person(theirs, { managerId: boss.personId });
    const open = await programme(theirs, { name: 'Open', managersSeeParticipation: true });
    const closed = await programme(theirs, { name: 'Closed' });
    const others = await programme(theirs, { name: 'Others', managersSeeParticipation: true });
    for (const to of [open, closed]) await active(theirs, to, { personId: report.personId });
    const manager = theirs.as('manager', { personId: boss.personId });
    const { items } = expectStatus(200, await manager.get('/programs'));
    expect(items).toMatchObject([{ programId: open.programId, name: 'Open' }]);
    expect(items).toHaveLength(1);
    expect(items[0]).not.toHaveProperty('costPerSession');
    expectStatus(200, await manager.get(`/programs/${open.programId}`));
    for (const { programId } of [closed, others])
      expect((await manager.get(`/programs/${programId}`)).status).toBe(404);
    const coachee = theirs.as('coachee', { personId: report.personId });
    const own = expectStatus(200, await coachee.get('/programs')).items as { name: string }[];
    expect(own.map(({ name }) => name).toSorted()).toEqual(['Closed', 'Open']);
    expect(
      expectStatus(200, await theirs.as('coach', { coachId: ids.coachId }).get('/programs')).items,
    ).toHaveLength(1);
  });
});

describe('how many places are taken', () => {
  it('is told to nobody whom it would tell of single people: of a programme', async () => {
    const to = await programme(theirs);
    await active(theirs, to);
    const path = `/programs/${to.programId}`;
    for (const who of [theirs.as('program-admin'), theirs.as('integration'), theirs.as('hr')]) {
      const { body, headers } = await who.get(path);
      expect(body.placesTaken).toBe(1);
      expect(headers['etag']).toMatch(/^"\d+\.1"$/);
    }
    for (const who of [
      theirs.as('sponsor'),
      theirs.as('hr', { personId: ids.personId }),
      theirs.as('hr', { orgUnits: ['IT'] }),
      theirs.as(['hr', 'program-admin'], { personId: ids.personId }),
    ]) {
      const { body, headers } = await who.get(path);
      expect(body).toMatchObject({ programId: to.programId, capacity: expect.any(Number) });
      expect(body).not.toHaveProperty('placesTaken');
      expect(headers['etag']).toMatch(/^"\d+"$/);
      expect(JSON.stringify((await who.get('/programs')).body)).not.toContain('placesTaken');
    }
    const changed = await theirs
      .as('hr', { orgUnits: ['IT'] })
      .patch(path, { changes: { capacity: 207 } }, { ifMatch: '*' });
    expect(expectStatus(200, changed)).not.toHaveProperty('placesTaken');
  });

  it('of a coach', async () => {
    const path = `/coaches/${ids.coachId}`;
    for (const who of [
      theirs.as('hr'),
      theirs.as('program-admin'),
      theirs.as('coach', { coachId: ids.coachId }),
    ])
      expect((await who.get(path)).body).toHaveProperty('placesTaken');
    for (const limits of [{ personId: ids.personId }, { orgUnits: ['IT'] }])
      for (const at of [path, '/coaches'])
        expect(JSON.stringify((await theirs.as('hr', limits).get(at)).body)).not.toContain('placesTaken');
  });
});

describe('what a coachee reads of the programme', () => {
  it('is neither its cost nor its rules', async () => {
    const me = theirs.as('coachee', { personId: ids.personId });
    const program = expectStatus(200, await me.get(`/programs/${ids.programId}`));
    expect(program).toMatchObject({ name: PROGRAM.name, cadence: 'bi-weekly' });
    for (const field of ['costPerSession', 'eligibilityRules', 'placesTaken', 'capacity'])
      expect(program).not.toHaveProperty(field);
  });
});

describe('whoever has no token', () => {
  it.each(named)('%s is 401', async (_, route) => {
    const url = `/enrollment/v1${filled(route.path, ids)}`;
    const fastify = ours.http.getHttpAdapter().getInstance();
    const reply = await fastify.inject({ method: route.method, url });
    expect(reply.statusCode).toBe(401);
  });
});
