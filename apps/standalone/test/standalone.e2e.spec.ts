import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dataPlace } from '@cairn/embedded';
import { ROLES } from '@cairn/identity';
import { ConsumerStopped, partitionOf } from '@cairn/messaging';
import { postgresBus } from '@cairn/messaging/postgres';
import { decodeJwt } from 'jose';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { Standalone } from './standalone.js';
import { COACH_ROSA, EMPLOYEES, FIRST_FILE, MAPPING } from './story/people.js';
import { importPeople } from './story/opening.js';
import { Teller } from './story/teller.js';

/* What `npm start`, `npm run token` and `npm run ops` run, as processes of their own. */
let cairn: Standalone;
let origin: string;
let personId: string;
let coachId: string;

beforeAll(async () => {
  cairn = await Standalone.start({ LOG_LEVEL: 'debug' });
  origin = `http://localhost:${cairn.port}`;
  const teller = new Teller(cairn.client);
  await teller.give(`/enrollment/v1/people/mappings/${MAPPING.name}`, MAPPING, { method: 'PUT' });
  await importPeople(teller, FIRST_FILE, '2024-01-01');
  ({ coachId } = await teller.give('/enrollment/v1/coaches', COACH_ROSA, { as: 'program-admin' }));
  const people = `/enrollment/v1/people?employeeId=${EMPLOYEES.ada}`;
  personId = (await cairn.client.good({ roles: ['hr'] }, { path: people })).items[0].personId;
}, 90_000);
afterAll(() => cairn?.stop());

const get = (path: string) => fetch(new URL(path, origin));

describe('npm start', () => {
  it('says where it is and how to get a token', () => {
    expect(cairn.output).toMatch(`Cairn is ready after`);
    expect(cairn.output).toContain(`${origin}\n`);
    expect(cairn.output).toContain(`${origin}/docs\n`);
    expect(cairn.output).toMatch(new RegExp(`^  data +${cairn.home}$`, 'm'));
    expect(cairn.output).toContain('npm run --silent token -- --role hr');
  });

  it.each([
    ['/docs', 'text/html'],
    ['/docs/events', 'text/html'],
    ['/invitations/0190c3a2-0000-7000-8000-00000000000a', 'text/html'],
    ['/answer', 'text/html'],
    ['/openapi.json', 'application/json'],
    ['/asyncapi.json', 'application/json'],
    ['/.well-known/jwks.json', 'application/json'],
    ['/health/live', 'application/json'],
    ['/health/ready', 'application/json'],
  ])('answers %s', async (path, type) => {
    const response = await get(path);
    expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({
      status: 200,
      type: expect.stringContaining(type),
    });
    expect((await response.text()).length).toBeGreaterThan(10);
    expect(response.headers.get('trace-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('says of what is not there where things are, with the trace of the request', async () => {
    const response = await get('/nope');
    const problem = (await response.json()) as { detail: string; traceId: string };
    expect([response.status, problem.traceId]).toEqual([404, response.headers.get('trace-id')]);
    expect(problem.detail).toContain('/enrollment, /sessions, /goals, /analytics');
  });

  it('says that everything flows, once it does', async () => {
    await cairn.client.until(null, '/health/flow', (body) => 'enrollment' in body);
  });

  it('serves by itself whatever its pages load or lead to', async () => {
    const seen = new Set<string>();
    const visit = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const response = await get(path);
      expect({ path, status: response.status }).toEqual({ path, status: 200 });
      const type = response.headers.get('content-type') ?? '';
      const text = await response.text();
      const references = type.includes('html')
        ? [...text.matchAll(/\b(?:src|href)\s*=\s*["']([^"']+)["']|\burl:\s*'([^']+)'|\burl\(([^)]+)\)/g)]
        : type.includes('css')
          ? [...text.matchAll(/\burl\(([^)]+)\)|@import\s+["']([^"']+)["']/g)]
          : [];
      for (const [, ...found] of references) {
        const to = found.find((each) => each !== undefined)!.replaceAll(/^["']|["']$/g, '');
        if (to.startsWith('data:') || to.startsWith('#')) continue;
        const url = new URL(to, origin + path);
        expect({ path, to, from: url.origin }).toEqual({ path, to, from: origin });
        await visit(url.pathname);
      }
    };
    for (const path of ['/', '/docs', '/docs/events']) await visit(path);
    expect([...seen]).toEqual(expect.arrayContaining(['/assets/swagger-ui.js', '/assets/swagger-ui.css']));
  });

  it('ends at once, with one sentence, where it may not or cannot start', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cairn-second-'));
    await chmod(directory, 0o711);
    try {
      const [production, taken] = await Promise.all([
        cairn.program('main', [], { NODE_ENV: 'production' }),
        cairn.program('main', [], { CAIRN_HOME: directory }),
      ]);
      expect(production).toMatchObject({ code: 1, stderr: expect.stringContaining('NODE_ENV=production') });
      const sentence = `Port ${cairn.port} is taken by another process.`;
      expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining(sentence) });
      for (const { stderr } of [production, taken]) expect(stderr).not.toMatch(/^\s+at /m);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

describe('the log', () => {
  it('has each request by its route and ids, and nothing else of what was sent', async () => {
    const people = '/enrollment/v1/people';
    const hr = { roles: ['hr' as const] };
    for (const path of [`${people}?q=canary`, `${people}/canary`, `${people}?employeeId=canary`])
      await cairn.client.send(hr, { path });
    await cairn.client.send(hr, {
      method: 'POST',
      path: '/enrollment/v1/programs',
      body: { canary: 'canary' },
    });
    await cairn.client.send(hr, { method: 'POST', path: '/enrollment/v1/programs', body: '{"canary' });
    await cairn.client.send(hr, { path: `/enrollment/v1/coaches/${coachId}` });
    const line = `GET /enrollment/v1/coaches/${coachId} 200`;
    while (!cairn.output.includes(line)) await delay(20);
    expect(cairn.output).toContain(`GET ${people} 400`);
    expect(cairn.output).toContain('POST /enrollment/v1/programs 400');
    expect(cairn.output).not.toContain('canary');
  });
});

describe('npm run token', () => {
  const token = (...args: string[]) => cairn.program('token', ['--tenant', cairn.client.tenantId, ...args]);

  it('makes a token that is taken', async () => {
    const { code, stdout } = await token('--role', 'hr');
    expect(code).toBe(0);
    const headers = { authorization: `Bearer ${stdout.trim()}` };
    const response = await fetch(`${origin}/enrollment/v1/people?limit=1`, { headers });
    expect(response.status).toBe(200);
  });

  it('finds a coachee by employee id and a coach by reference', async () => {
    const ada = await token('--role', 'coachee', '--employee', EMPLOYEES.ada);
    expect(decodeJwt(ada.stdout.trim())).toMatchObject({ person_id: personId, roles: ['coachee'] });
    const rosa = await token('--role', 'coach', '--coach', COACH_ROSA.externalRef);
    expect(decodeJwt(rosa.stdout.trim())).toMatchObject({ coach_id: coachId, roles: ['coach'] });
  });

  it('says what it does not know', async () => {
    const role = await token('--role', 'chief');
    expect(role).toMatchObject({ code: 1, stdout: '' });
    expect(role.stderr).toBe(`There is no role chief. The roles are: ${ROLES.join(', ')}.\n`);
    const employee = await token('--role', 'coachee', '--employee', '999');
    expect(employee).toMatchObject({ code: 1, stderr: expect.stringContaining('has no employee 999') });
    const coach = await token('--role', 'coach', '--coach', 'C-NOBODY');
    expect(coach).toMatchObject({ code: 1, stderr: expect.stringContaining('has no coach C-NOBODY') });
  });
});

describe('npm run ops', () => {
  const ops = (...args: string[]) => cairn.program('ops', args);

  it('lists the groups, and resets one with the command that a stopped consumer names', async () => {
    const { stdout } = await ops('consumers', 'list');
    for (const group of ['enrollment.inbox', 'sessions.inbox', 'goals.inbox', 'analytics.intake'])
      expect(stdout).toContain(`${group}: runs`);
    const { message } = new ConsumerStopped('messages-gone', 'goals.inbox', 'messages are gone');
    const [, command] = /npm run ops -- (.+ beginning), for/.exec(message)!;
    const reset = await ops(...command!.split(' '));
    expect(reset).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^goals.inbox reads its topics again from their first message/),
    });
  });

  it('says which group, projection or command there is not', async () => {
    const group = await ops('consumers', 'reset', 'goals.outbox', '--to', 'end');
    expect(group).toMatchObject({
      code: 1,
      stderr: 'no consumer group goals.outbox here; known: goals.inbox; see npm run ops -- consumers list\n',
    });
    const service = await ops('dead-letters', 'list', 'payroll.inbox');
    expect(service).toMatchObject({ code: 1, stderr: expect.stringContaining('no service for "payroll') });
    const projection = await ops('projections', 'rebuild', 'nothing');
    expect(projection).toMatchObject({ code: 1, stderr: expect.stringContaining('no projection "nothing"') });
    const hello = await ops('hello');
    expect(hello).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no command "hello"') });
    const help = await ops('--help');
    expect(help).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('npm run ops -- COMMAND'),
      stderr: '',
    });
    const { tenantId } = cairn.client;
    const wrong: [string[], string][] = [
      [['consumers', 'reset', 'goals.inbox'], 'skipped for good'],
      [['consumers', 'rewind', 'goals.inbox', '--tenant', 'abc'], 'ID a UUID'],
      [['consumers', 'list', '--all'], "Unknown option '--all'"],
      [
        ['consumers', 'reset', 'goals.inbox', '--to', 'beginning', '--tenant', 'x'],
        '"consumers reset" does not take --tenant: nothing was done. It takes --to.',
      ],
      [['dead-letters', 'show', 'goals.inbox', 'x'], 'dead-letters show GROUP ID'],
      [['dead-letters', 'show', 'goals.inbox', '999999'], 'no open dead letter 999999'],
      [
        ['texts', 'erase', 'sessions', '--tenant', tenantId],
        'Say whose: texts erase sessions|goals --tenant',
      ],
      [['texts', 'erase', 'goals', '--tenant', tenantId, '--person', 'ada'], 'Say whose'],
      [['texts', 'erase', 'enrollment', '--tenant', tenantId, '--person', tenantId], 'Say whose'],
    ];
    const answers = await Promise.all(wrong.map(([args]) => ops(...args)));
    for (const [index, [args, about]] of wrong.entries()) {
      const { code, stderr } = answers[index]!;
      expect({ args, code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(about) });
      expect(stderr).not.toMatch(/^\s+at /m);
    }
  });

  it('lists, shows and redrives a poison message', async () => {
    const bus = postgresBus({ connectionString: (await cairn.databases()).bus, partitions: 6 });
    const key = `goal-${crypto.randomUUID()}`;
    const partition = partitionOf(key, 6);
    const value = Buffer.from('{"poison":');
    await bus.publish([{ topic: 'cairn.goals.v1', partition, key, value, headers: {} }]);
    await bus.close();
    let listed = '';
    for (const end = Date.now() + 60_000; !listed.includes('not-json') && Date.now() < end; await delay(100))
      listed = (await ops('dead-letters', 'list')).stdout;
    const [group, id] = listed
      .split('\n')
      .find((line) => line.includes('not-json'))!
      .split(/ +/);
    const shown = await ops('dead-letters', 'show', group!, id!);
    expect(JSON.parse(shown.stdout)).toMatchObject({ reason: 'not-json', message: '{"poison":' });
    const redriven = await ops('dead-letters', 'redrive', group!, id!);
    expect(redriven).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Handled now: 0 events.* Still put aside, .*: 1 stream\.\n$/),
    });
  });

  it('lists the projections, builds one anew and switches to it', async () => {
    const list = async () => (await ops('projections', 'list')).stdout;
    expect(await list()).toMatch(/^people +3\.1 +yes +live/m);
    expect(await ops('projections', 'rebuild', 'people')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('people 3.2 is built'),
    });
    for (const end = Date.now() + 60_000; !/^people +3\.2 +no +ready/m.test(await list());)
      if (Date.now() > end) throw new Error(`it was not built: ${await list()}`);
    expect(await ops('projections', 'switch', 'people')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('read from people 3.2 now'),
    });
    expect(await list()).toMatch(/^people +3\.2 +yes +live/m);
  });
});

describe('a PostgreSQL that is killed', () => {
  it('ends Cairn too, which says so; the next start finds the data', async () => {
    const postmaster = await readFile(join(cairn.home, 'postgres/cluster/data/postmaster.pid'), 'utf8');
    const ended = cairn.ended();
    process.kill(Number(postmaster.split('\n', 1)[0]), 'SIGKILL');
    expect(await ended).toBe(1);
    expect(cairn.output).toContain('\nPostgreSQL has ended: PostgreSQL ended by itself');
    await cairn.start();
    const people = `/enrollment/v1/people?employeeId=${EMPLOYEES.ada}`;
    expect((await cairn.client.good({ roles: ['hr'] }, { path: people })).items).toMatchObject([
      { personId },
    ]);
  });
});

(process.getuid?.() === 0 ? it : it.skip)(
  'started by root where PostgreSQL may not enter, it says where the data are, and why',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cairn-locked-'));
    const { directory: postgres } = await dataPlace(directory);
    try {
      const { stdout } = await cairn.program('main', [], { CAIRN_HOME: directory });
      expect(stdout).toContain(
        `Data is kept in ${dirname(postgres)}: PostgreSQL does not run as root, and its `,
      );
      expect(stdout).toContain(`cannot enter ${directory}.\n`);
    } finally {
      for (const path of [directory, dirname(postgres)]) await rm(path, { recursive: true, force: true });
    }
  },
);

describe('SIGTERM', () => {
  it('ends everything, PostgreSQL too, and the next start finds the data', async () => {
    const { enrollment } = await cairn.databases();
    const connects = async () => {
      const client = new Client({ connectionString: enrollment });
      await client.connect();
      await client.end();
    };
    await connects();
    expect(await cairn.end()).toBe(0);
    await expect(connects()).rejects.toThrow(/ECONNREFUSED|ENOENT/);
    await expect(get('/health/live')).rejects.toThrow();

    const stopped = await cairn.program('ops', ['consumers', 'list']);
    expect(stopped).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/does not answer .* npm start\n$/),
    });
    await cairn.start();
    const people = `/enrollment/v1/people?employeeId=${EMPLOYEES.ada}`;
    const { items } = await cairn.client.good({ roles: ['hr'] }, { path: people });
    expect(items).toMatchObject([{ personId }]);
  });
});
