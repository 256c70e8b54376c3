import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { developmentIssuer, ROLES, type Role, type Subject } from '@cairn/identity';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operationsOf, type Operation } from './api.js';
import { Client, type Answer, type Who } from './client.js';
import { openCairn, type Cairn } from './harness.js';
import { untilCovered } from './published.js';
import { MAPPING } from './story/people.js';
import { IMPORTER } from './story/teller.js';
import { AS_OF, tellStory, type Story } from './story/story.js';
import { READS, WHO_MAY_DO_WHAT } from './who-may.js';

/*
 * Every endpoint of the API reference, as every role, with one's own ids, another tenant's and none: what is not in the
 * reference cannot be called, and what is added to it is tried here by itself.
 */
let cairn: Cairn;
let operations: Operation[];
/** Somebody else's tenant, and ours: the same things happened in both. */
let theirs: Client;
let ours: Client;
let their: Ids;
let our: Ids;
/** What was told of theirs, and of ours. */
let story: Story;
let ourStory: Story;

type Ids = Readonly<Record<string, string>>;

beforeAll(async () => {
  cairn = await openCairn('postgres');
  operations = await operationsOf(cairn.client);
  theirs = cairn.client;
  ours = theirs.elsewhere();
  const [told, own] = await Promise.all([tellStory(theirs), tellStory(ours)]);
  story = told;
  ourStory = own;
  const mapping = { ...MAPPING, name: 'only-theirs', header: undefined };
  await theirs.good(IMPORTER, {
    method: 'PUT',
    path: '/enrollment/v1/people/mappings/only-theirs',
    body: mapping,
  });
  their = { ...idsOf(told), name: 'only-theirs' };
  our = idsOf(own);
  await Promise.all([untilCovered(theirs), untilCovered(ours)]);
}, 180_000);
afterAll(() => cairn?.stop());

function idsOf({ programId, cohortId, importId, practiceId, raterId, people, coaches, ...told }: Story): Ids {
  const { assessmentId } = told;
  return {
    assessmentId,
    programId,
    cohortId,
    importId,
    practiceId,
    raterId,
    personId: people.vera,
    userId: people.ada,
    groupId: told.groupId,
    // Computed for each who asks: there is none here.
    proposalId: crypto.randomUUID(),
    managerId: people.mona,
    coachId: coaches.rosa,
    enrollmentId: told.enrollments.ada,
    engagementId: told.engagements.ada,
    sessionId: told.sessions['a1']!,
    goalId: told.goals.ada,
    name: MAPPING.name,
  };
}

const never = (): Ids =>
  new Proxy({}, { get: (_, name) => (name === 'name' ? 'never-saved' : crypto.randomUUID()) }) as Ids;

/** Somebody with this role and the claims of the people of the story: as coachee Ada, as coach Rosa, as manager Mona. */
function playing(role: Role, { people, coaches }: Story = story): Partial<Subject> {
  if (role === 'coachee') return { roles: [role], personId: people.ada };
  if (role === 'coach') return { roles: [role], coachId: coaches.rosa };
  return role === 'manager' ? { roles: [role], personId: people.mona } : { roles: [role] };
}

const playingOurs = (role: Role) => playing(role, ourStory);

interface Sent {
  readonly ids?: Ids;
  readonly query?: string;
  readonly body?: unknown;
  readonly key?: null;
  readonly headers?: Readonly<Record<string, string>>;
}

function send(
  client: Client,
  who: Who,
  operation: Operation,
  { ids = their, query = '', ...sent }: Sent = {},
) {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name]!);
  const { method, body, contentType } = operation;
  return client.send(who, {
    method,
    path: path + query,
    body: 'body' in sent ? sent.body : body,
    ...(sent.key === null ? { key: null } : {}),
    headers: { ...(contentType ? { 'content-type': contentType } : {}), ...sent.headers },
  });
}

const guarded = () => operations.filter(({ roles }) => roles !== undefined);
const commands = () => guarded().filter(({ isCommand }) => isCommand);
const slugOf = ({ body }: Answer): string => String(body.type).replace('urn:cairn:problem:', '');

/** Does what is asked for each operation, and gives what did not come out as it should: the expectation is none. */
async function faults<T>(of: readonly T[], find: (each: T) => Promise<string[]>): Promise<string[]> {
  const found: string[] = [];
  for (const each of of) found.push(...(await find(each)));
  return found;
}

describe('the API reference', () => {
  const rolesOf = (operations: readonly Operation[]) =>
    Object.fromEntries(operations.map(({ name, roles }) => [name, [...roles!].sort().join(' ')]));

  it('lets nobody in without a token but to health and to what a link asks', () => {
    const open = operations.filter(({ roles }) => roles === undefined).map(({ path }) => path);
    const health = ['enrollment', 'sessions', 'goals', 'analytics'].flatMap((service) =>
      ['live', 'ready', 'flow'].map((what) => `/${service}/health/${what}`),
    );
    // By a rater's link, which is a token of its own.
    const answers = ['enrollment', 'goals'].flatMap((service) => [
      `/${service}/v1/answers`,
      `/${service}/v1/answers/open`,
    ]);
    expect(open.sort()).toEqual([...health, ...answers].sort());
  });

  it('opens each command to whom the domain gives it', () => {
    expect(rolesOf(commands())).toEqual(WHO_MAY_DO_WHAT);
  });

  it('opens each answer to those of whom the domain says that they may see it', () => {
    expect(rolesOf(guarded().filter(({ isCommand }) => !isCommand))).toEqual(READS);
  });

  it('takes every change as a command, and says what each endpoint is for', () => {
    // A client of SCIM knows of no keys: what it says twice is so once.
    const others = guarded().filter(({ path }) => !path.startsWith('/enrollment/scim/'));
    expect(others.filter(({ method, isCommand }) => isCommand !== (method !== 'GET'))).toEqual([]);
    expect(operations.filter(({ summary }) => !summary).map(({ name }) => name)).toEqual([]);
  });

  it('names the paging of every list', () => {
    const lists = guarded().filter(({ method, path }) => method === 'GET' && /\/v1\/(\w+)$/.test(path));
    const paged = lists.filter(({ query }) => query.includes('limit') && query.includes('cursor'));
    expect(paged.map(({ path }) => path)).toEqual([
      '/enrollment/v1/programs',
      '/enrollment/v1/enrollments',
      '/enrollment/v1/coaches',
      '/enrollment/v1/matches',
      '/enrollment/v1/assessments',
      '/enrollment/v1/people',
      '/sessions/v1/engagements',
      '/sessions/v1/sessions',
    ]);
  });
});

describe('every endpoint', () => {
  it('is 401 without a token, and with one that is not ours', async () => {
    const home = await mkdtemp(join(tmpdir(), 'cairn-forger-'));
    const forger = await developmentIssuer(home, { issuer: 'urn:cairn:e2e' });
    const tenantId = theirs.tenantId;
    const forged = await forger.sign({ tenantId, subject: 'forger', roles: [...ROLES] });
    await rm(home, { recursive: true });
    const wrong: Record<string, string>[] = [
      {},
      { authorization: 'Bearer not-a-token' },
      { authorization: `Bearer ${forged}` },
    ];
    const found = await faults(guarded(), async (operation) => {
      const answers = await Promise.all(wrong.map((headers) => send(theirs, null, operation, { headers })));
      return answers
        .filter((answer) => answer.status !== 401 || slugOf(answer) !== 'unauthenticated')
        .map(({ status, text }) => `${operation.name}: ${status} ${text}`);
    });
    expect(found).toEqual([]);
  });

  it('is 403 to every role that it does not name', async () => {
    const found = await faults(guarded(), async (operation) => {
      const others = ROLES.filter((role) => !operation.roles!.includes(role));
      const answers = await Promise.all(others.map((role) => send(theirs, playing(role), operation)));
      return answers
        .filter((answer) => answer.status !== 403 || slugOf(answer) !== 'wrong-role')
        .map(({ status, text }, index) => `${operation.name} as ${others[index]}: ${status} ${text}`);
    });
    expect(found).toEqual([]);
  });

  it('cannot tell another tenant’s id from one that never existed', async () => {
    const cases = guarded().flatMap((operation) =>
      operation.pathIds
        // A mapping is saved under a name, which each tenant chooses for itself.
        .filter((id) => !(id === 'name' && operation.method === 'PUT'))
        .flatMap((id) => operation.roles!.map((role) => ({ operation, id, role }))),
    );
    const found = await faults(cases, async ({ operation, id, role }) => {
      const withId = async (ids: Ids) => {
        const given = ids[id]!;
        const answer = await send(ours, playing(role), operation, { ids: { ...our, [id]: given } });
        const { traceId: _, ...body } = answer.body as Record<string, unknown>;
        return {
          status: answer.status,
          body: id === 'name' ? JSON.stringify(body).replaceAll(given, '') : body,
        };
      };
      const [foreign, absent] = [await withId(their), await withId(never())];
      const same = JSON.stringify(foreign) === JSON.stringify(absent);
      return foreign.status === 404 && same
        ? []
        : [`${operation.name}, ${id} as ${role}: ${JSON.stringify({ foreign, absent })}`];
    });
    expect(found).toEqual([]);
    expect(cases.length).toBeGreaterThan(100);
  });

  it('finds nothing by another tenant’s id in a filter or a body', async () => {
    const filters = guarded().flatMap((operation) => [
      ...operation.queryIds.map((id) => ({ operation, id, in: 'query' as const })),
      ...operation.bodyIds.map((id) => ({ operation, id, in: 'body' as const })),
    ]);
    const found = await faults(filters, async ({ operation, id, in: where }) => {
      const answers = operation.roles!.map(async (role) => {
        const withId = async (given: string) => {
          const how =
            where === 'query'
              ? {
                  ids: our,
                  query: `?${id}=${given}${operation.query.includes('asOf') ? `&asOf=${AS_OF}` : ''}`,
                }
              : { ids: our, body: { ...(operation.body as object), [id]: given } };
          const { status, body } = await send(ours, playing(role), operation, how);
          const { traceId: _, ...rest } = body as Record<string, unknown>;
          return { status, body: rest };
        };
        const [foreign, absent] = [await withId(their[id]!), await withId(crypto.randomUUID())];
        const shown = (foreign.body['items'] as unknown[] | undefined)?.length ?? 0;
        const taken = where === 'body' && foreign.status < 400;
        const same = comparable(foreign) === comparable(absent);
        return same && shown === 0 && !taken
          ? []
          : [`${operation.name}, ${id} as ${role}: ${JSON.stringify({ foreign, absent })}`];
      });
      return (await Promise.all(answers)).flat();
    });
    expect(found).toEqual([]);
    expect(filters.length).toBeGreaterThan(5);
  });

  it('is 404, the same, to whoever has the role and not what it is about', async () => {
    const { people } = story;
    const somebodyElse: Partial<Record<Role, Partial<Subject>>> = {
      coachee: { roles: ['coachee'], personId: people.pia },
      coach: { roles: ['coach'], coachId: crypto.randomUUID() },
      manager: { roles: ['manager'], personId: people.kim },
    };
    // A programme's aggregates are open to every manager of the tenant; they name nobody.
    const personal = guarded().filter(
      ({ path, pathIds }) => pathIds.length > 0 && !path.startsWith('/analytics/'),
    );
    const found = await faults(personal, async (operation) => {
      const roles = operation.roles!.filter((role) => role in somebodyElse);
      const tried = roles.map(async (role) => {
        const other = await send(theirs, somebodyElse[role]!, operation);
        const absent = await send(theirs, somebodyElse[role]!, operation, { ids: never() });
        const same = other.status === 404 && withoutTrace(other) === withoutTrace(absent);
        return same ? [] : [`${operation.name} as ${role}: ${other.status} ${other.text} / ${absent.text}`];
      });
      return (await Promise.all(tried)).flat();
    });
    expect(found).toEqual([]);
  });
});

describe('HR', () => {
  it('reaches nobody outside the org units of its token, nor itself, nor anybody above itself', async () => {
    const limited: Partial<Subject>[] = [
      { roles: ['hr'], orgUnits: ['Planning'] },
      { roles: ['hr'], personId: story.people.ada },
      { roles: ['hr', 'program-admin'], orgUnits: ['Planning'] },
      { roles: ['program-admin', 'hr'], personId: story.people.ada },
    ];
    const ofAda = ['enrollmentId', 'assessmentId', 'engagementId', 'sessionId', 'goalId'];
    const personal = guarded().filter(
      ({ roles, pathIds }) => roles!.includes('hr') && pathIds.some((id) => ofAda.includes(id)),
    );
    const found = await faults(personal, async (operation) => {
      const tried = limited.map(async (hr) => {
        const withheld = await send(theirs, hr, operation);
        const absent = await send(theirs, hr, operation, { ids: never() });
        const same = withheld.status === 404 && withoutTrace(withheld) === withoutTrace(absent);
        return same
          ? []
          : [`${operation.name} as ${JSON.stringify(hr)}: ${withheld.status} ${withheld.text}`];
      });
      return (await Promise.all(tried)).flat();
    });
    expect(found).toEqual([]);
    expect(personal.length).toBeGreaterThan(10);
  });

  const alone: Subject['roles'] = ['hr'];
  it.each([[alone], [['hr', 'program-admin'] as const]])(
    'as %j finds in no list whom it does not reach',
    async (roles) => {
      // Ada reports to Mona, and Mona to Marta: an HR user who is Ada sees none of them.
      const hr: Partial<Subject> = { roles, personId: story.people.ada };
      const { ada, mona, marta } = story.people;
      const lists = guarded().filter(({ name }) => /^GET \S+\/v1\/(\w+)$/.test(name));
      const asked = lists.filter(({ roles, path }) => roles!.includes('hr') && !path.endsWith('/coaches'));
      const program = `/analytics/v1/programs/${story.programId}`;
      const paths = [
        ...asked.map(({ path, query }) => path + (query.includes('limit') ? '?limit=500' : '')),
        `${program}/participants`,
        `${program}/between-sessions`,
      ];
      for (const path of paths) {
        const { status, text } = await theirs.send(hr, { path });
        expect({ path, status }).toEqual({ path, status: 200 });
        for (const who of [ada, mona, marta]) {
          // Others are told of with their manager's id.
          const found = JSON.stringify(JSON.parse(text), (key, value) =>
            key === 'managerId' ? undefined : value,
          );
          expect({ path, found: found.includes(who) }).toEqual({ path, found: false });
        }
      }
      expect(paths.length).toBeGreaterThan(7);
    },
  );
});

describe('every command', () => {
  it('is 400 without an Idempotency-Key', async () => {
    const found = await faults(commands(), async (operation) => {
      const answer = await send(theirs, playing(operation.roles![0]!), operation, { key: null });
      const asked = answer.status === 400 && slugOf(answer) === 'idempotency-key-missing';
      return asked ? [] : [`${operation.name}: ${answer.status} ${answer.text}`];
    });
    expect(found).toEqual([]);
  });

  it('may be given for somebody, or in the past, by integration alone, and in no other role than it names', async () => {
    const idOf = new Map<Role, string>([
      ['coachee', story.people.ada],
      ['coach', story.coaches.rosa],
    ]);
    const as = (role: Role) => ({ 'cairn-on-behalf-of': [role, idOf.get(role)].filter(Boolean).join(':') });
    const past = { 'cairn-occurred-at': '2024-01-01T00:00:00Z' };
    const found = await faults(commands(), async (operation) => {
      const own = operation.roles!.filter((role) => role !== 'integration');
      const others = ROLES.filter((role) => role !== 'integration' && !operation.roles!.includes(role));
      const tries: { who: Partial<Subject>; headers: Record<string, string>; slug: string }[] = [
        ...others.map((role) => ({ who: IMPORTER, headers: as(role), slug: 'wrong-role' })),
        ...own.map((role) => ({ who: playing(role), headers: as(role), slug: 'acting-not-allowed' })),
        ...own.map((role) => ({ who: playing(role), headers: past, slug: 'occurred-at-not-allowed' })),
      ];
      const tried = tries.map(async ({ who, headers, slug }) => {
        const answer = await send(theirs, who, operation, { headers });
        const refused = answer.status === 403 && slugOf(answer) === slug;
        return refused
          ? []
          : [`${operation.name}, ${JSON.stringify(headers)}: ${answer.status} ${answer.text}`];
      });
      return (await Promise.all(tried)).flat();
    });
    expect(found).toEqual([]);
  });
});

describe('every answer', () => {
  it('is for who asks, not for somebody whom they name', async () => {
    const reads = guarded().filter(({ isCommand }) => !isCommand);
    const found = await faults(reads, async (operation) => {
      const headers = { 'cairn-on-behalf-of': 'hr' };
      const answer = await send(theirs, IMPORTER, operation, { headers });
      const refused = answer.status === 403 && slugOf(answer) === 'acting-not-allowed';
      return refused ? [] : [`${operation.name}: ${answer.status} ${answer.text}`];
    });
    expect(found).toEqual([]);
  });
});

describe('versions', () => {
  const asAnyRole = (operation: Operation, headers: Record<string, string> = {}) =>
    Promise.all(
      operation.roles!.map((role) => send(ours, playingOurs(role), operation, { ids: our, headers })),
    );

  it('carries an ETag wherever the reference says so, and nowhere else; If-None-Match is answered with 304', async () => {
    const reads = guarded().filter(({ method }) => method === 'GET');
    const readBy = async (operation: Operation, headers?: Record<string, string>) =>
      (await asAnyRole(operation, headers)).find(({ status }) => status === (headers ? 304 : 200));
    const isSkipped = async (operation: Operation): Promise<boolean> => {
      // A report's version moves with the moment that it looks from.
      for (let tries = 0; tries < 5; tries++) {
        const etag = (await readBy(operation))!.headers.get('etag')!;
        if ((await readBy(operation, { 'if-none-match': etag })) !== undefined) return true;
      }
      return false;
    };
    const found = await faults(reads, async (operation) => {
      const { name, hasEtag, headers } = operation;
      const etag = (await readBy(operation))?.headers.get('etag');
      if (etag === undefined) return [`${name} was answered to nobody`];
      if ((etag !== null) !== hasEtag) return [`${name} has ETag ${etag}`];
      if ('If-None-Match' in headers !== hasEtag) return [`${name}: If-None-Match`];
      return hasEtag && !(await isSkipped(operation)) ? [`${name} is never 304`] : [];
    });
    expect(found).toEqual([]);
  });

  it('are compared with If-Match by every command of which the reference says so, and by no other', async () => {
    // The last that is done here: what takes no If-Match is carried out.
    const found = await faults(commands(), async (operation) => {
      const headers = { 'if-match': '"no-such-version"' };
      const stale = (await asAnyRole(operation, headers)).some(({ status }) => status === 412);
      return stale === 'If-Match' in operation.headers ? [] : [`${operation.name}: 412 is ${stale}`];
    });
    expect(found).toEqual([]);
  });

  it('are asked for by every command that cannot do without', async () => {
    const needing = commands().filter(({ headers }) => headers['If-Match']);
    const found = await faults(needing, async (operation) =>
      (await asAnyRole(operation)).some(({ status }) => status === 428) ? [] : [operation.name],
    );
    expect(found).toEqual([]);
    expect(needing.length).toBeGreaterThan(0);
    expect(needing.filter(({ statuses }) => !statuses.includes('428'))).toEqual([]);
  });
});

function withoutTrace({ status, body }: Answer): string {
  const { traceId: _, ...rest } = body as Record<string, unknown>;
  return JSON.stringify([status, rest]);
}

const comparable = (answer: object): string => JSON.stringify(answer);
