import { newId } from '@cairn/event-store';
import type { Subject } from '@cairn/identity';
import { mutationsOf, testService, type TestService } from '@cairn/service/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { definition } from '../src/app.module.js';
import { ROUTES, type Route } from './routes.js';
import { plannedEngagement, type Engaged } from './told.js';

let sessions: TestService;
let now = new Date('2026-03-02T12:00:00.000Z');
const managerId = newId();
/** The engagement that all is about, with one session that was held and one ahead; and somebody else's. */
let ours: Engaged;
let theirs: Engaged;
let held: string;
let ahead: string;

beforeAll(async () => {
  sessions = await testService(definition, { clock: { now: () => now } });
  ours = await plannedEngagement(sessions, { allotment: 60, managerId });
  theirs = await plannedEngagement(sessions);
  const book = async (startsAt: string): Promise<string> =>
    (
      await sessions.call('POST', `/v1/engagements/${ours.engagementId}/sessions`, {
        as: ours.coachee,
        body: { startsAt, zone: 'Europe/Berlin', durationMinutes: 60 },
      })
    ).body.sessionId;
  held = await book('2026-03-03T09:00');
  ahead = await book('2026-04-01T09:00');
  now = new Date('2026-03-03T12:00:00.000Z');
  for (const as of [ours.coachee, ours.coach])
    await sessions.call('POST', `/v1/sessions/${held}/confirm`, { as });
});
afterAll(() => sessions.stop());

type Ids = Readonly<Record<string, string>>;
const idsOf = (route: string): Ids => ({
  engagementId: ours.engagementId,
  sessionId: /reschedule|cancel$/.test(route) ? ahead : held,
});

function send(
  route: string,
  as: Partial<Subject>,
  ids: Ids = idsOf(route),
  body: unknown = ROUTES[route]!.body,
) {
  const [method, path] = route.split(' ') as ['GET' | 'POST', string];
  return sessions.call(
    method,
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name]!),
    {
      as,
      ...(method === 'GET' ? {} : { body, headers: { 'if-match': '*' } }),
    },
  );
}

const playing = ({ by }: Route): Partial<Subject> =>
  by === 'coachee' || by === 'coach' ? ours[by] : { roles: [by] };

describe('every route', () => {
  it('is in the table of routes, and says whether it needs If-Match', async () => {
    const routes = await sessions.routes();
    expect(Object.keys(ROUTES).sort()).toEqual(routes.map(({ name }) => name));
    const needing = routes.filter(({ headers }) => headers.includes('If-Match'));
    expect(needing.map(({ name }) => name)).toEqual([
      'POST /v1/sessions/{sessionId}/correct',
      'POST /v1/sessions/{sessionId}/reschedule',
    ]);
  });

  it.each(Object.entries(ROUTES))('%s is for nobody whom it is not for', async (route, { others }) => {
    const strangers: Partial<Subject>[] = [
      theirs.coachee,
      theirs.coach,
      { roles: ['manager'], personId: managerId },
      { roles: ['hr'], personId: newId() },
      { roles: ['sponsor'] },
    ];
    const never = { engagementId: newId(), sessionId: newId() };
    const answers = [];
    for (const as of strangers) {
      const { status, body } = await send(route, as);
      const shown = JSON.stringify(body).includes(ours.engagementId);
      answers.push(status === 200 && !shown ? 'none' : String(status));
      if (status !== 404) continue;
      const absent = await send(route, as, never);
      expect({ ...absent.body, traceId: 0 }).toEqual({ ...body, traceId: 0 });
    }
    expect(answers.join(' ')).toBe(others);
  });

  it('has changed nothing for them', async () => {
    const versions = [];
    for (const id of [held, ahead])
      versions.push((await sessions.call('GET', `/v1/sessions/${id}`, { as: ours.coach })).headers['etag']);
    expect(versions.map((etag) => String(etag).split('.')[0])).toEqual(['"5', '"1']);
  });
});

describe('a command with something wrong in its body', () => {
  const commands = Object.entries(ROUTES).filter(([route]) => route.startsWith('POST'));

  it.each(commands)('%s is refused or taken, never an error of ours', async (route, row) => {
    const faults: string[] = [];
    for (const body of mutationsOf(row.body)) {
      const answer = await send(route, playing(row), idsOf(route), body);
      if (answer.status >= 500)
        faults.push(
          `${answer.status} ${JSON.stringify(answer.body)} for ${JSON.stringify(body).slice(0, 200)}`,
        );
    }
    expect(faults).toEqual([]);
  });

  it('leaves what comes after it to be published', async () => {
    const row = ROUTES['POST /v1/sessions/{sessionId}/notes']!;
    expect((await send('POST /v1/sessions/{sessionId}/notes', playing(row))).status).toBe(201);
    await sessions.published();
  });
});
