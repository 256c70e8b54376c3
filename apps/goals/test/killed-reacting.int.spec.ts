import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@cairn/event-store';
import { inProcesses, testService, type InProcesses, type TestService } from '@cairn/service/testing';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { definition } from '../src/app.module.js';
import { engaged, newRefs, program, themed, type Refs } from './told.js';

const NOW = '2026-07-02T09:00:00.000Z';

/** Tables that nobody may write to while the service is killed (SIGKILL): whoever does waits there. */
const POINTS = {
  'before its events are committed': 'log.events',
  'before it is noted': 'bus_in.checkpoints',
};

let goals: TestService;
let processes: InProcesses;
/** A coachee for each point, with a goal and three raters. */
const coached = new Map<string, Refs>();

beforeAll(async () => {
  goals = await testService(definition, { clock: { now: () => new Date(NOW) } });
  const programId = newId();
  await themed(goals, program(programId));
  for (const point of Object.keys(POINTS)) {
    const refs = await engaged(goals, newRefs({ programId }));
    const coachee = { roles: ['coachee' as const], personId: refs.personId };
    const coach = { roles: ['coach' as const], coachId: refs.coachId };
    const path = `/v1/engagements/${refs.engagementId}`;
    const post = (to: string, as: object, body?: object) =>
      goals.call('POST', to, { as, headers: { 'if-match': '*' }, ...(body && { body }) });
    const terms = { theme: 'giving-feedback', weight: 1, targetDate: '2026-12-01', text: 'Sooner.' };
    const { body } = await post(`${path}/goals`, coachee, terms);
    await post(`/v1/goals/${body.goalId}/agree`, coach);
    for (let n = 0; n < 3; n++) {
      const { raterId } = (await post(`${path}/pulse-raters`, coachee, {})).body;
      await post(`${path}/pulse-raters/${raterId}/approve`, { roles: ['program-admin'] });
    }
    coached.set(point, refs);
  }
  await goals.published();
  await goals.service.stop();
  processes = inProcesses(goals, new URL('../dist/app.module.js', import.meta.url));
});
afterEach(() => processes?.end());
afterAll(() => goals.stop());

it.each(Object.entries(POINTS))('killed %s, goals asks a pulse once', async (point, held) => {
  const refs = coached.get(point)!;
  const { counted, isNoted, isWaiting, until } = processes;
  const times = () =>
    counted(`log.events WHERE type = 'PulseRequested' AND data->>'engagementId' = $1`, [refs.engagementId]);
  const sessionId = newId();
  const child = await processes.start(NOW);
  // It listens, and what was said before is behind it: nothing but the session is in its hands then.
  await goals.tell(program(newId()));
  for (const topic of ['cairn.enrollment.v1', 'cairn.goals.v1'])
    await until('it has heard what came before', () => isNoted(topic));
  await processes.killAt(child, {
    held,
    cause: () =>
      goals.tell({
        name: 'SessionScheduled',
        stream: `session-${sessionId}`,
        version: 1,
        at: NOW,
        data: {
          sessionId,
          ...refs,
          startsAt: '2026-07-16T08:00:00.000Z',
          endsAt: '2026-07-16T08:45:00.000Z',
          zone: 'Europe/Berlin',
          by: 'coach',
        },
      }),
    reached: async () => (held === 'log.events' || (await times()) === 1) && (await isWaiting()),
  });
  await processes.start(NOW);
  await until('it is handled', async () => (await times()) > 0 && (await isNoted('cairn.sessions.v1')));
  await sleep(300);
  expect(await times()).toBe(1);
  expect(await counted('pulses WHERE engagement_id = $1', [refs.engagementId])).toBe(1);
});
