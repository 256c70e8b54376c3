import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topicsOf } from '@cairn/contracts';
import type { Bus } from '@cairn/messaging';
import { kafkaBus } from '@cairn/messaging/kafka';
import { postgresBus } from '@cairn/messaging/postgres';
import type { Role, Subject } from '@cairn/identity';
import { kafkaOrSkip, startKafka, type Kafka } from '@cairn/testing';
import { Client as Connection } from 'pg';
import { operationsOf, type Operation } from './api.js';
import type { Request } from './client.js';
import { ALL_TOPICS, PUBLISHERS, readFeed, readTopics, untilCovered } from './published.js';
import { Standalone } from './standalone.js';
import { NAME_CANARY, TEXT_CANARY } from './story/people.js';
import { tellStory, type Story } from './story/story.js';

/*
 * Two canaries sing in everything that is told: one in people's names and addresses, one in every private text. Neither
 * may be heard where it does not belong.
 */
const CANARIES = [NAME_CANARY, TEXT_CANARY];
/** In what is sent to be refused: told from the others, since nobody may repeat it. */
const SENT = 'Sent by zephyrine, not a code!';
/** In a path, which the log tells: ids belong there, and nothing else. */
const IN_PATH = 'Calliope, no id!';

/** The only tables with names in them: enrolment's directory, and the answers of its endpoints, kept for repeats. */
const DIRECTORY =
  /^enrollment\.(public\.(people|coaches|people_imports?|people_import_\w+|\w*mappings)|http\.command_keys)$/;
/** The only endpoints that give names: of people, of coaches, and of who is matched with whom. */
const GIVES_NAMES = /^\/enrollment\/v1\/(people|coaches|matches|enrollments\/\{enrollmentId\}\/match)\b/;

const buses = (await kafkaOrSkip()) ? (['postgres', 'kafka'] as const) : (['postgres'] as const);

describe.each(buses)('names and private texts, over %s', (kind) => {
  let cairn: Standalone;
  let kafka: Kafka | undefined;
  let bus: Bus;
  let story: Story;
  let operations: Operation[];

  beforeAll(async () => {
    if (kind === 'kafka') kafka = await startKafka({ own: true });
    cairn = await Standalone.start({
      LOG_LEVEL: 'trace',
      ...(kafka ? { KAFKA_BROKERS: kafka.brokers.join(',') } : {}),
    });
    const { bus: url } = await cairn.databases();
    bus = kafka
      ? kafkaBus({ clientId: 'secrets', brokers: kafka.brokers })
      : postgresBus({ connectionString: url, partitions: 6 });
    operations = await operationsOf(cairn.client);
    story = await tellStory(cairn.client);
    await untilCovered(cairn.client);
  }, 240_000);
  afterAll(async () => {
    await bus?.close();
    await cairn?.stop();
    await kafka?.stop();
  });

  it('are in no message, on no topic', async () => {
    const records = await readTopics(bus, ALL_TOPICS);
    expect(records.length).toBeGreaterThan(100);
    const told = records.map(
      ({ key, value, headers }) => `${key} ${JSON.stringify(headers)} ${value.toString()}`,
    );
    expect(told.filter(heard)).toEqual([]);
  });

  it('are in no feed, not in a sensitive one either', async () => {
    for (const service of [...PUBLISHERS, 'analytics'])
      expect(
        (await readFeed(cairn.client, service, true)).map((event) => JSON.stringify(event)).filter(heard),
      ).toEqual([]);
  });

  it('are in no table but those of enrolment’s directory, and private texts in none at all', async () => {
    const found: string[] = [];
    const directory = new Set<string>();
    let tables = 0;
    for (const [database, url] of Object.entries(await cairn.databases()))
      await eachRow(url, (table, row) => {
        const name = `${database}.${table}`;
        const hasName = heardIn(row, NAME_CANARY);
        if (hasName && DIRECTORY.test(name)) directory.add(name);
        else if (hasName) found.push(`${name}: ${row.slice(0, 300)}`);
        if (heardIn(row, TEXT_CANARY)) found.push(`${name}: ${row.slice(0, 300)}`);
      }).then((count) => (tables += count));
    expect(found).toEqual([]);
    expect(tables).toBeGreaterThan(40);
    expect([...directory]).toContain('enrollment.public.people');
    expect([...directory]).toContain('enrollment.public.coaches');
  });

  it('are read by nobody whom they are not for', async () => {
    const { people, coaches } = story;
    const readers: Partial<Subject>[] = [
      { roles: ['hr'] },
      { roles: ['program-admin'] },
      { roles: ['sponsor'] },
      { roles: ['integration'], sensitive: true },
      { roles: ['manager'], personId: people.mona },
      { roles: ['coachee'], personId: people.ben },
      { roles: ['coach'], coachId: coaches.luc },
    ];
    const ids: Record<string, string> = {
      programId: story.programId,
      cohortId: story.cohortId,
      enrollmentId: story.enrollments.ada,
      engagementId: story.engagements.ada,
      sessionId: story.sessions['a1']!,
      goalId: story.goals.ada,
      coachId: coaches.rosa,
      importId: story.importId,
      name: 'story',
    };
    const found: string[] = [];
    for (const { method, path, roles = [] } of operations.filter((each) => each.method === 'GET'))
      for (const who of readers.filter((reader) => roles.includes(reader.roles![0] as Role))) {
        const at = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name]!);
        const { text } = await cairn.client.send(who, { method, path: at });
        const told = heardIn(text, TEXT_CANARY) || (heardIn(text, NAME_CANARY) && !GIVES_NAMES.test(path));
        if (told) found.push(`${path} as ${who.roles![0]}: ${text.slice(0, 300)}`);
      }
    expect(found).toEqual([]);
  });

  it('are read by those whom they are for', async () => {
    const { people, coaches } = story;
    const coachee = { roles: ['coachee' as const], personId: people.ada };
    const coach = { roles: ['coach' as const], coachId: coaches.rosa };
    const notes = { path: `/sessions/v1/sessions/${story.sessions['a1']}/notes` };
    for (const who of [coachee, coach]) {
      const own = await cairn.client.good(who, notes);
      expect(own.items).toHaveLength(1);
      expect(own.items[0].text).toContain(who === coachee ? 'of the coachee' : 'of the coach');
      const goal = await cairn.client.good(who, { path: `/goals/v1/goals/${story.goals.ada}` });
      expect(goal.text).toContain(TEXT_CANARY);
    }
  });

  it('nor anything else that was sent, are repeated by an error', async () => {
    const { client } = cairn;
    const ids = crypto.randomUUID();
    const found: string[] = [];
    const statuses = new Set<number>();
    for (const operation of operations.filter(({ isCommand }) => isCommand)) {
      const who = playing(operation.roles![0]!, story);
      const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        name === 'name' ? 'x' : ids,
      );
      const json = { 'content-type': 'application/json' };
      const singing = withTexts(operation.body, SENT);
      const requests: Request[] = [
        { path, body: { ...(singing as object), unexpected: SENT } },
        { path, body: withTexts(operation.body, { text: SENT }) },
        { path, body: withTexts(operation.body, `${SENT}\u0000`) },
        { path, body: `{"reason": "${SENT}", `, headers: json },
        {
          path,
          body: JSON.stringify(singing),
          headers: { 'content-type': `text/${encodeURIComponent(SENT)}` },
        },
        { path: path.replace(ids, encodeURIComponent(IN_PATH)), body: singing },
        { path: `${path}?${encodeURIComponent('q')}=${encodeURIComponent(SENT)}`, body: singing },
        { path, body: singing, headers: { 'cairn-on-behalf-of': SENT } },
        { path, body: singing, headers: { 'cairn-occurred-at': SENT } },
        { path, body: singing, headers: { 'if-match': SENT } },
      ];
      for (const request of requests) {
        const { status, text } = await client.send(who, { method: operation.method, ...request });
        statuses.add(status);
        if (/zephyrine|calliope/i.test(text)) found.push(`${operation.name}: ${status} ${text}`);
      }
    }
    expect(found).toEqual([]);
    expect([...statuses].filter((status) => status >= 500)).toEqual([]);
  });

  it('are not repeated where a message cannot be handled', async () => {
    const topic = topicsOf('enrollment').open;
    const headers = { 'content-type': 'application/cloudevents+json' };
    const value = Buffer.from(`{"type": "cairn.enrollment.person-added.v1", "data": {"name": "${SENT}"}}`);
    await bus.publish([{ topic, partition: 0, key: 'person-zephyrine', value, headers }]);
    let letters = '';
    for (
      const end = Date.now() + 30_000;
      !/sessions\.inbox.*analytics|analytics.*sessions\.inbox/s.test(letters);
    ) {
      letters = await cairn.ops('dead-letters', 'list');
      if (Date.now() > end) throw new Error(`it became no dead letter: ${letters}`);
    }
    expect(heardIn(letters, 'zephyrine')).toBe(false);
    const { sessions } = await cairn.databases();
    const connection = new Connection({ connectionString: sessions });
    await connection.connect();
    const { rows } = await connection.query<{ reason: string; detail: string }>(
      'SELECT reason, detail FROM bus_in.dead_letters',
    );
    await connection.end();
    expect(rows).toHaveLength(1);
    expect(rows.filter((row) => heardIn(JSON.stringify(row), 'zephyrine'))).toEqual([]);
  });

  it('are in no line of the log, whatever was asked, refused or failed', () => {
    const lines = cairn.output.split('\n');
    expect(lines.length).toBeGreaterThan(500);
    expect(lines.filter((line) => heard(line) || heardIn(line, 'zephyrine'))).toEqual([]);
  });
});

const heardIn = (text: string, canary: string): boolean => {
  const low = text.toLowerCase();
  return low.includes(canary) || low.includes(Buffer.from(canary).toString('hex'));
};
const heard = (text: string): boolean => CANARIES.some((canary) => heardIn(text, canary));

function playing(role: Role, { people, coaches }: Story): Partial<Subject> {
  if (role === 'coachee') return { roles: [role], personId: people.ada };
  return role === 'coach' ? { roles: [role], coachId: coaches.rosa } : { roles: [role] };
}

/** The same body with something else in place of every text. */
function withTexts(body: unknown, text: unknown): unknown {
  if (typeof body === 'string') return text;
  if (Array.isArray(body)) return body.map((each) => withTexts(each, text));
  if (body === null || typeof body !== 'object') return body;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, withTexts(value, text)]));
}

/** Every row of every table of a database, as text. @returns how many tables there are */
async function eachRow(url: string, look: (table: string, row: string) => void): Promise<number> {
  const connection = new Connection({ connectionString: url });
  await connection.connect();
  try {
    const { rows: tables } = await connection.query<{ schema: string; name: string }>(
      `SELECT schemaname AS schema, tablename AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2`,
    );
    for (const { schema, name } of tables) {
      const { rows } = await connection.query<{ line: string }>(
        `SELECT t::text AS line FROM "${schema}"."${name}" t`,
      );
      for (const { line } of rows) look(`${schema}.${name}`, line);
    }
    return tables.length;
  } finally {
    await connection.end();
  }
}
