import { inProcesses, type Told } from '@cairn/service/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { enrollmentApp, type TestApp } from './app.js';
import { active, programme, type Programme } from './given.js';

const NOW = '2026-02-10T08:00:00.000Z';

let app: TestApp;
let to: Programme;
beforeAll(async () => {
  app = await enrollmentApp();
  to = await programme(app);
});
afterAll(() => app?.close());

it('killed after what it did because of an event, before that is noted, enrolment does it once', async () => {
  const [granted, used] = [await active(app, to), await active(app, to)];
  const ended = { ...to, coachId: randomUUID(), engagementId: randomUUID() };
  const told = (name: string, data: object) =>
    ({ name, stream: `spec-${randomUUID()}`, version: 1, at: NOW, data }) as Told;
  await app.running.published();
  await app.running.service.stop();
  const processes = inProcesses(app.running, new URL('../dist/app.module.js', import.meta.url));
  const happened = async () => {
    const { rows } = await app.running.pool.query<{ what: string }>(
      `SELECT type AS what FROM log.events WHERE metadata->'actor'->>'subject' = ANY ($1) ORDER BY position`,
      [['reaction:grant-again', 'reaction:complete-enrollment']],
    );
    return rows.map(({ what }) => what).sort();
  };
  const once = ['EnrollmentCompleted', 'MatchRequestWithdrawn', 'SessionsAllotted'];
  const booked = { sessionId: randomUUID(), startsAt: NOW, endsAt: NOW, zone: 'Europe/Berlin', by: 'coach' };
  const topics = ['cairn.enrollment.v1', 'cairn.sessions.v1'];
  const allNoted = async () => (await Promise.all(topics.map(processes.isNoted))).every(Boolean);
  try {
    const child = await processes.start(NOW);
    // It listens, and what was said before is behind it.
    await app.tell(told('SessionScheduled', { ...ended, ...granted, ...booked }));
    await processes.until('it has heard what came before', allNoted);
    await processes.killAt(child, {
      held: 'bus_in.checkpoints',
      cause: () =>
        app.tell(
          told('SessionsReturned', { ...ended, ...granted, count: 2 }),
          told('AllotmentUsed', { ...ended, ...used, completed: 11, forfeited: 1, total: 12 }),
        ),
      reached: async () => (await happened()).length === once.length,
    });
    await processes.start(NOW);
    await processes.until('it is handled', allNoted);
    expect(await happened()).toEqual(once);
  } finally {
    processes.end();
  }
});
