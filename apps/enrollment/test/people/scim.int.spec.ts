import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ROLES } from '@cairn/identity';
import { CAIRN, CORE_USER, ENTERPRISE } from '../../src/people/scim/attributes.js';
import { PROGRAM } from '../given.js';
import {
  boss,
  crew,
  csv,
  MAPPING,
  peopleService,
  worker,
  type Json,
  type PeopleService,
  type Tenant,
} from './given.js';

/* The clock stands at 2026-06-01: SCIM tells what is so now. */
const TODAY = '2026-06-01';

let people: PeopleService;
let tenant: Tenant;
beforeAll(async () => {
  people = await peopleService();
});
afterAll(() => people.stop());
beforeEach(() => {
  tenant = people.tenant();
});

/** As Entra sends a new user. */
const user = (n: number, some: object = {}, enterprise: object = {}) => ({
  schemas: [CORE_USER, ENTERPRISE],
  externalId: `mail-${n}`,
  userName: `temi${n}@example.org`,
  active: true,
  displayName: `Temi ${n} Okoro`,
  emails: [{ primary: true, type: 'work', value: `temi${n}@example.org` }],
  meta: { resourceType: 'User' },
  name: { formatted: `Temi ${n} Okoro`, givenName: `Temi ${n}`, familyName: 'Okoro' },
  title: 'Operator',
  phoneNumbers: [{ type: 'work', value: 'canary-number' }],
  [ENTERPRISE]: { employeeNumber: `E${n}`, department: 'Making', costCenter: 'canary-cost', ...enterprise },
  ...some,
});
const add = async (n: number, some?: object, enterprise?: object): Promise<Json> => {
  const reply = await tenant.scim('POST', '/Users', user(n, some, enterprise));
  expect([reply.status, reply.body.detail]).toEqual([201, undefined]);
  return reply.body;
};
const patch = (id: string, ...Operations: object[]) =>
  tenant.scim('PATCH', `/Users/${id}`, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations,
  });
const find = async (filter: string) =>
  (await tenant.scim('GET', `/Users?filter=${encodeURIComponent(filter)}`)).body as Json;
const told = async (from = 0) =>
  (await tenant.events()).slice(from).map(({ type, occurred_at: at, data }: Json) => ({
    type,
    on: (at as Date).toISOString().slice(0, 10),
    ...Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'personId')),
  }));

describe('a name', () => {
  const renamed = async (id: string, ...operations: [path: string, value: string][]) => {
    const reply = await patch(id, ...operations.map(([path, value]) => ({ op: 'Replace', path, value })));
    expect(reply.status).toBe(200);
    const { name, displayName } = (await tenant.scim('GET', `/Users/${id}`)).body;
    return [name.givenName, name.familyName, displayName];
  };

  it('is displayed as the client says, else as it is', async () => {
    const { id } = await add(1);
    expect(await renamed(id, ['name.familyName', 'Bello'])).toEqual(['Temi 1', 'Bello', 'Temi 1 Bello']);
    const displayed = 'Bello, Temi (Making)';
    expect(await renamed(id, ['displayName', displayed])).toEqual(['Temi 1', 'Bello', displayed]);
    expect((await find(`displayName eq "${displayed}"`)).totalResults).toBe(1);
    expect(await renamed(id, ['title', 'Lead'])).toEqual(['Temi 1', 'Bello', displayed]);
    expect(await renamed(id, ['displayName', ''])).toEqual(['Temi 1', 'Bello', 'Temi 1 Bello']);
  });

  it('can be said whole, where a PATCH leaves its parts as they are', async () => {
    const { id } = await add(1);
    expect(await renamed(id, ['name.formatted', 'Temi Bello'])).toEqual(['Temi', 'Bello', 'Temi Bello']);
    const parts = await renamed(id, ['name.formatted', 'T. Okoro'], ['name.familyName', 'Okoro']);
    expect(parts).toEqual(['Temi', 'Okoro', 'Temi Okoro']);
  });
});

describe('the cycle of Entra', () => {
  it('asks for nobody, asks by userName, adds, changes, names the manager, and lets go', async () => {
    expect(await find('id eq "6f1b0e1e-2b84-4d27-9f49-55cb2e9bd9f3"')).toMatchObject({
      totalResults: 0,
      Resources: [],
    });
    expect(await find('userName eq "temi1@example.org"')).toMatchObject({ totalResults: 0 });
    const mona = await add(2, { title: 'Plant Manager' });
    const temi = await add(1);
    expect(temi).toMatchObject({
      schemas: [CORE_USER, ENTERPRISE, CAIRN],
      userName: 'temi1@example.org',
      externalId: 'mail-1',
      active: true,
      title: 'Operator',
      [ENTERPRISE]: { employeeNumber: 'E1', department: 'Making' },
      [CAIRN]: { level: 'individual', hiredOn: TODAY, onLeave: false },
      meta: {
        resourceType: 'User',
        location: expect.stringMatching(`/enrollment/scim/v2/Users/${temi.id}$`),
      },
    });
    expect(JSON.stringify(temi)).not.toContain('canary');
    expect((await find('userName eq "TEMI1@example.org"')).Resources).toMatchObject([{ id: temi.id }]);

    // In a second round, by the id alone, which is not what the RFC says.
    const path = `${ENTERPRISE}:manager`;
    expect((await patch(temi.id, { op: 'Add', path, value: mona.id })).body[ENTERPRISE].manager).toEqual({
      value: mona.id,
      displayName: 'Temi 2 Okoro',
    });
    await patch(
      temi.id,
      { op: 'Replace', path: 'title', value: 'Shift Lead' },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'temi@example.org' },
      { op: 'Add', path: 'addresses[type eq "work"].formatted', value: 'canary-street' },
    );
    const nowhere = await patch(temi.id, { op: 'Remove', path: `${ENTERPRISE}:department` });
    expect(nowhere.body[ENTERPRISE]).not.toHaveProperty('department');
    const gone = await patch(temi.id, { op: 'Replace', path: 'active', value: 'False' });
    expect(gone.body).toMatchObject({ active: false, emails: [{ value: 'temi@example.org' }] });

    expect(await told()).toEqual([
      {
        type: 'PersonAdded',
        on: TODAY,
        startedOn: TODAY,
        placeholder: false,
        level: 'individual',
        department: 'Making',
        position: 'Plant Manager',
        dateBasis: 'snapshot',
      },
      expect.objectContaining({ type: 'PersonAdded', position: 'Operator' }),
      {
        type: 'PersonChanged',
        on: TODAY,
        kind: 'managerChanged',
        effectiveOn: TODAY,
        dateBasis: 'snapshot',
        managerId: mona.id,
      },
      {
        type: 'PersonChanged',
        on: TODAY,
        kind: 'moved',
        effectiveOn: TODAY,
        dateBasis: 'snapshot',
        position: 'Shift Lead',
      },
      {
        type: 'PersonChanged',
        on: TODAY,
        kind: 'moved',
        effectiveOn: TODAY,
        dateBasis: 'snapshot',
        cleared: ['department'],
      },
      { type: 'PersonLeft', on: TODAY, leftOn: TODAY, dateBasis: 'snapshot' },
    ]);

    const again = await patch(temi.id, { op: 'Replace', path: 'active', value: 'True' });
    expect(again.body.active).toBe(true);
    expect((await told(6))[0]).toMatchObject({ type: 'PersonChanged', kind: 'returned' });
  });
});

describe('the cycle of Okta', () => {
  it('puts the whole User, and deactivates it by a value without a path', async () => {
    const { id } = await add(1, {}, { manager: undefined });
    const { meta: _, ...whole } = (await tenant.scim('GET', `/Users/${id}`)).body;
    const put = await tenant.scim('PUT', `/Users/${id}`, {
      ...whole,
      title: 'Director',
      [ENTERPRISE]: undefined,
    });
    expect(put.body).toMatchObject({ title: 'Director', [ENTERPRISE]: { department: 'Making' } });
    const off = await patch(id, { op: 'replace', value: { active: false } });
    expect(off.body.active).toBe(false);
    expect((await told()).map(({ type }: Json) => type)).toEqual([
      'PersonAdded',
      'PersonChanged',
      'PersonLeft',
    ]);
  });

  it('sends the same again, and nothing is told', async () => {
    const { id, meta } = await add(1);
    const before = await tenant.events();
    const put = await tenant.scim('PUT', `/Users/${id}`, user(1));
    expect(put.body.meta).toEqual(meta);
    await patch(id, { op: 'replace', path: 'active', value: true });
    expect(await tenant.events()).toEqual(before);
  });
});

describe('beside files', () => {
  beforeEach(async () => {
    await tenant.save();
    await tenant.send(csv(crew(2)));
  });
  const mapped = { name: { givenName: 'Temi 1', familyName: 'Okoro' }, title: 'Operator' };

  it('shows whom they brought, and takes them over by their employee id', async () => {
    const before = await tenant.events();
    const [e1] = (await find(`${ENTERPRISE}:employeeNumber eq "E1"`)).Resources;
    expect(e1).toMatchObject({ userName: 'E1', [CAIRN]: { hiredOn: '2018-03-01' } });
    const { id } = await add(1, mapped);
    expect(id).toBe(e1.id);
    expect(await tenant.events()).toEqual(before);
    const twice = await tenant.scim('POST', '/Users', user(1, { userName: 'other' }));
    expect([twice.status, twice.body.scimType]).toEqual([409, 'uniqueness']);
  });

  /** Two with one address, by their employee ids. */
  const sharing = async () => {
    tenant = people.tenant();
    await tenant.save({ ...MAPPING, email: 'Score', engagementScore: undefined });
    const address = { Score: 'line3@example.org' };
    const rows = [[...boss.slice(0, -1), ''], worker(1, address), worker(2, address)];
    expect((await tenant.send(csv(rows))).body).toMatchObject({ status: 'applied' });
    const found = (await find('userName eq "line3@example.org"')).Resources as Json[];
    return ['E1', 'E2'].map(
      (employeeId) => found.find((each) => each[ENTERPRISE].employeeNumber === employeeId)!.id as string,
    );
  };

  it('takes over nobody by an address that another has too, and says what to do first', async () => {
    const [one, other] = await sharing();
    const named = { userName: 'line3@example.org' };
    const refused = await tenant.scim('POST', '/Users', user(1, named));
    expect([refused.status, refused.body.scimType]).toEqual([409, 'uniqueness']);
    expect(refused.body.detail).toContain('give one of the two another userName');
    await patch(other!, { op: 'replace', path: 'userName', value: 'line3-too@example.org' });
    expect((await add(1, named)).id).toBe(one);
  });

  it('changes and lets go whom they brought with the address of another, and gives nobody such a name', async () => {
    const [one, other] = await sharing();
    expect((await patch(one!, { op: 'replace', path: 'title', value: 'Lead' })).body.title).toBe('Lead');
    expect((await patch(other!, { op: 'replace', path: 'active', value: false })).body.active).toBe(false);
    const third = await add(3);
    const taken = await patch(third.id, { op: 'replace', path: 'userName', value: 'LINE3@example.org' });
    expect([taken.status, taken.body.scimType]).toEqual([409, 'uniqueness']);
    expect((await tenant.scim('DELETE', `/Users/${one}`)).status).toBe(204);
  });

  it('changes what they brought, and a later file that says the same changes nothing', async () => {
    const { id } = await add(1, { ...mapped, title: 'Plant Manager' });
    const before = await tenant.events();
    expect(before.at(-1)).toMatchObject({
      type: 'PersonChanged',
      data: { kind: 'moved', effectiveOn: TODAY },
    });
    const file = csv([boss, worker(1, { Title: 'Plant Manager' }), worker(2)]);
    const later = await tenant.send(file, `&snapshotDate=${TODAY}`);
    // The level comes of the title, by the mapping alone.
    expect(later.body.counts).toMatchObject({ updated: 1, unchanged: 2 });
    expect((await tenant.send(file, `&snapshotDate=${TODAY}`)).body.status).toBe('nothing-changed');
    await patch(id, { op: 'replace', path: 'active', value: false });
    const count = (await tenant.events()).length;
    const left = csv([boss, worker(1, { Title: 'Plant Manager', Left: TODAY }), worker(2)]);
    expect((await tenant.send(left, `&snapshotDate=${TODAY}`)).body.status).toBe('nothing-changed');
    expect((await tenant.events()).length).toBe(count);
  });

  it('changes whom they brought with texts that a client may not say', async () => {
    // A quote of a file that was read as Latin-1.
    const odd = { Name: 'O\u0092Brien, Ma\u0092ire', Title: 'Op\u0092erator', Dept: 'Mak\u0092ing' };
    expect((await tenant.send(csv([boss, worker(1), worker(2, odd)]))).status).toBe(201);
    const [e2] = (await find(`${ENTERPRISE}:employeeNumber eq "E2"`)).Resources;
    const at = `/Users/${e2.id}`;
    expect(e2).toMatchObject({ title: odd.Title, name: { familyName: 'O\u0092Brien' } });
    const status = async (...operations: object[]) => (await patch(e2.id, ...operations)).status;
    expect(await status({ op: 'replace', path: 'active', value: false })).toBe(200);
    expect((await told()).at(-1)).toMatchObject({ type: 'PersonLeft', on: TODAY });
    expect(await status({ op: 'replace', path: 'active', value: true })).toBe(200);
    expect(await status({ op: 'replace', path: 'title', value: 'Lead' })).toBe(200);
    const { id, name, title, displayName } = (await tenant.scim('GET', at)).body;
    expect({ id, name, title, displayName }).toEqual({
      id: e2.id,
      name: e2.name,
      title: 'Lead',
      displayName: e2.displayName,
    });
    const sent = (await tenant.scim('GET', at)).body;
    expect((await tenant.scim('PUT', at, { ...sent, title: 'Director' })).status).toBe(200);
    // What it does say is judged, also where it stands elsewhere.
    for (const path of ['title', 'name.givenName', 'displayName'])
      expect([path, await status({ op: 'replace', path, value: odd.Title })]).toEqual([path, 400]);
    expect((await tenant.scim('DELETE', at)).status).toBe(204);
  });

  it('keeps out a file that is older than what was said meanwhile', async () => {
    await add(1, { ...mapped, title: 'Director' });
    const { status, body } = await tenant.send(csv(crew(2)), '&snapshotDate=2026-05-31');
    expect([status, body.type]).toEqual([409, 'urn:cairn:problem:snapshot-older-than-last']);
  });

  it('plans a held file anew once it has changed something', async () => {
    await tenant.save({ ...MAPPING, complete: true });
    const { body: held } = await tenant.send(csv([boss]), `&snapshotDate=${TODAY}`);
    expect(held.status).toBe('held');
    await add(1, { ...mapped, title: 'Director' });
    const { body } = await tenant.call('POST', `/imports/${held.id}/confirm`);
    expect(body.type).toBe('urn:cairn:problem:import-outdated');
  });

  it('tells a promotion of who has been there for a while, and of nobody who has just been added', async () => {
    const [e1, e2] = [
      (await find(`${ENTERPRISE}:employeeNumber eq "E1"`)).Resources[0],
      (await find(`${ENTERPRISE}:employeeNumber eq "E2"`)).Resources[0],
    ];
    const promotions = async () =>
      (await tenant.events())
        .filter(({ data }: Json) => data.kind === 'promotedToManager')
        .map(({ data }: Json) => data.personId);
    const path = `${ENTERPRISE}:manager`;
    await patch(e2.id, { op: 'replace', path, value: { value: e1.id } });
    expect(await promotions()).toEqual([e1.id]);
    const fresh = await add(7);
    await add(8, {}, { manager: { value: fresh.id } });
    expect(await promotions()).toEqual([e1.id]);
  });
});

describe('a User', () => {
  it('is added once, by its employee id and its userName', async () => {
    await add(1);
    const same = await tenant.scim('POST', '/Users', user(1));
    expect([same.status, same.body.scimType]).toEqual([409, 'uniqueness']);
    const named = await tenant.scim('POST', '/Users', user(2, { userName: 'TEMI1@example.org' }));
    expect([named.status, named.body.scimType]).toEqual([409, 'uniqueness']);
    const others = await Promise.all([3, 3, 3, 4].map((n) => tenant.scim('POST', '/Users', user(n))));
    expect(others.map(({ status }) => status).toSorted()).toEqual([201, 201, 409, 409]);
  });

  it('has the externalId for an employee id where there is no other, and keeps it', async () => {
    const { schemas: _, ...plain } = user(1, { [ENTERPRISE]: undefined });
    const { body } = await tenant.scim('POST', '/Users', plain);
    expect(body[ENTERPRISE]).toEqual({ employeeNumber: 'mail-1' });
    const other = await patch(body.id, { op: 'replace', path: `${ENTERPRISE}:employeeNumber`, value: 'E9' });
    expect([other.status, other.body.scimType]).toEqual([400, 'mutability']);
    const none = await tenant.scim('POST', '/Users', { ...plain, externalId: undefined, userName: 'x' });
    expect([none.status, none.body.scimType]).toEqual([400, 'invalidValue']);
  });

  it('is what was read, or is not changed', async () => {
    const { id, meta } = await add(1);
    const read = await tenant.scim('GET', `/Users/${id}`);
    expect(read.headers['etag']).toBe(meta.version);
    expect(
      (await tenant.scim('GET', `/Users/${id}`, undefined, { 'if-none-match': meta.version })).status,
    ).toBe(304);
    const put = (version: string, title: string) =>
      tenant.scim('PUT', `/Users/${id}`, user(1, { title }), { 'if-match': version });
    const changed = await put(meta.version, 'Director');
    expect(changed.status).toBe(200);
    expect(changed.headers['etag']).not.toBe(meta.version);
    expect((await put(meta.version, 'Other')).status).toBe(412);
    expect((await put('nonsense', 'Other')).status).toBe(400);
    expect((await put('*', 'Other')).status).toBe(200);
    expect(
      (await tenant.scim('DELETE', `/Users/${id}`, undefined, { 'if-match': meta.version })).status,
    ).toBe(412);
  });

  it('is gone once it is deleted, and comes back as the person it was', async () => {
    const { id } = await add(1);
    const members = { displayName: 'Leaders', members: [{ value: id }] };
    const { body: group } = await tenant.scim('POST', '/Groups', members);
    expect((await tenant.scim('DELETE', `/Users/${id}`)).status).toBe(204);
    expect((await told()).at(-1)).toMatchObject({ type: 'PersonLeft', leftOn: TODAY });
    expect((await tenant.scim('GET', `/Users/${id}`)).status).toBe(404);
    expect(await find('userName eq "temi1@example.org"')).toMatchObject({ totalResults: 0 });
    expect((await tenant.scim('DELETE', `/Users/${id}`)).status).toBe(404);
    const back = await add(1);
    expect([back.id, back.groups]).toEqual([id, undefined]);
    expect((await told()).at(-1)).toMatchObject({ type: 'PersonChanged', kind: 'returned' });
    // The groups of before are not theirs, unless the client says so.
    expect((await tenant.scim('GET', `/Groups/${group.id}`)).body.members).toEqual([]);
    expect((await tenant.scim('PUT', `/Groups/${group.id}`, members)).body.members).toHaveLength(1);
  });

  it('reports to somebody known, and to nobody below', async () => {
    const mona = await add(2);
    const temi = await add(1, {}, { manager: { value: 'E2' } });
    expect(temi[ENTERPRISE].manager.value).toBe(mona.id);
    const path = `${ENTERPRISE}:manager`;
    for (const value of [temi.id, 'temi1@example.org']) {
      const circle = await patch(mona.id, { op: 'add', path, value: [{ value }] });
      expect([circle.status, circle.body.scimType]).toEqual([400, 'invalidValue']);
    }
    const nobody = await patch(mona.id, { op: 'add', path, value: { value: 'nobody' } });
    expect(nobody.body).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '400',
      scimType: 'invalidValue',
      detail: expect.stringContaining('manager'),
    });
    expect((await patch(temi.id, { op: 'remove', path })).body[ENTERPRISE]).not.toHaveProperty('manager');
  });

  it('goes on leave, is hired on a day, and stands on a level, by the extension of Cairn', async () => {
    const { id } = await add(1, { [CAIRN]: { level: 'manager', hiredOn: '2020-02-01', location: 'North' } });
    expect((await told())[0]).toMatchObject({
      startedOn: '2020-02-01',
      dateBasis: 'column',
      level: 'manager',
    });
    await patch(id, { op: 'add', path: `${CAIRN}:onLeave`, value: true });
    await patch(id, { op: 'replace', value: { active: false, [`${CAIRN}:leavingReason`]: 'voluntary' } });
    expect((await told(1)).map(({ type, kind, reason }: Json) => kind ?? reason ?? type)).toEqual([
      'onLeave',
      'PersonLeft',
      'voluntary',
    ]);
  });

  it.each([
    [{ userName: '' }, 'userName'],
    [{ name: {}, displayName: '' }, 'name'],
    [{ active: 'perhaps' }, 'active'],
    [{ active: false }, 'active'],
    [{ emails: ['nowhere'] }, 'emails'],
    [{ title: 'a\u202eb' }, 'title'],
    [{ title: 3 }, 'title'],
    [{ [CAIRN]: { level: 'boss' } }, 'level'],
    [{ [CAIRN]: { hiredOn: '2027-01-01' } }, 'hiredOn'],
    [{ [ENTERPRISE]: 'x' }, ENTERPRISE],
  ])('is refused with %j', async (some, named) => {
    const { status, body } = await tenant.scim('POST', '/Users', user(1, some));
    expect([status, body.scimType]).toEqual([400, 'invalidValue']);
    expect(body.detail).toContain(named);
    expect(await tenant.events()).toEqual([]);
  });
});

describe('the list of Users', () => {
  it.each([
    ['userName eq "temi2@example.org"', [2]],
    ['userName ne "temi2@example.org"', [1, 3]],
    ['userName sw "TEMI"', [1, 2, 3]],
    ['userName ew "3@example.org"', [3]],
    ['name.givenName co "emi 1"', [1]],
    ['externalId eq "mail-1"', [1]],
    ['externalId eq "MAIL-1"', []],
    ['active eq false', [3]],
    ['active ne false', [1, 2]],
    ['title pr', [1, 2]],
    ['not (title pr)', [3]],
    ['title eq null', [3]],
    ['title eq "Director" or (active eq true and title eq "operator")', [1, 2]],
    ['userName gt "temi1@example.org" and userName le "temi2@example.org"', [2]],
    ['emails[type eq "work" and value co "temi3"]', [3]],
    ['emails co "@example.org" and emails.primary eq true', [1, 2, 3]],
    [`${CORE_USER}:userName eq "temi1@example.org"`, [1]],
    [`${ENTERPRISE}:department eq "Numbers"`, [2]],
    [`${CAIRN}:hiredOn lt "2026-01-01"`, [2]],
    [`schemas eq "${CORE_USER}" and displayName sw "Temi 2"`, [2]],
  ])('%s', async (filter, expected) => {
    await add(1);
    await add(2, { title: 'Director', [CAIRN]: { hiredOn: '2020-01-01' } }, { department: 'Numbers' });
    const third = await add(3, { title: null });
    await patch(third.id, { op: 'replace', path: 'active', value: false });
    const { Resources, totalResults } = await find(filter);
    expect(Resources.map((each: Json) => Number(each.externalId.slice(5))).toSorted()).toEqual(expected);
    expect(totalResults).toBe(expected.length);
  });

  it.each<[string, number[]]>([
    ['sortBy=userName', [1, 2, 3]],
    ['sortBy=userName&sortOrder=descending', [3, 2, 1]],
    // Capitals do not count; what is not there is last, or first where it descends.
    ['sortBy=title', [2, 1, 3]],
    ['sortBy=TITLE&sortOrder=descending', [3, 1, 2]],
    ['sortBy=active&count=1', [3]],
    [`sortBy=${ENTERPRISE}:department&filter=title pr`, [1, 2]],
    ['sortBy=title&startIndex=2&count=1', [1]],
  ])('is sorted: %s', async (query, expected) => {
    await add(1, { title: 'operator' });
    await add(2, { title: 'Director' }, { department: 'Numbers' });
    const third = await add(3, { title: null });
    await patch(third.id, { op: 'replace', path: 'active', value: false });
    const order = ({ Resources }: Json) => Resources.map((each: Json) => Number(each.externalId.slice(5)));
    const found = (await tenant.scim('GET', `/Users?${query.replaceAll(' ', '%20')}`)).body;
    expect(order(found)).toEqual(expected);
  });

  it('is searched for by a body, as by a query', async () => {
    for (const n of [1, 2, 3]) await add(n);
    const search = (body: unknown, of = 'Users') => tenant.scim('POST', `/${of}/.search`, body);
    const { status, body } = await search({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: 'userName ge "temi2@example.org"',
      sortBy: 'userName',
      sortOrder: 'descending',
      startIndex: 2,
      Count: 1,
      attributes: ['userName', 'title'],
    });
    const query = `filter=${encodeURIComponent('userName ge "temi2@example.org"')}&sortBy=userName&sortOrder=descending&startIndex=2&count=1&attributes=userName,title`;
    expect([status, body]).toEqual([200, (await tenant.scim('GET', `/Users?${query}`)).body]);
    expect(body).toMatchObject({ totalResults: 2, startIndex: 2, itemsPerPage: 1 });
    expect(Object.keys(body.Resources[0]).toSorted()).toEqual(['id', 'meta', 'schemas', 'title', 'userName']);
    for (const name of ['B', 'a']) await tenant.scim('POST', '/Groups', { displayName: name });
    expect((await search({ sortBy: 'displayName' }, 'Groups')).body.Resources).toMatchObject([
      { displayName: 'a' },
      { displayName: 'B' },
    ]);
    expect((await tenant.scim('GET', '/ServiceProviderConfig')).body.sort).toEqual({ supported: true });
    for (const [wrong, scimType] of [
      [[], 'invalidSyntax'],
      [{ filter: 1 }, 'invalidSyntax'],
      [{ count: '1' }, 'invalidSyntax'],
      [{ attributes: 'title' }, 'invalidSyntax'],
      [{ filter: 'title' }, 'invalidFilter'],
      [{ sortBy: 'groups' }, 'invalidPath'],
      [{ sortBy: 'emails[type eq "work"]' }, 'invalidPath'],
      [{ sortBy: 'title', sortOrder: 'up' }, 'invalidValue'],
    ] as const) {
      const refused = await search(wrong);
      expect([wrong, refused.status, refused.body.scimType]).toEqual([wrong, 400, scimType]);
    }
  });

  it('is paged, counted, and shown in parts', async () => {
    for (const n of [1, 2, 3]) await add(n);
    const page = async (query: string) => (await tenant.scim('GET', `/Users?${query}`)).body;
    const all = await page('');
    expect(all).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 3,
      startIndex: 1,
      itemsPerPage: 3,
    });
    const second = await page('startIndex=2&count=1');
    expect(second).toMatchObject({ totalResults: 3, startIndex: 2, itemsPerPage: 1 });
    expect(second.Resources).toEqual([all.Resources[1]]);
    expect(await page('count=0')).toMatchObject({ totalResults: 3, Resources: [] });
    expect(await page('startIndex=-5&count=-1')).toMatchObject({ startIndex: 1, Resources: [] });
    for (const query of ['count=abc', 'count=1.5', 'startIndex='])
      expect(await page(query)).toMatchObject({ status: '400', scimType: 'invalidValue' });
    const [some] = (await page(`attributes=userName,name.familyName,${ENTERPRISE}:department`)).Resources;
    expect(Object.keys(some).toSorted()).toEqual(
      ['id', 'meta', 'name', 'schemas', ENTERPRISE, 'userName'].toSorted(),
    );
    expect([some.name, some[ENTERPRISE]]).toEqual([{ familyName: 'Okoro' }, { department: 'Making' }]);
    const [rest] = (await page(`excludedAttributes=emails,id,name.formatted,${ENTERPRISE}`)).Resources;
    expect(rest).not.toHaveProperty('emails');
    expect(rest).not.toHaveProperty([ENTERPRISE]);
    expect(rest).toMatchObject({ id: expect.any(String), name: { givenName: expect.any(String) } });
    expect(rest.name).not.toHaveProperty('formatted');
  });

  it.each(['userName eq', 'phoneNumbers pr', 'active gt true', 'userName eq 3', 'toString eq "a"'])(
    'is refused for the filter %s',
    async (filter) => {
      expect(await find(filter)).toMatchObject({ status: '400', scimType: 'invalidFilter' });
    },
  );
});

describe('a Group', () => {
  const group = (displayName: string, ...ids: string[]) => ({
    displayName,
    members: ids.map((value) => ({ value })),
  });
  const operations = (...Operations: object[]) => ({ Operations });
  it('has members, who come and go', async () => {
    const [one, two] = [await add(1), await add(2)];
    const made = await tenant.scim('POST', '/Groups', { ...group('Leaders', one.id), externalId: 'g1' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      displayName: 'Leaders',
      externalId: 'g1',
      members: [{ value: one.id, display: 'Temi 1 Okoro', type: 'User' }],
    });
    const at = `/Groups/${made.body.id}`;
    const added = await tenant.scim(
      'PATCH',
      at,
      operations({ op: 'Add', path: 'members', value: [{ value: two.id }] }),
      { 'if-match': made.body.meta.version },
    );
    expect(added.body.members.map(({ value }: Json) => value).toSorted()).toEqual(
      [one.id, two.id].toSorted(),
    );
    expect((await tenant.scim('GET', `/Users/${two.id}`)).body.groups).toEqual([
      { value: made.body.id, display: 'Leaders' },
    ]);
    const removed = await tenant.scim(
      'PATCH',
      at,
      operations(
        { op: 'remove', path: `members[value eq "${one.id}"]` },
        { op: 'replace', path: 'displayName', value: 'Heads' },
      ),
    );
    expect(removed.body).toMatchObject({ displayName: 'Heads', members: [{ value: two.id }] });
    expect((await tenant.scim('PUT', at, group('Heads', one.id))).body.members).toMatchObject([
      { value: one.id },
    ]);
    const stale = await tenant.scim('PUT', at, group('Heads'), { 'if-match': made.body.meta.version });
    expect(stale.status).toBe(412);
    expect(
      (await tenant.scim('GET', '/Groups?filter=displayName%20eq%20%22heads%22&excludedAttributes=members'))
        .body.Resources,
    ).toEqual([expect.not.objectContaining({ members: expect.anything() })]);
    expect((await tenant.scim('DELETE', at)).status).toBe(204);
    expect((await tenant.scim('GET', at)).status).toBe(404);
  });

  it('has a name of its own, and people alone', async () => {
    await tenant.scim('POST', '/Groups', group('Leaders'));
    const same = await tenant.scim('POST', '/Groups', group('leaders'));
    expect([same.status, same.body.scimType]).toEqual([409, 'uniqueness']);
    for (const body of [
      group(''),
      group('G', 'nobody'),
      group('G', '6f1b0e1e-2b84-4d27-9f49-55cb2e9bd9f3'),
    ]) {
      const { status, body: error } = await tenant.scim('POST', '/Groups', body);
      expect([status, error.scimType]).toEqual([400, 'invalidValue']);
    }
  });
});

describe('who may take part', () => {
  it('can be those of a group, as of a day', async () => {
    const [one, two] = [await add(1), await add(2)];
    const { body: made } = await tenant.scim('POST', '/Groups', {
      displayName: 'Leaders',
      members: [{ value: one.id }, { value: two.id }],
    });
    await tenant.scim('PATCH', `/Groups/${made.id}`, {
      Operations: [{ op: 'remove', path: `members[value eq "${two.id}"]` }],
    });
    const as = { tenantId: tenant.tenantId, roles: ['hr' as const] };
    const { service } = people;
    const programs = '/v1/programs';
    const { body: program } = await service.call('POST', programs, { as, body: PROGRAM });
    const at = `${programs}/${(program as Json).programId}`;
    const rules = [{ code: 'leaders', any: [{ attribute: 'group', is: 'equal', value: 'Leaders' }] }];
    const headers = { 'if-match': '*' };
    await service.call('PUT', `${at}/eligibility-rules`, { as, body: { rules }, headers });
    const { body } = await service.call('GET', `${at}/eligibility?asOf=${TODAY}`, { as });
    expect(
      (body as Json).items.filter(({ eligible }: Json) => eligible).map(({ personId }: Json) => personId),
    ).toEqual([one.id]);
    const moved = await service.call('GET', `${at}/eligibility?asOf=2026-05-31`, { as });
    expect((moved.body as Json).items).toEqual([]);
  });
});

describe('what a client asks first', () => {
  const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

  it.each([
    ['POST', '/Bulk', { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations: [] }],
    ['GET', '/Me', undefined],
    ['POST', '/.search', { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter: 'x' }],
  ] as const)('is told that %s %s is not there, in words of the protocol', async (method, path, sent) => {
    const { status, headers, body } = await tenant.scim(method, path, sent);
    expect([status, headers['content-type']]).toEqual([
      501,
      expect.stringContaining('application/scim+json'),
    ]);
    expect(body).toMatchObject({
      schemas: [ERROR],
      status: '501',
      detail: expect.stringContaining('Users or Groups'),
    });
  });

  it.each([
    ['GET', '/Nothing', {}, 404],
    ['PUT', '/Users', {}, 404],
    ['POST', '/Users', { 'content-type': 'text/plain' }, 415],
    ['GET', '/Users', { authorization: 'Bearer nobody' }, 401],
  ] as const)(
    'is refused %s %s in words of the protocol, wherever it fails',
    async (method, path, more, status) => {
      const refused = await tenant.scim(method, path, method === 'GET' ? undefined : {}, more);
      expect([refused.status, refused.headers['content-type']]).toEqual([
        status,
        expect.stringContaining('application/scim+json'),
      ]);
      expect(refused.body).toMatchObject({ schemas: [ERROR], status: String(status) });
    },
  );

  it('is told: what is supported, which resources there are, and which attributes', async () => {
    const config = await tenant.scim('GET', '/ServiceProviderConfig');
    expect(config.headers['content-type']).toContain('application/scim+json');
    expect(config.body).toMatchObject({
      patch: { supported: true },
      bulk: { supported: false },
      etag: { supported: true },
    });
    const types = (await tenant.scim('GET', '/ResourceTypes')).body.Resources;
    expect(types.map(({ endpoint }: Json) => endpoint)).toEqual(['/Users', '/Groups']);
    const schemas = (await tenant.scim('GET', '/Schemas')).body.Resources;
    for (const { schema, schemaExtensions } of types)
      for (const id of [schema, ...schemaExtensions.map((each: Json) => each.schema)])
        expect(schemas.map((each: Json) => each.id)).toContain(id);
    for (const { meta } of [...types, ...schemas]) {
      const one = await tenant.scim('GET', (meta.location as string).replace(/^.*\/v2/, ''));
      expect(one.body.meta).toEqual(meta);
    }
    expect((await tenant.scim('GET', '/Schemas/urn:none')).status).toBe(404);
  });

  it('is told whatever a query for a list would ask for beside it, but for a filter', async () => {
    for (const path of ['/ServiceProviderConfig', '/ResourceTypes', '/ResourceTypes/User', '/Schemas']) {
      const { body } = await tenant.scim('GET', path);
      const asked = '?count=1&startIndex=2&attributes=id&excludedAttributes=id&sortBy=id&sortOrder=ascending';
      expect((await tenant.scim('GET', path + asked)).body).toEqual(body);
      expect(await tenant.scim('GET', `${path}?filter=id+pr`)).toMatchObject({
        status: 403,
        body: { type: 'urn:cairn:problem:scim-not-filtered' },
      });
      expect((await tenant.scim('GET', `${path}?page=1`)).status).toBe(400);
    }
  });

  it('names every attribute that a User is shown with', async () => {
    const shown = await add(1, { [CAIRN]: { location: 'North', leavingReason: 'other' } });
    const schemas = (await tenant.scim('GET', '/Schemas')).body.Resources as Json[];
    const namesIn = (id: string) =>
      schemas.find((each) => each.id === id).attributes.map(({ name }: Json) => name);
    const own = Object.keys(shown).filter(
      (name) => !['schemas', 'id', 'meta', ENTERPRISE, CAIRN].includes(name),
    );
    expect(namesIn(CORE_USER)).toEqual(expect.arrayContaining(own));
    for (const id of [ENTERPRISE, CAIRN])
      expect(namesIn(id)).toEqual(expect.arrayContaining(Object.keys(shown[id])));
  });
});

describe('who may', () => {
  const routes = async (): Promise<
    [method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object][]
  > => {
    const { id } = await add(1);
    const groupId = (await tenant.scim('POST', '/Groups', { displayName: 'Secret' })).body.id;
    const change = { Operations: [{ op: 'replace', path: 'title', value: 'x' }] };
    return [
      ['GET', '/ServiceProviderConfig'],
      ['GET', '/ResourceTypes'],
      ['GET', '/ResourceTypes/User'],
      ['GET', '/Schemas'],
      ['GET', `/Schemas/${CORE_USER}`],
      ['GET', '/Users'],
      ['POST', '/Users', user(9)],
      ['POST', '/Users/.search', {}],
      ['POST', '/Groups/.search', {}],
      ['GET', `/Users/${id}`],
      ['PUT', `/Users/${id}`, user(1)],
      ['PATCH', `/Users/${id}`, change],
      ['GET', '/Groups'],
      ['POST', '/Groups', { displayName: 'Other' }],
      ['GET', `/Groups/${groupId}`],
      ['PUT', `/Groups/${groupId}`, { displayName: 'Secret' }],
      ['PATCH', `/Groups/${groupId}`, { Operations: [{ op: 'remove', path: 'members' }] }],
      ['DELETE', `/Groups/${groupId}`],
      ['DELETE', `/Users/${id}`],
    ];
  };

  it('is integration alone, without the limits of HR', async () => {
    for (const [method, path, body] of await routes()) {
      for (const role of ROLES.filter((each) => each !== 'integration')) {
        const { status, body: error } = await tenant.scim(method, path, body, {}, { roles: [role] });
        expect([method, path, role, status, error.status]).toEqual([method, path, role, 403, '403']);
      }
      const both = await tenant.scim(method, path, body, {}, { roles: ['integration', 'hr'] });
      const limited = await tenant.scim(
        method,
        path,
        body,
        {},
        { roles: ['integration'], orgUnits: ['Making'] },
      );
      expect([both.body.type, limited.body.type]).toEqual(Array(2).fill('urn:cairn:problem:scim-not-for-hr'));
    }
  });

  it('sees nothing of another tenant', async () => {
    const theirs = await routes();
    tenant = people.tenant();
    for (const [method, path, body] of theirs.filter(([, each]) => /\/(Users|Groups)\/[^.]/.test(each)))
      expect([method, path, (await tenant.scim(method, path, body)).status]).toEqual([method, path, 404]);
    for (const path of ['/Users', '/Groups'])
      for (const { body } of [
        await tenant.scim('GET', path),
        await tenant.scim('POST', `${path}/.search`, {}),
      ])
        expect(body).toMatchObject({ totalResults: 0, Resources: [] });
  });
});
