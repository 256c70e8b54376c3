import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topicsOf } from '@cairn/contracts';
import { newId } from '@cairn/event-store';
import type { Role, Subject } from '@cairn/identity';
import { partitionOf, type Bus } from '@cairn/messaging';
import { postgresBus } from '@cairn/messaging/postgres';
import { PrivateText } from '@cairn/private-text';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client as Connection } from 'pg';
import { operationsOf, type Operation } from './api.js';
import { hears, hearsCanary, linesOfTables, scanTables, singingMessages } from './canaries.js';
import type { Request } from './client.js';
import { ALL_TOPICS, PUBLISHERS, readFeed, readTopics, untilCovered } from './published.js';
import { Standalone } from './standalone.js';
import { NAME_CANARY, TEXT_CANARY } from './story/people.js';
import { tellStory, type Story } from './story/story.js';

/*
 * Two canaries sing in everything that is told: one in people's names and addresses, one in every private text. Neither
 * may be heard where it does not belong. What is on Kafka, and in the tables behind it, is looked through by
 * programme.e2e.spec.ts; here is the standalone with all that it logs.
 */
/** In what is sent to be refused: told from the others, since nobody may repeat it. */
const SENT = 'Sent by zephyrine, not a code!';
/** In a path, which the log tells: ids belong there, and nothing else. */
const IN_PATH = 'Calliope, no id!';

/** The only endpoints that give names: of people, of coaches, and of who is matched with whom. */
const GIVES_NAMES =
  /^\/enrollment\/(v1\/(people|coaches|matches|enrollments\/\{enrollmentId\}\/match)|scim\/v2\/Users)\b/;
const PARTITIONS = 6;

let cairn: Standalone;
let bus: Bus;
let story: Story;
let operations: Operation[];

beforeAll(async () => {
  cairn = await Standalone.start({ LOG_LEVEL: 'trace' });
  const { bus: url } = await cairn.databases();
  bus = postgresBus({ connectionString: url, partitions: PARTITIONS });
  operations = await operationsOf(cairn.client);
  story = await tellStory(cairn.client);
  await untilCovered(cairn.client);
}, 180_000);
afterAll(async () => {
  await bus?.close();
  await cairn?.stop();
});

describe('names and private texts', () => {
  it('are in no message, on no topic, and in no feed', async () => {
    const records = await readTopics(bus, ALL_TOPICS);
    expect(records.length).toBeGreaterThan(100);
    expect(singingMessages(records)).toEqual([]);
    for (const service of [...PUBLISHERS, 'analytics']) {
      const feed = await readFeed(cairn.client, service, true);
      expect(feed.map((event) => JSON.stringify(event)).filter(hearsCanary)).toEqual([]);
    }
  });

  it('are in no table but those of enrolment’s directory, and private texts in none at all', async () => {
    const { found, directory, tables } = await scanTables(await cairn.databases());
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
      assessmentId: story.assessmentId,
      coachId: coaches.rosa,
      importId: story.importId,
      name: 'story',
    };
    const found: string[] = [];
    for (const { method, path, roles = [] } of operations.filter((each) => each.method === 'GET'))
      for (const who of readers.filter((reader) => roles.includes(reader.roles![0] as Role))) {
        const at = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name]!);
        const { text } = await cairn.client.send(who, { method, path: at });
        const told = hears(text, TEXT_CANARY) || (hears(text, NAME_CANARY) && !GIVES_NAMES.test(path));
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
    const id = crypto.randomUUID();
    const found: string[] = [];
    const statuses = new Set<number>();
    for (const operation of operations.filter(({ isCommand }) => isCommand)) {
      const who = playing(operation.roles![0]!, story);
      const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'name' ? 'x' : id));
      for (const request of wrongRequests(
        path,
        path.replace(id, encodeURIComponent(IN_PATH)),
        operation.body,
      )) {
        const { status, text } = await cairn.client.send(who, { method: operation.method, ...request });
        statuses.add(status);
        if (/zephyrine|calliope/i.test(text)) found.push(`${operation.name}: ${status} ${text}`);
      }
    }
    expect(found).toEqual([]);
    expect([...statuses].filter((status) => status >= 500)).toEqual([]);
  });

  it('are not repeated where a message cannot be handled', async () => {
    const topic = topicsOf('enrollment').open;
    const key = 'person-zephyrine';
    const headers = { 'content-type': 'application/cloudevents+json' };
    const value = Buffer.from(`{"type": "cairn.enrollment.person-added.v1", "data": {"name": "${SENT}"}}`);
    await bus.publish([{ topic, partition: partitionOf(key, PARTITIONS), key, value, headers }]);
    const connection = new Connection({ connectionString: (await cairn.databases()).sessions });
    await connection.connect();
    const dead = async () =>
      (
        await connection.query<{ reason: string; detail: string }>(
          'SELECT reason, detail FROM bus_in.dead_letters',
        )
      ).rows;
    for (const end = Date.now() + 60_000; (await dead()).length === 0; await delay(100))
      if (Date.now() > end) throw new Error('it became no dead letter');
    const letters = await dead();
    await connection.end();
    expect(letters).toHaveLength(1);
    expect(hears(JSON.stringify(letters), 'zephyrine')).toBe(false);
    const listed = await cairn.ops('dead-letters', 'list', 'sessions.inbox');
    expect(listed).toContain(letters[0]!.reason);
    expect(hears(listed, 'zephyrine')).toBe(false);
  });

  it('are erased by the operator’s command, those of one person in one service and tenant', async () => {
    const { people, coaches } = story;
    const databases = await cairn.databases();
    const own = { roles: ['coachee' as const], personId: people.ada };
    const coach = { roles: ['coach' as const], coachId: coaches.rosa };
    const ownNote = async (who: Partial<Subject>) => {
      const path = `/sessions/v1/sessions/${story.sessions['a1']}/notes`;
      return (await cairn.client.good(who, { path })).items[0].text;
    };
    const goalText = async (who: Partial<Subject>, goalId: string) =>
      (await cairn.client.good(who, { path: `/goals/v1/goals/${goalId}` })).text;
    const erase = (service: string, tenantId: string, environment = {}) =>
      cairn.program(
        'ops',
        ['texts', 'erase', service, '--tenant', tenantId, '--person', people.ada],
        environment,
      );
    const { tenantId } = cairn.client;
    // The same person's id in another tenant.
    const texts = new PrivateText(randomBytes(32));
    const theirs = { tenantId: newId(), personId: people.ada, id: newId(), text: 'of another tenant' };
    const connection = new Connection({ connectionString: databases.sessions });
    await connection.connect();
    await texts.put(connection, theirs);

    const mistaken = await erase('sessions', tenantId, { DATABASE_URL: databases.goals });
    expect(mistaken).toMatchObject({
      code: 1,
      stderr: 'DATABASE_URL is not the database of sessions: nothing was erased.\n',
    });
    const [deleted, none] = [/^The key of .* is deleted/, /^There is no key of /];
    expect(await erase('sessions', newId())).toMatchObject({ code: 0, stdout: expect.stringMatching(none) });
    expect(await ownNote(own)).toContain(TEXT_CANARY);

    for (const said of [deleted, none])
      expect(await erase('sessions', tenantId)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(said),
      });
    expect(await ownNote(own)).toBeNull();
    expect(await ownNote(coach)).toContain(TEXT_CANARY);
    expect(await goalText(own, story.goals.ada)).toContain(TEXT_CANARY);
    const kept = await texts.read(connection, theirs.tenantId, people.ada, [theirs.id]);
    expect([...kept.values()]).toEqual([theirs.text]);
    await connection.end();

    const inGoals = await erase('goals', tenantId, { DATABASE_URL: databases.goals });
    expect(inGoals).toMatchObject({ code: 0, stdout: expect.stringMatching(deleted) });
    for (const who of [own, coach]) expect(await goalText(who, story.goals.ada)).toBeNull();
    const other = { roles: ['coachee' as const], personId: people.cleo };
    expect(await goalText(other, story.goals.cleo)).toContain(TEXT_CANARY);
  });

  it('of raters’ links are in no table, no message and no line of the log', async () => {
    const heard = (text: string) => story.tokens.some((token) => text.includes(token));
    expect(story.tokens).toHaveLength(6);
    for (const service of PUBLISHERS) {
      const feed = await readFeed(cairn.client, service, true);
      expect(feed.map((event) => JSON.stringify(event)).filter(heard)).toEqual([]);
    }
    expect(await linesOfTables(await cairn.databases(), heard)).toEqual([]);
    expect(cairn.output.split('\n').filter(heard)).toEqual([]);
  });

  it('are in no line of the log, whatever was asked, refused or failed', () => {
    const lines = cairn.output.split('\n');
    expect(lines.length).toBeGreaterThan(500);
    expect(lines.filter((line) => hearsCanary(line) || hears(line, 'zephyrine'))).toEqual([]);
  });
});

/** What is wrong in another way each time, with the word in it. */
function wrongRequests(path: string, badPath: string, body: unknown): Request[] {
  const json = { 'content-type': 'application/json' };
  const singing = withTexts(body, SENT);
  return [
    { path, body: { ...(singing as object), unexpected: SENT } },
    { path, body: withTexts(body, { text: SENT }) },
    { path, body: withTexts(body, `${SENT}\u0000`) },
    { path, body: `{"reason": "${SENT}", `, headers: json },
    { path, body: JSON.stringify(singing), headers: { 'content-type': `text/${encodeURIComponent(SENT)}` } },
    { path: badPath, body: singing },
    { path: `${path}?q=${encodeURIComponent(SENT)}`, body: singing },
    { path, body: singing, headers: { 'cairn-on-behalf-of': SENT } },
    { path, body: singing, headers: { 'cairn-occurred-at': SENT } },
    { path, body: singing, headers: { 'if-match': SENT } },
  ];
}

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
