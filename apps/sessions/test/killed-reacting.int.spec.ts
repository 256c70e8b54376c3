import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@cairn/event-store';
import {
  inProcesses,
  testService,
  type InProcesses,
  type TestService,
  type Told,
} from '@cairn/service/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { definition } from '../src/app.module.js';
import { coachApproved, enrolmentOf, matchOf, plannedEngagement, program } from './told.js';

const BEFORE = '2026-03-02T12:00:00.000Z';

/*
 * A service does something by itself: because of another's event, or because a time has come. It is killed (SIGKILL) on
 * the way, and another process takes over. Whatever the moment was, it is done once.
 */
let sessions: TestService;
let processes: InProcesses;
/** A session for each point, on a day of its own, and when it ends. */
const booked = new Map<string, { sessionId: string; endsAt: string }>();
beforeAll(async () => {
  sessions = await testService(definition, { clock: { now: () => new Date(BEFORE) } });
  for (const [n, point] of Object.keys(POINTS).entries()) {
    const { engagementId, coachee } = await plannedEngagement(sessions);
    const { body } = await sessions.call('POST', `/v1/engagements/${engagementId}/sessions`, {
      as: coachee,
      body: { startsAt: `2026-03-1${n}T09:00`, zone: 'Europe/Berlin', durationMinutes: 60 },
    });
    booked.set(point, body);
  }
  await sessions.service.stop();
  processes = inProcesses(sessions, new URL('../dist/app.module.js', import.meta.url));
});
afterEach(() => processes?.end());
afterAll(() => sessions.stop());

/** What is done by itself: where it shows, and where it is noted as handled. */
interface Work {
  readonly noted: 'bus_in.checkpoints' | 'deadlines.due';
  /** What the clock of the one who takes over shows. */
  readonly then: string;
  /** What is known before. */
  readonly known?: () => Promise<unknown>;
  /** Brings it about. */
  readonly cause: (child: ChildProcess) => Promise<unknown>;
  /** How often it has been done. */
  readonly times: () => Promise<number>;
  readonly isNoted: () => Promise<boolean>;
}

/** Tables that nobody may write to, so that whoever does waits there; and what says that it has come so far. */
const POINTS: Readonly<Record<string, (work: Work) => { held?: string; reached: () => Promise<boolean> }>> = {
  'before its events are committed': () => ({ held: 'log.events', reached: () => processes.isWaiting() }),
  'after its events, before it is noted': ({ noted, times }) => ({
    held: noted,
    reached: async () => (await times()) === 1 && (await processes.isWaiting()),
  }),
  'once it is noted': ({ times, isNoted }) => ({
    reached: async () => (await times()) === 1 && (await isNoted()),
  }),
};

async function killedAt(point: string, work: Work): Promise<void> {
  const child = await processes.start(BEFORE);
  await work.known?.();
  await processes.killAt(child, { ...POINTS[point]!(work), cause: () => work.cause(child) });
  await processes.start(work.then);
  await processes.until('it is handled', async () => (await work.times()) > 0 && (await work.isNoted()));
  await sleep(300);
  expect(await work.times()).toBe(1);
}

describe.each(Object.keys(POINTS))('killed %s', (point) => {
  it('a service does once what follows from an event', async () => {
    const enrolment = enrolmentOf({ programId: newId(), personId: newId() });
    const match = matchOf(enrolment, newId());
    const told: Told[] = [
      program(enrolment.refs.programId),
      coachApproved(match.coachMatched().data['coachId' as never]),
      enrolment.nominated(),
      enrolment.allotted(6, 6),
    ];
    const isNoted = () => processes.isNoted('cairn.enrollment.v1');
    await killedAt(point, {
      noted: 'bus_in.checkpoints',
      then: BEFORE,
      known: async () => {
        await sessions.tell(...told);
        await processes.until('what comes before is known', isNoted);
      },
      cause: () => sessions.tell(match.coachMatched()),
      times: () =>
        processes.counted(`log.events WHERE type = 'EngagementPlanned' AND data->>'matchId' = $1`, [
          match.matchId,
        ]),
      isNoted,
    });
  });

  it('a service does once what is due at a time', async () => {
    const { sessionId, endsAt } = booked.get(point)!;
    const stream = `session-${sessionId}`;
    await killedAt(point, {
      noted: 'deadlines.due',
      then: endsAt,
      cause: async (child) => child.send(endsAt),
      times: () =>
        processes.counted(`log.events WHERE type = 'SessionAwaitingConfirmation' AND stream = $1`, [stream]),
      isNoted: async () =>
        (await processes.counted('deadlines.due WHERE due_at <= $1 AND key LIKE $2', [
          endsAt,
          `${stream}%`,
        ])) === 0,
    });
  });
});
