import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newId } from '@cairn/event-store';
import { testService, type Told, type TestService } from '@cairn/service/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { definition } from '../src/app.module.js';
import { coachApproved, enrolmentOf, matchOf, plannedEngagement, program } from './told.js';

const ONE_SERVICE = fileURLToPath(new URL('one-service.mjs', import.meta.url));
const BEFORE = '2026-03-02T12:00:00.000Z';

/*
 * A service does something by itself: because of another's event, or because a time has come. It is killed (SIGKILL) on
 * the way, and another process takes over. Whatever the moment was, it is done once.
 */
let sessions: TestService;
const children = new Set<ChildProcess>();
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
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});
afterAll(() => sessions.stop());

const until = async (what: string, holds: () => Promise<boolean>) => {
  for (const end = Date.now() + 60_000; !(await holds()); await sleep(10))
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
};
const counted = async (sql: string, values: unknown[] = []) => {
  const { rows } = await sessions.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, values);
  return rows[0]!.n;
};

/** The service in a process of its own, whose clock shows `now`. */
async function inProcess(now: string): Promise<ChildProcess> {
  const config = {
    port: 0,
    databaseUrl: sessions.databaseUrl,
    eventStore: { kind: 'postgres' },
    bus: { kind: 'postgres', url: sessions.busUrl, partitions: sessions.partitions, createTopics: true },
    identity: { issuer: 'urn:cairn:spec', audience: 'cairn', keys: { keys: [] } },
  };
  const child = spawn(process.execPath, [ONE_SERVICE, JSON.stringify({ config, now })], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.add(child);
  await once(child, 'message');
  return child;
}

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
  'before its events are committed': () => ({ held: 'log.events', reached: isWaiting }),
  'after its events, before it is noted': ({ noted, times }) => ({
    held: noted,
    reached: async () => (await times()) === 1 && (await isWaiting()),
  }),
  'once it is noted': ({ times, isNoted }) => ({
    reached: async () => (await times()) === 1 && (await isNoted()),
  }),
};
const isWaiting = async () =>
  (await counted(`pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)) > 0;

async function killedAt(point: string, work: Work): Promise<void> {
  const child = await inProcess(BEFORE);
  const { held, reached } = POINTS[point]!(work);
  await work.known?.();
  const client = await sessions.pool.connect();
  try {
    await client.query('BEGIN');
    if (held !== undefined) await client.query(`LOCK TABLE ${held} IN SHARE MODE`);
    await work.cause(child);
    await until(point, reached);
    child.kill('SIGKILL');
    await once(child, 'exit');
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
  await inProcess(work.then);
  await until('it is handled', async () => (await work.times()) > 0 && (await work.isNoted()));
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
    const isNoted = async () => {
      const states = await sessions.bus.describe(['cairn.enrollment.v1']);
      const { partitions } = states.get('cairn.enrollment.v1')!;
      const { rows } = await sessions.pool.query<{ partition: number; offset: number }>(
        `SELECT partition, "offset"::int AS offset FROM bus_in.checkpoints WHERE topic = 'cairn.enrollment.v1'`,
      );
      return rows.every(({ partition, offset }) => offset === partitions[partition]!.high - 1);
    };
    await killedAt(point, {
      noted: 'bus_in.checkpoints',
      then: BEFORE,
      known: async () => {
        await sessions.tell(...told);
        await until('what comes before is known', isNoted);
      },
      cause: () => sessions.tell(match.coachMatched()),
      times: () =>
        counted(`log.events WHERE type = 'EngagementPlanned' AND data->>'matchId' = $1`, [match.matchId]),
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
      times: () => counted(`log.events WHERE type = 'SessionAwaitingConfirmation' AND stream = $1`, [stream]),
      isNoted: async () =>
        (await counted('deadlines.due WHERE due_at <= $1 AND key LIKE $2', [endsAt, `${stream}%`])) === 0,
    });
  });
});
