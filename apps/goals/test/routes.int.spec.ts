import { newId } from '@cairn/event-store';
import type { Subject } from '@cairn/identity';
import { mutationsOf, testService, type TestService } from '@cairn/service/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { definition } from '../src/app.module.js';
import { ROUTES, type Route } from './routes.js';
import { clockFrom, engaged, newRefs, person, program, themed, type Refs } from './told.js';

let goals: TestService;
const managerId = newId();
const programId = newId();
/** The engagement that all is about, and somebody else's in the same programme. */
let ours: Refs;
let theirs: Refs;
let ids: Readonly<Record<string, string>>;

const coacheeOf = ({ personId }: Refs) => ({ roles: ['coachee' as const], personId });
const coachOf = ({ coachId }: Refs) => ({ roles: ['coach' as const], coachId });

beforeAll(async () => {
  goals = await testService(definition, { clock: clockFrom('2026-07-02T09:00:00.000Z') });
  ours = newRefs({ programId });
  await goals.tell(person(ours.personId, managerId));
  await themed(goals, program(programId));
  await engaged(goals, ours);
  theirs = await engaged(goals, newRefs({ programId }));
  ids = { engagementId: ours.engagementId, personId: ours.personId };
  const { goalId } = (await send('POST /v1/engagements/{engagementId}/goals', coacheeOf(ours))).body;
  ids = { ...ids, goalId };
  await send('POST /v1/goals/{goalId}/agree', coachOf(ours));
  await send('POST /v1/goals/{goalId}/scale', coachOf(ours));
  const { practiceId } = (await send('POST /v1/goals/{goalId}/practices', coacheeOf(ours))).body;
  const named = await send('POST /v1/engagements/{engagementId}/pulse-raters', coacheeOf(ours));
  ids = { ...ids, practiceId, raterId: named.body.raterId };
});
afterAll(() => goals.stop());

function send(route: string, as: Partial<Subject>, of = ids, body: unknown = ROUTES[route]!.body) {
  const [method, path] = route.split(' ') as ['GET' | 'POST', string];
  return goals.call(
    method,
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => of[name]!),
    { as, ...(method === 'GET' ? {} : { body, headers: { 'if-match': '*' } }) },
  );
}

const playing = ({ by }: Route): Partial<Subject> => {
  if (by === 'integration' || by === 'program-admin') return { roles: [by] };
  if (by === 'anybody') return {};
  return by === 'coach' ? coachOf(ours) : coacheeOf(ours);
};

describe('every route', () => {
  it('is in the table of routes, and says whether it needs If-Match', async () => {
    const routes = await goals.routes();
    expect(Object.keys(ROUTES).sort()).toEqual(routes.map(({ name }) => name));
    const needing = routes.filter(({ headers }) => headers.includes('If-Match'));
    expect(needing.map(({ name }) => name)).toEqual([
      'POST /v1/goals/{goalId}/agree',
      'POST /v1/goals/{goalId}/revise',
      'POST /v1/goals/{goalId}/scale',
    ]);
  });

  it.each(Object.entries(ROUTES))('%s is for nobody whom it is not for', async (route, { others }) => {
    const strangers: Partial<Subject>[] = [
      coacheeOf(theirs),
      coachOf(theirs),
      { roles: ['manager'], personId: managerId },
      { roles: ['hr'], personId: newId() },
      { roles: ['sponsor'] },
    ];
    const never = {
      engagementId: newId(),
      goalId: newId(),
      practiceId: newId(),
      personId: newId(),
      raterId: newId(),
    };
    const answers = [];
    for (const as of strangers) {
      const { status, body } = await send(route, as);
      answers.push(status);
      if (status !== 404) continue;
      const absent = await send(route, as, never);
      expect({ ...absent.body, traceId: 0 }).toEqual({ ...body, traceId: 0 });
    }
    expect(answers.join(' ')).toBe(others);
  });

  it('has changed nothing for them', async () => {
    const { headers } = await send('GET /v1/goals/{goalId}', coachOf(ours));
    expect(headers['etag']).toBe('"4"');
    const { body } = await send('GET /v1/engagements/{engagementId}/goals', coachOf(ours));
    expect(body.items).toHaveLength(1);
  });
});

describe('a command with something wrong in its body', () => {
  // The goal is closed last: until then it takes all that is right.
  const commands = Object.entries(ROUTES)
    .filter(([route]) => route.startsWith('POST'))
    .sort(([a], [b]) => Number(a.endsWith('/close')) - Number(b.endsWith('/close')));

  it.each(commands)('%s is refused or taken, never an error of ours', async (route, row) => {
    const faults: string[] = [];
    for (const body of mutationsOf(row.body)) {
      const answer = await send(route, playing(row), ids, body);
      if (answer.status >= 500)
        faults.push(
          `${answer.status} ${JSON.stringify(answer.body)} for ${JSON.stringify(body).slice(0, 200)}`,
        );
    }
    expect(faults).toEqual([]);
  });

  it('leaves what comes after it to be published', async () => {
    const propose = 'POST /v1/engagements/{engagementId}/goals';
    expect((await send(propose, coacheeOf(ours))).status).toBe(201);
    await goals.published();
  });
});
