import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@cairn/embedded';
import { developmentIssuer } from '@cairn/identity';
import {
  EVENTSTOREDB_IMAGE,
  kafkaOrSkip,
  standInEventStore,
  startKafka,
  startPostgres,
  type Kafka,
  type StandInEventStore,
  type TestPostgres,
} from '@cairn/testing';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseEnv, promisify } from 'node:util';
import { Client } from 'pg';
import { parse } from 'yaml';
import { Client as Caller } from '../apps/standalone/test/client.js';
import { untilCovered } from '../apps/standalone/test/published.js';
import { figuresOf, OVERVIEW } from '../apps/standalone/test/story/expected.js';
import { AS_OF, tellStory } from '../apps/standalone/test/story/story.js';

/*
 * docker-compose.yml without Docker: its services as separate processes, with its environment, its databases and its
 * health checks, against a real PostgreSQL, a real Kafka, and the stand-in for EventStoreDB. Only host names and ports are
 * put in place of Docker's.
 */
const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const SERVICES = ['enrollment', 'sessions', 'goals', 'analytics'];

interface ComposeService {
  environment: Record<string, string>;
  healthcheck: { test: string[] };
  depends_on?: Record<string, unknown>;
}

interface Freshness {
  healthy: boolean;
  sources: { source: string }[];
}

let place: string;
let services: Record<string, ComposeService>;
let variables: Record<string, string | undefined>;

/** What Docker Compose makes of ${NAME}, ${NAME:?message} and ${NAME:-default}. */
function interpolate(text: string): string {
  return text.replace(/\$\{(\w+)(?:(:?[-?])([^}]*))?\}/g, (_, name: string, operator = '', word = '') => {
    const value = variables[name];
    if (value !== undefined && (value !== '' || !operator.startsWith(':'))) return value;
    if (operator.endsWith('?')) throw new Error(`${name} is missing`);
    return word as string;
  });
}

async function composed(): Promise<Record<string, ComposeService>> {
  const text = interpolate(await readFile(join(root, 'docker-compose.yml'), 'utf8'));
  return (parse(text, { merge: true }) as { services: Record<string, ComposeService> }).services;
}

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'cairn-compose-'));
  await cp(join(root, 'infra'), join(place, 'infra'), { recursive: true });
  await run(process.execPath, [join(place, 'infra/docker/prepare.mjs')]);
  variables = parseEnv(await readFile(join(place, '.env'), 'utf8'));
  services = await composed();
});
afterAll(async () => {
  await rm(place, { recursive: true, force: true });
});

describe('docker-compose.yml', () => {
  it('is PostgreSQL, Kafka, EventStoreDB, the four services and one origin, given what prepare.mjs makes', () => {
    const others = ['eventstoredb', 'gateway', 'kafka', 'postgres'];
    expect(Object.keys(services).sort()).toEqual([...others, ...SERVICES].sort());
    for (const name of SERVICES) expect(services[name]!.environment['SERVICE']).toBe(name);
    expect(Object.keys(services['gateway']!.depends_on!).sort()).toEqual([...SERVICES].sort());
  });

  it('keeps the logs of sessions and goals in EventStoreDB, unless EVENT_STORE says PostgreSQL', async () => {
    for (const name of ['sessions', 'goals']) {
      const { environment, depends_on: needs } = services[name]!;
      expect(environment['EVENT_STORE']).toBe('eventstoredb');
      expect(environment['EVENTSTOREDB_URL']).toBe('esdb://eventstoredb:2113?tls=false');
      expect(needs!['eventstoredb']).toEqual({ condition: 'service_healthy', required: false });
    }
    expect(services['eventstoredb']).toMatchObject({
      image: EVENTSTOREDB_IMAGE,
      profiles: [variables['COMPOSE_PROFILES']],
    });
    for (const name of ['enrollment', 'analytics'])
      expect(services[name]!.environment).not.toHaveProperty('EVENT_STORE');
    variables['EVENT_STORE'] = 'postgres';
    const lighter = await composed();
    delete variables['EVENT_STORE'];
    for (const name of ['sessions', 'goals'])
      expect(lighter[name]!.environment['EVENT_STORE']).toBe('postgres');
  });

  it('tells enrollment where the links of invitations lead, once .env says so', async () => {
    expect(services['enrollment']!.environment['PUBLIC_URL']).toBe('');
    variables['PUBLIC_URL'] = 'https://cairn.example.org';
    const { enrollment } = await composed();
    delete variables['PUBLIC_URL'];
    expect(enrollment!.environment['PUBLIC_URL']).toBe('https://cairn.example.org');
  });

  it('keeps what was made when it is prepared again', async () => {
    const before = await readFile(join(place, '.env'), 'utf8');
    await run(process.execPath, [join(place, 'infra/docker/prepare.mjs')]);
    expect(await readFile(join(place, '.env'), 'utf8')).toBe(before);
  });

  it('has a route to each service at its origin', async () => {
    const gateway = await readFile(join(root, 'infra/docker/gateway/nginx.conf'), 'utf8');
    for (const name of SERVICES)
      expect(gateway).toContain(`location /${name}/ { proxy_pass http://${name}:3000; }`);
  });
});

const kafkaToBeHad = await kafkaOrSkip();

(kafkaToBeHad ? describe : describe.skip)('its services as separate processes', () => {
  let postgres: TestPostgres;
  let kafka: Kafka;
  let eventStoreDb: StandInEventStore;
  const processes: Record<string, { child: ChildProcess; port: number; output: string }> = {};

  beforeAll(async () => {
    [postgres, kafka, eventStoreDb] = await Promise.all([
      startPostgres(),
      startKafka({ own: true }),
      standInEventStore(),
    ]);
    await createDatabases();
    for (const name of SERVICES) await start(name);
    await Promise.all(SERVICES.map(untilHealthy));
  }, 120_000);
  afterAll(async () => {
    for (const { child } of Object.values(processes)) child.kill('SIGKILL');
    await kafka?.stop();
    await eventStoreDb?.remove();
    await postgres?.stop();
  });

  /** Runs the statements of the script that the image of PostgreSQL runs, with psql's variables put in. */
  async function createDatabases(): Promise<void> {
    const script = await readFile(join(root, 'infra/docker/postgres/create-databases.sh'), 'utf8');
    const statements = /<<'SQL'\n([\s\S]*?)\nSQL/.exec(script)![1]!;
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    for (const [, name, variable] of script.matchAll(/^create (\w+) "\$(\w+)"$/gm)) {
      const sql = statements
        .replaceAll(':"name"', client.escapeIdentifier(`cairn_${name}`))
        .replaceAll(`:'password'`, client.escapeLiteral(services['postgres']!.environment[variable!]!));
      // One by one: a database cannot be made in a transaction.
      for (const statement of sql.split(';').filter((each) => each.trim())) await client.query(statement);
    }
    await client.end();
  }

  async function start(name: string): Promise<void> {
    const port = await freePort();
    const environment = { ...services[name]!.environment };
    environment['PORT'] = String(port);
    environment['DATABASE_URL'] = environment['DATABASE_URL']!.replace(
      'postgres:5432',
      `127.0.0.1:${postgres.port}`,
    );
    environment['KAFKA_BROKERS'] = environment['KAFKA_BROKERS']!.replace('kafka:9092', kafka.brokers[0]!);
    if ('EVENTSTOREDB_URL' in environment) environment['EVENTSTOREDB_URL'] = eventStoreDb.connectionString;
    environment['OIDC_JWKS_FILE'] = join(place, '.cairn/docker/jwks.json');
    const child = spawn(process.execPath, [`apps/${environment['SERVICE']}/dist/main.js`], {
      cwd: root,
      env: { ...environment, NODE_ENV: 'production' },
    });
    const entry = { child, port, output: '' };
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (entry.output += chunk.toString()));
    processes[name] = entry;
  }

  /** Runs the container's own health check until it is content. */
  async function untilHealthy(name: string): Promise<void> {
    const [, ...check] = services[name]!.healthcheck.test;
    const { port, child } = processes[name]!;
    const code = check.at(-1)!.replace('localhost:3000', `localhost:${port}`);
    for (;;) {
      const healthy = await run(process.execPath, ['-e', code], {
        env: services[name]!.environment,
      }).catch(() => undefined);
      if (healthy) return;
      if (child.exitCode !== null) throw new Error(`${name} ended:\n${processes[name]!.output}`);
      await delay(500);
    }
  }

  const get = async (name: string, path: string, token?: string) =>
    fetch(`http://127.0.0.1:${processes[name]!.port}/${name}${path}`, {
      headers: token ? { authorization: `Bearer ${token}` } : {},
    });

  it('take the tokens of the development issuer that prepare.mjs published, and no request without one', async () => {
    const issuer = await developmentIssuer(join(place, '.cairn'), { issuer: variables['OIDC_ISSUER']! });
    const tenantId = '00000000-0000-4000-8000-000000000001';
    const token = await issuer.sign({ tenantId, subject: 'compose', roles: ['integration'] });
    for (const name of ['enrollment', 'sessions', 'goals']) {
      expect((await get(name, '/v1/events?limit=1')).status).toBe(401);
      expect((await get(name, '/v1/events?limit=1', token)).status).toBe(200);
    }
  });

  it('reach each other over Kafka: no flow is stuck, and analytics sees each service’s watermark', async () => {
    const issuer = await developmentIssuer(join(place, '.cairn'), { issuer: variables['OIDC_ISSUER']! });
    const tenantId = '00000000-0000-4000-8000-000000000001';
    const token = await issuer.sign({ tenantId, subject: 'compose', roles: ['hr'] });
    for (let waited = 0; ; waited += 500) {
      const fresh = (await (await get('analytics', '/v1/freshness', token)).json()) as Freshness;
      if (fresh.healthy) {
        expect(fresh.sources.map(({ source }) => source).sort()).toEqual(['enrollment', 'goals', 'sessions']);
        break;
      }
      if (waited > 40_000)
        throw new Error(`analytics does not hear of all services: ${JSON.stringify(fresh)}`);
      await delay(500);
    }
    for (const name of SERVICES) expect((await get(name, '/health/flow')).status).toBe(200);
  });

  it('carry a whole programme, from the HR file to the report', async () => {
    const issuer = await developmentIssuer(join(place, '.cairn'), { issuer: variables['OIDC_ISSUER']! });
    const client = new Caller(
      (path) => `http://127.0.0.1:${processes[path.split('/')[1]!]!.port}${path}`,
      issuer,
    );
    const story = await tellStory(client);
    await untilCovered(client);
    const path = `/analytics/v1/programs/${story.programId}/overview?asOf=${AS_OF}`;
    const overview = await client.good({ roles: ['hr'] }, { path });
    expect(overview.complete).toBe(true);
    expect(figuresOf(overview)).toMatchObject(OVERVIEW);
    expect(eventStoreDb.count('appends answered')).toBeGreaterThan(50);
  }, 120_000);

  it('end in order when they are asked to', async () => {
    const codes = await Promise.all(
      SERVICES.map(async (name) => {
        const { child } = processes[name]!;
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        return (await ended)[0] as number;
      }),
    );
    expect(codes).toEqual([0, 0, 0, 0]);
    // So each could be moved to another store now, and another process could publish at once.
    for (const name of ['enrollment', 'sessions', 'goals']) {
      const url = new URL(postgres.url);
      url.pathname = `/cairn_${name}`;
      const client = new Client({ connectionString: url.href });
      await client.connect();
      const { rows } = await client.query(
        `SELECT service, settled, expires_at = '-infinity' AS free FROM relay.relays`,
      );
      expect(rows).toEqual([{ service: name, settled: true, free: true }]);
      await client.end();
    }
  });
});
