import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Subject } from '@cairn/identity';
import { people } from '../src/projections/people/people.js';
import { keptIn } from '../src/reading/kept.js';
import { opinionsFor } from '../src/reading/opinion-reader.js';
import { coachesHidden, reportFor } from '../src/reading/program-reader.js';
import type { Snapshot } from '../src/reading/snapshot.js';
import { Snapshots } from '../src/reading/snapshots.js';
import { idOf, plus, publishing, TENANT, utc } from './publishing.js';
import { runningAnalytics, type RunningAnalytics } from './running.js';
import { policy } from './worked-example.js';

/**
 * Fourteen coachees of two coaches, of whom six each have rated a session: enough to be told of by coach. The first of the
 * coaches is the manager of Hannah, who is in HR, and of the coachee A.
 */
const { events, say } = publishing();
const PROGRAM = idOf('program by coach');
const MINE = { coachId: idOf('coach who is a manager') };
const OTHER = { coachId: idOf('coach from outside') };
const JANUARY = utc('01-05 09:00');

const cohort = { programId: PROGRAM, cohortId: idOf('cohort by coach') };
say(`program-${PROGRAM}`, 'ProgramCreated', JANUARY, {
  programId: PROGRAM,
  name: 'By coach',
  track: 'manager',
  startsOn: '2026-01-01',
  endsOn: '2026-12-31',
  zone: 'UTC',
  cadence: 'bi-weekly',
  allotment: 8,
  capacity: 40,
  activationDays: 14,
  sessionPolicy: policy,
  minimumGroup: 5,
  themes: ['giving-feedback'],
  costPerSession: { amount: 200, currency: 'EUR' },
  pricingModel: 'session',
  managersSeeParticipation: true,
});
say(`cohort-${cohort.cohortId}`, 'CohortOpened', JANUARY, { ...cohort, name: 'C', opensOn: '2026-01-01' });

function somebody(name: string, managerId?: string): string {
  const personId = idOf(`person of ${name}`);
  const placed = { department: 'Making', location: 'Dresden', dateBasis: 'column' } as const;
  say(`person-${personId}`, 'PersonAdded', '2021-03-01T00:00:00.000Z', {
    personId,
    startedOn: '2021-03-01',
    placeholder: false,
    level: 'manager',
    ...placed,
    ...(managerId === undefined ? {} : { managerId }),
  });
  return personId;
}
const MANAGER = somebody('the manager');
const HANNAH = somebody('Hannah', MANAGER);
for (const [coach, more] of [
  [MINE, { personId: MANAGER }],
  [OTHER, {}],
] as const)
  say(`coach-${coach.coachId}`, 'CoachApproved', JANUARY, {
    ...coach,
    ...more,
    capacity: 20,
    levels: ['manager'],
    specialties: [],
    styles: [],
    languages: ['en'],
    zone: 'UTC',
  });
[...'ABCDEFGHIJKLMN'].forEach((name, n) => {
  const coach = n < 7 ? MINE : OTHER;
  const personId = somebody(name, name === 'A' ? MANAGER : undefined);
  const enrolled = { enrollmentId: idOf(`enrolment of ${name}`), ...cohort, personId };
  const matched = { matchId: idOf(`match of ${name}`), ...enrolled };
  const session = {
    sessionId: idOf(`session of ${name}`),
    engagementId: idOf(`engagement of ${name}`),
    ...enrolled,
    ...coach,
  };
  const [enrolment, match, held] = [
    `enrollment-${enrolled.enrollmentId}`,
    `match-${matched.matchId}`,
    `session-${session.sessionId}`,
  ];
  const on = utc('02-02 09:00');
  say(enrolment, 'ParticipantNominated', JANUARY, { ...enrolled, by: 'hr' });
  say(enrolment, 'InvitationSent', JANUARY, { ...enrolled, deadline: utc('01-19 09:00'), number: 1 });
  say(enrolment, 'EnrollmentActivated', JANUARY, { ...enrolled, privacyNoticeVersion: '1' });
  say(match, 'MatchRequested', JANUARY, { ...matched, kind: 'first' });
  const parts = [{ name: 'themes', weight: 1, value: 0.8 }];
  say(match, 'CoachMatched', JANUARY, { ...matched, ...coach, score: 0.8, parts, assigned: 'bulk' });
  const times = { startsAt: on, endsAt: plus(on, 3_600_000), zone: 'UTC' };
  say(held, 'SessionScheduled', JANUARY, { ...session, ...times, by: 'coach' });
  const outcome = { durationMinutes: 60, auto: false, policyVersion: 1 };
  say(held, 'SessionCompleted', plus(on, 3_900_000), { ...session, ...outcome });
  const score = n < 7 ? 2 : 4;
  if (n % 7 < 6)
    say(held, 'SessionRated', plus(on, 4_000_000), { ...session, useful: score, relationship: score, progress: score }); // prettier-ignore
});

/** In a department that nobody had been in before. */
say(`person-${idOf('somebody in Welding')}`, 'PersonAdded', utc('03-10 09:00'), {
  personId: idOf('somebody in Welding'),
  startedOn: '2026-03-10',
  placeholder: false,
  level: 'manager',
  department: 'Welding',
  location: 'Dresden',
  dateBasis: 'column',
});

const COVERED = '2026-04-01T00:00:00.000Z';
let analytics: RunningAnalytics;
/** Up to when all is in: an answer is complete up to then. */
let covered = '2026-02-20T00:00:00.000Z';
/** What was told of February while not all of it was in. */
let early: Row[];
beforeAll(async () => {
  analytics = await runningAnalytics({ now: () => new Date(COVERED) });
  await analytics.take(events, covered);
  early = await rows(`${FEBRUARY}&asOf=${COVERED}`, as(['hr']));
  covered = COVERED;
  await analytics.take([], covered);
});
afterAll(() => analytics.stop());

type Row = Record<string, unknown>;
const FEBRUARY = 'opinions?metric=satisfaction&dimension=org-unit&period=2026-02';
const as = (roles: Subject['roles'], more: Partial<Subject> = {}) => ({
  as: { tenantId: TENANT, roles, ...more },
});
const rows = async (path: string, options: ReturnType<typeof as>): Promise<Row[]> => {
  const { status, body } = await analytics.call('GET', `/v1/programs/${PROGRAM}/${path}`, options);
  expect([path, status, body.complete]).toEqual([path, 200, body.asOf <= covered]);
  return body.items;
};

it('a month is told once all of it is in, whatever day is asked for, by the departments that there were', async () => {
  const told = (items: readonly Row[]) =>
    items.filter(({ item }) => item === 'useful').map(({ group, value }) => [group, value]);
  expect(told(early)[0]).toEqual([null, null]);
  const later = told(await rows(`${FEBRUARY}&asOf=2026-03-01T00:00:00Z`, as(['hr'])));
  expect(later[0]).toEqual([null, 3]);
  expect(later.map(([group]) => group)).toEqual([null, 'Making', 'unknown']);
});

describe('a coach who is above somebody in HR, or is them', () => {
  const readers = [
    ['who reports to them', as(['hr'], { personId: HANNAH })],
    ['who is them', as(['hr'], { personId: MANAGER })],
    ['whose token says so', as(['hr', 'coach'], MINE)],
  ] as const;

  it('is told of to others by coach', async () => {
    const told = async (options: ReturnType<typeof as>) =>
      (await rows('opinions?metric=satisfaction&dimension=coach&period=2026-02', options))
        .filter(({ item, group }) => item === 'useful' && group !== null)
        .map(({ group, value }) => [group, value]);
    const both = [[MINE.coachId, 2], [OTHER.coachId, 4]].sort(); // prettier-ignore
    expect((await told(as(['hr']))).sort()).toEqual(both);
    expect((await told(as(['program-admin'], { personId: HANNAH }))).sort()).toEqual(both);
    expect(await told(as(['coach'], MINE))).toEqual([[MINE.coachId, 2]]);
    // The total less the other coach’s would be theirs: nothing is told by coach.
    for (const [, reader] of readers) expect(await told(reader)).toEqual([]);
  });

  it.each(readers)('is not among the coaches to somebody %s', async (_, reader) => {
    const ids = async (options: ReturnType<typeof as>) =>
      (await rows('coaches', options)).map(({ coachId }) => coachId);
    expect(await ids(reader)).toEqual([OTHER.coachId]);
    expect(await ids(as(['hr']))).toHaveLength(2);
  });
});

it('the line upwards of somebody in HR is looked for once, whatever one answer is made of', async () => {
  const hannah = {
    tenantId: TENANT,
    subject: 'h',
    sensitive: false,
    roles: ['hr'],
    personId: HANNAH,
  } as const;
  const clock = { now: () => new Date(COVERED) };
  const snapshots = new Snapshots(analytics.pool, clock, keptIn, () => Promise.resolve(false));
  // Who is above the manager, whom alone Hannah reports to.
  const isOfManager = (query: string) => query.includes(people.table) && query.includes(`["${MANAGER}"]`);
  let looked = 0;
  await snapshots.read(TENANT, { basis: 'occurredAt' }, async (snapshot) => {
    const query = (...asked: Parameters<Snapshot['client']['query']>) => {
      if (isOfManager(JSON.stringify(asked))) looked++;
      return snapshot.client.query(...asked);
    };
    const watched = { ...snapshot, client: { query } } as unknown as Snapshot;
    await reportFor(watched, hannah, PROGRAM);
    await opinionsFor(watched, hannah, PROGRAM);
    expect(await coachesHidden(watched, hannah)).toEqual(new Set([MINE.coachId]));
  });
  expect(looked).toBe(1);
});

it('who reads of themselves, or of their coachees, is not recorded', async () => {
  const a = idOf('person of A');
  const looked = async () =>
    (await analytics.call('GET', '/v1/me/visibility', as(['coachee'], { personId: a }))).body.looked;
  await rows('participants', as(['program-admin', 'coachee'], { personId: a }));
  await rows('between-sessions', as(['program-admin', 'coach'], MINE));
  expect(await looked()).toEqual([]);
  await rows('participants', as(['program-admin', 'coach'], OTHER));
  expect(await looked()).toMatchObject([{ role: 'program-admin', what: 'participation' }]);
});

it('a manager is not told who coaches those who report to them', async () => {
  for (const page of ['participants', 'between-sessions']) {
    const [own] = await rows(page, as(['manager'], { personId: MANAGER }));
    expect([own!['personId'], own!['coachId']]).toEqual([idOf('person of A'), null]);
    const all = await rows(page, as(['hr']));
    expect(all.find(({ personId }) => personId === own!['personId'])!['coachId']).toBe(MINE.coachId);
  }
});

it('of what one projection has yet to take in nothing counts as covered, from the earliest on', async () => {
  const { rows } = await analytics.pool.query<{ position: string; source: string; at: Date }>(
    'SELECT position, source, recorded_at AS at FROM imported.events ORDER BY position',
  );
  const client = await analytics.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(`UPDATE projections.builds SET position = lpad($1, 16, '0') WHERE name = 'people'`, [
      rows.at(-8)!.position,
    ]);
    const { covered } = await keptIn(client);
    for (const [source, until] of covered) {
      const ahead = rows.slice(-7).filter((row) => row.source === `/cairn/${source}`);
      const earliest = Math.min(...ahead.map(({ at }) => at.getTime() - 1), Date.parse(COVERED));
      expect([source, until?.getTime()]).toEqual([source, earliest]);
    }
    expect([...covered.values()].map(String)).not.toEqual(
      Array.from(covered, () => String(new Date(COVERED))),
    );
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});
