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
import { hears, hearsAnswer, hearsCanary, linesOfTables, scanTables, singingMessages } from './canaries.js';
import type { Answer, Request } from './client.js';
import { ALL_TOPICS, PUBLISHERS, readFeed, readTopics, untilCovered } from './published.js';
import { Standalone } from './standalone.js';
import { ANONYMOUS, assessOpenly, WAITING } from './story/assessing.js';
import { COACHEES } from './story/enrolling.js';
import { NAME_CANARY, TEXT_CANARY } from './story/people.js';
import { tellStory, type Story } from './story/story.js';
import { IMPORTER, Teller } from './story/teller.js';

/*
 * Two canaries sing in everything that is told: one in people's names and addresses, one in every private text. Neither
 * may be heard where it does not belong; nor may an answer of somebody who stays anonymous. What is on Kafka, and in the tables behind it, is looked through by
 * programme.e2e.spec.ts; here is the standalone with all that it logs.
 */
/** In what is sent to be refused: told from the others, since nobody may repeat it. */
const SENT = 'Sent by zephyrine, not a code!';
/** In a path, which the log tells: ids belong there, and nothing else. */
const IN_PATH = 'Calliope, no id!';

/** The only endpoints that give names: of people, of coaches, and of who is matched with whom. */
const GIVES_NAMES =
  /^\/enrollment\/(v1\/(people|coaches|matches|enrollments\/\{enrollmentId\}\/match)|scim\/v2\/(Users|Groups))\b/;
const PARTITIONS = 6;

/** Opinions by the names of their fields, and by values that nothing else has: the story's fit signal and rematch. */
const OPINION = /"(useful|relationship|recommend|itemMeans)":|"sources":\["|"(unsure|schedule)"/;

/** What one of the two alone reads, by the names of its fields. */
const OWN = /"(rating|fitSignal|rematchOffered|feedbackAsked|handover)":/;

/** What SCIM does not ask of a person, and is sent all the same: it is nowhere kept. */
const NIA = {
  userName: `nia@${NAME_CANARY}.example`,
  externalId: 'N-1',
  name: { givenName: 'Nia', familyName: `${NAME_CANARY}-nia`, middleName: TEXT_CANARY },
  displayName: `Nia ${NAME_CANARY}-nia`,
  nickName: TEXT_CANARY,
  profileUrl: `https://example.org/${TEXT_CANARY}`,
  title: 'Planner',
  userType: TEXT_CANARY,
  password: TEXT_CANARY,
  emails: [{ value: `nia@${NAME_CANARY}.example`, type: 'work' }],
  phoneNumbers: [{ value: TEXT_CANARY, type: 'mobile' }],
  addresses: [{ formatted: TEXT_CANARY, type: 'home' }],
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': {
    employeeNumber: 'N-1',
    costCenter: TEXT_CANARY,
    department: 'Planning',
    manager: { displayName: `Mona ${NAME_CANARY}-mona` },
  },
  'urn:example:notes': { note: TEXT_CANARY },
};

/** The kinds of pages that show somebody by name, and which row of `me/visibility` announces it. */
const KINDS: readonly [path: RegExp, kind: string, row: string][] = [
  [/^\/enrollment\/v1\/people$/, 'directory', 'name-and-place'],
  [/^\/enrollment\/v1\/enrollments(\/\{enrollmentId\})?$/, 'enrollment', 'participation'],
  [/\/(eligibility|proposals)$/, 'eligibility', 'eligibility'],
  [/\/match(es)?$/, 'match', 'match'],
  [/^\/enrollment\/v1\/assessments/, 'assessment', 'assessment-progress'],
  [/^\/sessions\/v1\//, 'sessions', 'participation'],
  [/\/pulse-raters$/, 'pulse-raters', 'pulse-raters'],
  [/^\/goals\/v1\//, 'goals', 'theme-and-goal-status'],
  [/\/participants$/, 'participation', 'participation'],
  [/\/between-sessions$/, 'between-sessions', 'participation'],
  [/\/manager-baseline$/, 'team-baseline', 'team-baseline'],
];

let cairn: Standalone;
let bus: Bus;
let story: Story;
let operations: Operation[];
/** Cleo's, which is not closed. */
let openAssessment: string;
/** What integration was answered to all that it told in somebody's name. */
const answered: string[] = [];
/** `person role path` of everybody whom one of those who look at others was shown. */
const shown = new Set<string>();

beforeAll(async () => {
  cairn = await Standalone.start({ LOG_LEVEL: 'trace' });
  const { bus: url } = await cairn.databases();
  bus = postgresBus({ connectionString: url, partitions: PARTITIONS });
  operations = await operationsOf(cairn.client);
  const send = cairn.client.send.bind(cairn.client);
  cairn.client.send = async (who, request) => {
    const answer = await send(who, request);
    if (request.headers?.['cairn-on-behalf-of']) answered.push(`${request.path}: ${answer.text}`);
    return answer;
  };
  story = await tellStory(cairn.client);
  openAssessment = await assessOpenly(new Teller(cairn.client), story, story.enrollments);
  await keepNia();
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

  it('nor is an answer of somebody who stays anonymous, nor who they are', async () => {
    const raters = await ratersOfAda();
    expect(raters).toHaveLength(9);
    const heard = (text: string) =>
      hearsAnswer(text, [...ANONYMOUS, WAITING]) || raters.some((id) => text.includes(id));
    const messages = (await readTopics(bus, ALL_TOPICS)).map(({ value }) => value.toString('utf8'));
    for (const service of [...PUBLISHERS, 'analytics'])
      messages.push(...(await readFeed(cairn.client, service, true)).map((event) => JSON.stringify(event)));
    expect(messages.filter(heard)).toEqual([]);
    const { analytics } = await cairn.databases();
    expect(await linesOfTables({ analytics: analytics! }, heard)).toEqual([]);
  });

  it('are in no table but that of the answers, while they are waited for', async () => {
    const databases = await cairn.databases();
    expect(await linesOfTables(databases, (line) => hearsAnswer(line, ANONYMOUS))).toEqual([]);
    const waiting = await linesOfTables(databases, (line) => hearsAnswer(line, [WAITING]));
    expect(waiting).toHaveLength(1);
    expect(waiting[0]).toMatch(/^enrollment\.public\.assessment_answers: /);
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
    const workbooks: string[] = [];
    for (const { method, path, roles = [], query } of operations.filter((each) => each.method === 'GET'))
      for (const who of readers.filter((reader) => roles.includes(reader.roles![0] as Role))) {
        const role = who.roles![0]!;
        const at = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name]!);
        // As a table and a workbook too, where there are such.
        for (const form of query.includes('format') ? ['', '?format=csv', '?format=xlsx'] : ['']) {
          const answer = await cairn.client.send(who, { method, path: at + form });
          const { text } = answer;
          if (form.endsWith('xlsx') && answer.status === 200) workbooks.push(text);
          const told =
            hears(text, TEXT_CANARY) ||
            (hears(text, NAME_CANARY) && !GIVES_NAMES.test(path)) ||
            hearsAnswer(text, [...ANONYMOUS, WAITING]) ||
            (role !== 'coachee' && !path.endsWith('/events') && OPINION.test(text));
          if (told) found.push(`${path}${form} as ${role}: ${text.slice(0, 300)}`);
          for (const person of LOOKING.includes(role) ? peopleIn(answer, path, story.people.ada) : [])
            shown.add(`${person} ${role} ${path}`);
        }
      }
    expect(found).toEqual([]);
    expect(workbooks.length).toBeGreaterThan(10);
    expect(workbooks.filter((text) => !text.includes('<sheetData>'))).toEqual([]);
  });

  it('are in no answer to a command that is given in the name of somebody whom they are for', () => {
    expect(answered.length).toBeGreaterThan(100);
    const told = (text: string) =>
      hears(text, TEXT_CANARY) || hearsAnswer(text, [...ANONYMOUS, WAITING]) || OPINION.test(text);
    expect(answered.filter((text) => told(text) || OWN.test(text))).toEqual([]);
  });

  it('of whom somebody is shown is told to them: in which role, and on what kind of page', async () => {
    await untilCovered(cairn.client);
    // The story itself has looked once at each of these, in HR.
    const [ada, hr] = [story.people.ada, 'hr'];
    for (const path of ['/sessions/v1/sessions/{sessionId}', '/goals/v1/goals/{goalId}'])
      shown.add(`${ada} ${hr} ${path}`);
    const kinds = [...shown].map((each) => {
      const [person, role, path] = each.split(' ') as [string, string, string];
      const [, kind, row] = KINDS.find(([pattern]) => pattern.test(path)) ?? [undefined, path, 'none'];
      return { person, role, kind, row };
    });
    for (const name of COACHEES) {
      const own = kinds.filter(({ person }) => person === story.people[name]);
      const me = { roles: ['coachee' as const], personId: story.people[name] };
      const { looked, programs } = await cairn.client.good(me, { path: '/analytics/v1/me/visibility' });
      const told = looked.map(({ role, what }: Record<string, string>) => `${role} ${what}`);
      expect([name, told.sort()]).toEqual([
        name,
        [...new Set(own.map(({ role, kind }) => `${role} ${kind}`))].sort(),
      ]);
      expect(own.length).toBeGreaterThan(5);
      for (const { role, row } of own) {
        const seen = programs[0].sees.find(({ what }: { what: string }) => what === row);
        expect([role, row, seen?.[role]]).toEqual([role, row, expect.stringMatching(/^(you|if-you-share)$/)]);
      }
    }
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
    for (const operation of operations.filter(({ method }) => method !== 'GET')) {
      const who = operation.roles ? playing(operation.roles[0]!, story) : null;
      const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'name' ? 'x' : id));
      for (const request of wrongRequests(
        path,
        path.replace(id, encodeURIComponent(IN_PATH)),
        operation.body,
      )) {
        const { status, text } = await cairn.client.send(who, { method: operation.method, ...request });
        statuses.add(status);
        if (status >= 400 && /zephyrine|calliope/i.test(text))
          found.push(`${operation.name}: ${status} ${text}`);
      }
    }
    expect(found).toEqual([]);
    expect([...statuses].filter((status) => status >= 500)).toEqual([]);
  });

  it.each([
    ['sessions', 'sessions.inbox', topicsOf('enrollment').open, 'person-added'],
    ['analytics', 'analytics.intake', topicsOf('enrollment').sensitive, 'priorities-identified'],
  ] as const)(
    'are not repeated where a message cannot be handled: in %s',
    async (name, group, topic, type) => {
      const key = 'person-zephyrine';
      const headers = { 'content-type': 'application/cloudevents+json' };
      const value = Buffer.from(`{"type": "cairn.enrollment.${type}.v1", "data": {"name": "${SENT}"}}`);
      await bus.publish([{ topic, partition: partitionOf(key, PARTITIONS), key, value, headers }]);
      const connection = new Connection({ connectionString: (await cairn.databases())[name] });
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
      expect(hears(JSON.stringify(letters), 'zephyrine')).toBe(false);
      const listed = await cairn.ops('dead-letters', 'list', group);
      expect(listed).toContain(letters[0]!.reason);
      expect(hears(listed, 'zephyrine')).toBe(false);
    },
  );

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
      stderr: 'DATABASE_URL is the database of goals, not of sessions: nothing was done.\n',
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

  it('are in no line of the log, whatever was asked, refused or failed', async () => {
    const lines = cairn.output.split('\n');
    expect(lines.length).toBeGreaterThan(500);
    expect(lines.filter((line) => hearsCanary(line) || hears(line, 'zephyrine'))).toEqual([]);
    expect(lines.filter((line) => hearsAnswer(line, [...ANONYMOUS, WAITING]))).toEqual([]);
    // Of who answers the log knows neither the rater nor of whom.
    const ids = [
      ...(await ratersOfAda()),
      ...Object.values(story.people),
      story.assessmentId,
      openAssessment,
    ];
    const answered = lines.filter((line) => /\/v1\/answers/.test(line));
    expect(answered.length).toBeGreaterThan(10);
    expect(answered.filter((line) => ids.some((id) => line.includes(id)))).toEqual([]);
  });
});

/** The roles in which somebody looks at others. */
const LOOKING: readonly Role[] = ['hr', 'program-admin', 'manager', 'sponsor'];

/**
 * Whom an answer is about: those whose records it holds, and Ada, where it is asked for by an id of hers. Coaches and
 * raters are named in others' records.
 */
function peopleIn({ status, body }: Answer, path: string, ada: string): Set<string> {
  const people = new Set<string>();
  if (status !== 200) return people;
  if (/\{(person|enrollment|engagement|session|goal|assessment)Id\}/.test(path)) people.add(ada);
  if (/\/coaches|raters$/.test(path)) return people;
  JSON.stringify(body, (key, value: unknown) => {
    if (key === 'personId' && typeof value === 'string') people.add(value);
    return value;
  });
  return people;
}

/** All raters of Ada's, in her assessment and in her pulses. */
async function ratersOfAda(): Promise<string[]> {
  const lists = [
    `/enrollment/v1/assessments/${story.assessmentId}/raters`,
    `/goals/v1/engagements/${story.engagements.ada}/pulse-raters`,
  ];
  const own = { roles: ['coachee' as const], personId: story.people.ada };
  const found = await Promise.all(lists.map((path) => cairn.client.good(own, { path })));
  return found.flatMap(({ items }) => items.map(({ raterId }: { raterId: string }) => raterId));
}

/** Somebody is brought in by SCIM, looked for by name, changed, and put into a group, with more than SCIM asks for. */
async function keepNia(): Promise<void> {
  const scim = async (method: string, path: string, body?: unknown): Promise<string> => {
    const sent = { method, path: `/enrollment/scim/v2/${path}`, body, key: null };
    const { status, text } = await cairn.client.send(IMPORTER, sent);
    expect([method, path, status < 300, hears(text, TEXT_CANARY)]).toEqual([method, path, true, false]);
    return (JSON.parse(text) as { id: string }).id;
  };
  const id = await scim('POST', 'Users', NIA);
  await scim('PUT', `Users/${id}`, NIA);
  const Operations = [
    { op: 'add', path: 'nickName', value: TEXT_CANARY },
    { op: 'replace', value: { addresses: [{ formatted: TEXT_CANARY }], title: 'Planner' } },
  ];
  await scim('PATCH', `Users/${id}`, { Operations });
  await scim('GET', `Users?filter=${encodeURIComponent(`userName eq "${NIA.userName}"`)}`);
  await scim('POST', 'Groups', { displayName: `Friends of ${NAME_CANARY}-nia`, members: [{ value: id }] });
}

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
