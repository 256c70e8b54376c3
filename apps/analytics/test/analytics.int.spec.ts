import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Subject } from '@cairn/identity';
import {
  contentHash,
  readBuilds,
  requestRebuild,
  switchProjection,
  type ProjectionStatus,
} from '@cairn/projections';
import { newId } from '@cairn/event-store';
import { discardDeadLetters, listDeadLetters, resetConsumer } from '@cairn/messaging';
import { readFileSync } from 'node:fs';
import type { ReceivedContract } from '@cairn/contracts';
import { PROJECTIONS } from '../src/app.module.js';
import { INTAKE, isSensitive } from '../src/intake/log.js';
import { runningAnalytics, type RunningAnalytics } from './running.js';
import { LARGER_EXAMPLE } from './larger-example.js';
import { COHORTS, idOf, personId, PROGRAM, TENANT, WORKED_EXAMPLE } from './worked-example.js';

const page = readFileSync(new URL('../../../docs/reference/worked-example.md', import.meta.url), 'utf8');
const END_OF_MARCH = '2026-03-31T22:00:00.000Z';
const END_OF_JANUARY = '2026-01-31T23:00:00.000Z';
/** Up to when everything is in: a day after the report. */
const COVERED = '2026-04-01T22:00:00.000Z';

let analytics: RunningAnalytics;
let now = Date.parse(COVERED) + 5000;
beforeAll(async () => {
  analytics = await runningAnalytics({ now: () => new Date(now) });
  await analytics.take(WORKED_EXAMPLE, COVERED);
});
afterAll(() => analytics.stop());

const as = (role: Subject['roles'][number], more: Partial<Subject> = {}) => ({
  as: { tenantId: TENANT, roles: [role], ...more },
});
const hr = as('hr');
const get = (path: string, options: Parameters<RunningAnalytics['call']>[2] = hr) =>
  analytics.call('GET', path, options);
const program = (path: string) => `/v1/programs/${PROGRAM}/${path}`;
const march = `asOf=${END_OF_MARCH}`;

describe('a programme, as HR sees it', () => {
  it('shows every metric of the worked example', async () => {
    const { status, body } = await get(program(`overview?${march}`));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      asOf: END_OF_MARCH,
      basis: 'occurredAt',
      complete: true,
      freshness: { enrollment: END_OF_MARCH, goals: END_OF_MARCH, sessions: END_OF_MARCH },
      program: {
        programId: PROGRAM,
        name: 'Leading well',
        minimumGroup: 5,
        cohorts: [{ name: 'Cohort A' }, { name: 'Cohort B' }],
      },
    });
    const lines = page.split('\n');
    const rows = lines.slice(lines.indexOf('| metric | value | numerator | denominator | n |') + 2);
    const expected = rows.slice(0, rows.indexOf('')).map((line) => line.slice(2, -2).split(' | '));
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(expected.map(([id]) => id));
    for (const [i, [, , numerator, denominator, n]] of expected.entries()) {
      expect(body.items[i].numerator).toBeCloseTo(Number(numerator), 6);
      expect([body.items[i].denominator, body.items[i].n]).toEqual([Number(denominator), Number(n)]);
      expect(body.items[i].source).toMatch(/^(system|self-reported)$/);
    }
  });

  it('looks from the oldest applied watermark unless it is told when', async () => {
    const { body, headers } = await get(program('overview'));
    expect(body).toMatchObject({ asOf: COVERED, complete: true, stale: false });
    expect(headers['etag']).toMatch(/^"v2v2v3v2v1\.[\w-]{22}"$/);
  });

  it('asked twice, gives the same bytes, and 304 to who has them', async () => {
    for (const path of [
      'overview',
      'metrics?dimension=cohort',
      'funnel',
      'participants',
      'between-sessions',
      'themes',
      'opinions',
      'outcomes',
      'coaches',
    ]) {
      const url = program(`${path}${path.includes('?') ? '&' : '?'}${march}`);
      const [first, second] = [await get(url), await get(url)];
      expect(second.body).toEqual(first.body);
      const etag = String(first.headers['etag']);
      expect(second.headers['etag']).toBe(etag);
      expect((await get(url, { ...hr, headers: { 'if-none-match': etag } })).status).toBe(304);
    }
  });

  it('says where it cannot be complete yet, and gives no ETag for it', async () => {
    const { body, headers } = await get(program('overview?asOf=2026-04-02T00:00:00Z'));
    expect(body).toMatchObject({ complete: false, freshness: { sessions: COVERED } });
    expect(headers).not.toHaveProperty('etag');
  });

  it('reads as it read then, by recordedAt', async () => {
    const by = async (basis: string) => {
      const { body } = await get(
        program(`metrics?metric=completion-rate&asOf=${END_OF_JANUARY}&basis=${basis}`),
      );
      return [body.items[0].numerator, body.items[0].denominator];
    };
    expect(await by('occurredAt')).toEqual([8, 8]);
    expect(await by('recordedAt')).toEqual([6, 7]);
  });

  it('takes one dimension and one period', async () => {
    const { body } = await get(program(`metrics?metric=completion-rate&dimension=cohort&${march}`));
    const found = body.items.map((item: Record<string, unknown>) => [
      item['group'],
      item['numerator'],
      item['denominator'],
    ]);
    expect(found[0]).toEqual([null, 27, 32]);
    expect(found).toContainEqual([COHORTS.A, 24, 29]);
    expect(found).toContainEqual([COHORTS.B, 3, 3]);
    const month = await get(program(`metrics?metric=completion-rate&period=2026-03&${march}`));
    expect(month.body.items).toMatchObject([{ numerator: 5, denominator: 9, period: '2026-03' }]);
  });

  it('shows the funnel, and where people stand', async () => {
    const { body } = await get(program(`funnel?${march}`));
    expect(
      body.items.map(({ group, numerator }: { group: string; numerator: number }) => [group, numerator]),
    ).toEqual([
      ['nominated', 12],
      ['invited', 12],
      ['activated', 11],
      ['matched', 8],
      ['first-session', 8],
      ['completed', 1],
    ]);
    expect(body.standings).toEqual([
      { status: 'active', reason: null, people: 8 },
      { status: 'completed', reason: null, people: 1 },
      { status: 'declined', reason: 'too-busy', people: 1 },
      { status: 'discontinued', reason: 'left-the-company', people: 1 },
      { status: 'discontinued', reason: 'too-busy', people: 1 },
    ]);
  });

  it('shows the themes', async () => {
    const { body } = await get(program(`themes?${march}`));
    expect(
      body.items.map(({ group, numerator, denominator }: Record<string, unknown>) => [
        group,
        numerator,
        denominator,
      ]),
    ).toEqual([
      [null, 7, 7],
      ['developing-direct-reports', 1, 7],
      ['giving-feedback', 3, 7],
      ['navigating-conflict', 2, 7],
      ['performance-conversations', 1, 7],
    ]);
  });

  const part = (numerator: number, denominator: number) => ({
    value: Number((numerator / denominator).toFixed(10)),
    numerator,
    denominator,
  });
  const ofC2 = ({ body }: Awaited<ReturnType<typeof get>>) =>
    body.items.find(({ coachId }: { coachId: string }) => coachId === idOf('coach C2'));
  it('shows the coaches', async () => {
    const c2 = ofC2(await get(program(`coaches?${march}`)));
    expect(c2).toEqual({
      coachId: idOf('coach C2'),
      status: 'approved',
      capacity: 4,
      activeCoachees: 2,
      coacheesInAll: 3,
      sessionsCompleted: 7,
      noShows: 1,
      lateCancellations: 0,
      sessionsMoved: 0,
      rates: {
        completion: part(7, 9),
        coachNoShow: part(1, 9),
        coachLateCancel: part(0, 9),
        movedByCoach: part(0, 10),
        coacheeNoShow: part(1, 9),
        coacheeLateCancel: part(0, 9),
        movedByCoachee: part(0, 10),
      },
      rematch: part(0, 2),
      reassessment: { latest: null, dueAt: null, isDue: false },
      credentials: [{ credential: 'ACC', issuer: 'ICF', expiresOn: '2026-02-28', valid: false }],
    });
    // To HR of some org units, of these alone: P04 to P06 are of Operations.
    const sales = ofC2(await get(program(`coaches?${march}`), as('hr', { orgUnits: ['Sales'] })));
    expect(sales).toMatchObject({ coacheesInAll: 0, rates: { completion: { denominator: 0 } } });
  });

  it('shows coaches their own figures, but for rematches', async () => {
    const { body } = await get(`/v1/me/coaching?${march}`, as('coach', { coachId: idOf('coach C2') }));
    const { rematch: _, ...c2 } = ofC2(await get(program(`coaches?${march}`)));
    expect(body.items).toEqual([{ programId: PROGRAM, ...c2 }]);
    expect((await get('/v1/me/coaching', as('coach'))).status).toBe(404);
    expect((await get(program('coaches'), as('coach', { coachId: idOf('coach C2') }))).status).toBe(403);
  });
});

describe('people', () => {
  it('are listed with status, sessions, goals and signals with reasons, a page at a time', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await get(program(`participants?limit=5${cursor || `&${march}`}`));
      seen.push(...body.items.map((each: { personId: string }) => each.personId));
      expect(body.asOf).toBe(END_OF_MARCH);
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
    } while (cursor);
    expect(seen).toHaveLength(12);
    expect(new Set(seen).size).toBe(12);
  });

  const one = async (path: string, person: string, options = hr) => {
    const { body } = await get(program(`${path}?${march}&limit=500`), options);
    return body.items.find((each: { personId: string }) => each.personId === personId(person));
  };

  it('a participant', async () => {
    expect(await one('participants', 'P05')).toMatchObject({
      status: 'active',
      coachId: idOf('coach C2'),
      lastSession: '2026-02-05T09:00:00.000Z',
      nextSession: '2026-04-02T08:00:00.000Z',
      lastActivity: '2026-03-10T18:00:00.000Z',
      sessions: { allotment: 6, completed: 2, forfeited: 1, due: 5 },
      goals: [{ goalId: expect.any(String), theme: 'developing-direct-reports', status: 'inProgress' }],
      signals: [
        {
          signal: 'no-show',
          since: '2026-02-19T09:30:00.000Z',
          reason: '2 no-shows since the last session held.',
        },
        { signal: 'no-check-in', reason: 'No check-in for 54 days while a goal is open.' },
        { signal: 'pulse-overdue' },
      ],
    });
  });

  it('between sessions: what happened since the last, and what to do', async () => {
    expect(await one('between-sessions', 'P05')).toMatchObject({
      daysSinceLastSession: 54,
      daysUntilNextSession: 1,
      practice: { committed: 1, reported: 1, overdue: 0 },
      movement: { goals: 1, forward: 0, steady: 0, back: 0, last: null },
      suggestedAction: { code: 'ask-whether-now-is-right' },
    });
    expect(await one('between-sessions', 'P07')).toMatchObject({
      daysSinceLastSession: 41,
      nextSession: null,
      daysUntilNextSession: null,
      suggestedAction: { code: 'agree-a-goal' },
    });
    expect(await one('between-sessions', 'P01')).toBeUndefined();
  });

  it('filtered by status', async () => {
    const { body } = await get(program(`participants?${march}&status=discontinued`));
    expect(body.items.map((each: { personId: string }) => each.personId).sort()).toEqual(
      [personId('P06'), personId('P08')].sort(),
    );
  });

  it('as CSV, in either way of asking', async () => {
    const csv = await get(program(`participants?${march}&format=csv`));
    expect(csv.headers['content-type']).toMatch(/^text\/csv/);
    const lines = String(csv.body).trimEnd().split('\r\n');
    expect(lines).toHaveLength(13);
    expect(lines[0]).toMatch(
      /^personId,enrollmentId,.*,signals,signalsSince,reasons,.*,suggestedAction,programId,asOf,basis,/,
    );
    expect(csv.body).toContain('2 no-shows since the last session held.');
    const asked = await get(program(`participants?${march}`), { ...hr, headers: { accept: 'text/csv' } });
    expect(asked.body).toBe(csv.body);
    expect(asked.headers['etag']).toBe(csv.headers['etag']);
    const between = await get(program(`between-sessions?${march}&format=csv`));
    expect(between.body).toContain(',openGoals,forward,steady,back,lastMovement,signals,');
    for (const path of ['overview', 'metrics', 'funnel', 'between-sessions', 'themes', 'coaches'])
      expect((await get(program(`${path}?${march}&format=csv`))).headers['content-type']).toMatch(
        /^text\/csv/,
      );
  });
});

describe('who may see what', () => {
  it('a programme admin sees participation, not the goals of single people', async () => {
    const admin = as('program-admin');
    const { body } = await get(program(`participants?${march}`), admin);
    expect(body.items).toHaveLength(12);
    for (const each of body.items) expect(each).not.toHaveProperty('goals');
    const between = await get(program(`between-sessions?${march}`), admin);
    for (const each of between.body.items) expect(each).not.toHaveProperty('movement');
    const goals = await get(program(`metrics?metric=goal-attainment&${march}`), admin);
    expect(goals.body.items).toMatchObject([{ value: null, withheld: 'too-few-people' }]);
  });

  it('the sponsor sees closed months, withheld where few contribute, and nobody’s record', async () => {
    const sponsor = as('sponsor');
    const { body } = await get(program(`metrics?metric=completion-rate&dimension=cohort&${march}`), sponsor);
    expect(body.items).toMatchObject([
      { group: null, numerator: 27, denominator: 32, through: '2026-03', withheld: null },
      { value: null, numerator: null, denominator: null, n: null, withheld: 'too-few-people' },
      { value: null, numerator: null, denominator: null, n: null, withheld: 'too-few-people' },
    ]);
    expect((await get(program('participants'), sponsor)).status).toBe(403);
    expect((await get(program('between-sessions'), sponsor)).status).toBe(403);
    expect((await get(program('coaches'), sponsor)).status).toBe(403);
    expect((await get('/v1/manager-baseline', sponsor)).status).toBe(403);
    const week = await get(program('metrics?period=2026-W10'), sponsor);
    expect([week.status, week.body.type]).toEqual([400, 'urn:cairn:problem:period-not-open']);
    const none = await get(program('metrics?period=March'), sponsor);
    expect(none.body.detail).toBe(
      'period must be one of: programme, last-12-months, a quarter (2026-Q1), a month (2026-03).',
    );
    expect((await get(program('metrics?period=March'), as('hr'))).body.detail).toContain('2026-W10');
    const then = await get(program('metrics?basis=recordedAt'), sponsor);
    expect([then.status, then.body.type]).toEqual([400, 'urn:cairn:problem:basis-not-open']);
    const size = await get(program('metrics?dimension=cohort-size'), sponsor);
    expect([size.status, size.body.type]).toEqual([400, 'urn:cairn:problem:dimension-not-open']);
  });

  it('the sponsor who coaches some of them is told of the others only where these are enough', async () => {
    const completion = async (more: object) =>
      (await get(program(`metrics?metric=completion-rate&${march}`), as('sponsor', more))).body.items[0];
    expect(await completion({})).toMatchObject({ numerator: 27, through: '2026-03' });
    // Three of six people of March are theirs: they know these sessions, and less them the total is that of the other three.
    const coach = await completion({ coachId: idOf('coach C1') });
    expect([coach.numerator, coach.through]).toEqual([22, '2026-02']);
  });

  it('a manager sees their direct reports, where the programme says so', async () => {
    const manager = as('manager', { personId: personId('P01') });
    const { body } = await get(program(`participants?${march}`), manager);
    expect(body.items.map((each: { personId: string }) => each.personId).sort()).toEqual(
      [personId('P02'), personId('P03')].sort(),
    );
    for (const each of body.items) expect(each).not.toHaveProperty('goals');
    const head = (await get(program('overview'), manager)).body.program;
    expect(head).toMatchObject({ shownTo: 'closed months', name: expect.any(String) });
    for (const term of ['capacity', 'pricingModel', 'costPerSession']) expect(head).not.toHaveProperty(term);
  });

  it('HR sees neither themselves nor their line upwards', async () => {
    const own = as('hr', { personId: personId('P02') });
    const { body } = await get(program(`participants?${march}`), own);
    const names = body.items.map((each: { personId: string }) => each.personId);
    expect(names).toHaveLength(10);
    expect(names).not.toContain(personId('P01'));
    const limited = await get(program(`participants?${march}`), as('hr', { orgUnits: ['Sales'] }));
    expect(limited.body.items).toHaveLength(6);
  });

  it('a coachee sees their own part, a coach their own coachees', async () => {
    const own = await get(`/v1/me/participation?${march}`, as('coachee', { personId: personId('P02') }));
    expect(own.body.items).toMatchObject([
      {
        programId: PROGRAM,
        personId: personId('P02'),
        sessions: { completed: 5 },
        goals: [{ status: 'attained' }],
      },
    ]);
    const coach = await get(`/v1/me/coachees?${march}`, as('coach', { coachId: idOf('coach C2') }));
    expect(coach.body.items.map((each: { personId: string }) => each.personId).sort()).toEqual(
      [personId('P04'), personId('P05')].sort(),
    );
    // Five sessions and a goal were with the coach before.
    const next = await get(`/v1/me/coachees?${march}`, as('coach', { coachId: idOf('coach C3') }));
    const handed = next.body.items.find((each: { personId: string }) => each.personId === personId('P02'));
    expect(handed).toMatchObject({ lastSession: null, sessions: { allotment: 1, completed: 0 }, goals: [] });
    expect((await get(`/v1/me/participation`, as('coachee'))).status).toBe(404);
    expect((await get(program('participants'), as('coachee', { personId: personId('P02') }))).status).toBe(
      403,
    );
  });

  it('another tenant’s programme is as if it had never existed', async () => {
    for (const path of [
      'overview',
      'metrics',
      'funnel',
      'themes',
      'participants',
      'between-sessions',
      'coaches',
    ]) {
      const other = await get(program(path), { as: { tenantId: newId(), roles: ['hr'] } });
      const never = await get(`/v1/programs/${newId()}/${path}`);
      expect([other.status, other.body.type, other.body.detail]).toEqual([
        404,
        never.body.type,
        never.body.detail,
      ]);
    }
    const baseline = await get('/v1/manager-baseline', { as: { tenantId: newId(), roles: ['hr'] } });
    expect(baseline.body.items).toEqual([]);
  });
});

describe('what is asked for wrongly', () => {
  it.each([
    ['metrics?dimension=cohort&dimension=level', 'one at a time'],
    ['metrics?dimension=cohort,level', 'one at a time'],
    ['metrics?dimension=cohort&level=manager', 'takes'],
    ['metrics?metric=happiness', 'activation-rate'],
    ['metrics?metric=completion-rate&dimension=theme', 'cohort, org-unit'],
    ['metrics?period=2026-13', '2026-Q1'],
    ['overview?asOf=yesterday', 'instant in UTC'],
    ['overview?basis=hearsay', 'recordedAt'],
    ['participants?cursor=abc', 'cursor'],
    ['participants?limit=0', '1 to 500'],
    ['participants?sort=name', 'takes'],
    ['opinions?dimension=theme', 'cohort, org-unit'],
    ['opinions?metric=theme-share&dimension=cohort', 'by theme alone'],
    ['opinions?basis=recordedAt', 'occurredAt only'],
    ['opinions?period=2026-W10', 'closed months'],
    ['outcomes?dimension=theme', 'cohort, org-unit'],
    ['outcomes?basis=recordedAt', 'occurredAt only'],
    ['outcomes?period=2026-W10', 'closed months'],
  ])('%s: 400, and what is allowed', async (path, says) => {
    const { status, body } = await get(program(path));
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(says);
  });
});

describe('what people think', () => {
  const opinions = (query: string, options?: typeof hr) => get(program(`opinions?${query}`), options);

  it('is told to hr, programme admin and sponsor alike, as in the worked example', async () => {
    const lines = page.split('\n');
    const rows = lines.slice(
      lines.indexOf('| opinion | item | source | value | bound | from | through |') + 2,
    );
    const expected = rows.slice(0, rows.indexOf('')).map((line) => line.slice(2, -2).split(' | '));
    for (const reader of [hr, as('program-admin'), as('sponsor')]) {
      const { body } = await opinions(`period=2026-03&${march}`, reader);
      const told = (body.items as Record<string, unknown>[]).filter(({ withheld }) => withheld === null);
      expect(
        told.map(({ id, item, source, value, bound, from, through }) => [
          id,
          item,
          source,
          `${value}`,
          bound ?? '–',
          from,
          through,
        ]),
      ).toEqual(expected);
    }
    expect((await opinions('', as('manager', { personId: personId('P00') }))).status).toBe(403);
  });

  it('is told to who takes part of those measures alone that they could not answer', async () => {
    const toldTo = async (person: string) => {
      const { body } = await opinions(`period=2026-03&${march}`, as('sponsor', { personId: idOf(person) }));
      return body.items.flatMap(({ id, withheld }: Record<string, unknown>) => (withheld ? [] : [id]));
    };
    // P07 has held two sessions and has no goal; P01 could answer everything.
    expect(await toldTo('person P07')).toEqual(
      ['nps', 'goal-attainment', 'theme-behaviour', 'one-to-ones-held'].concat([
        'development-conversations',
        'manager-effectiveness',
      ]),
    );
    expect(await toldTo('person P01')).toEqual([]);
    expect((await toldTo('somebody else')).length).toBeGreaterThan(5);
  });

  it('is told to coaches where they coach: what is said of coaches and the programme, but for their own words', async () => {
    const coach = (name: string) => as('coach', { coachId: idOf(`coach ${name}`) });
    const toldTo = async (reader: typeof hr) =>
      (await opinions(`period=2026-03&${march}`, reader)).body.items.filter(
        ({ id }: Record<string, string>) => ['satisfaction', 'nps', 'fit-signals'].includes(id!),
      );
    const all = (await opinions(`period=2026-03&${march}`, coach('C1'))).body.items;
    const asSponsor = await toldTo(as('sponsor'));
    const isOwnWord = ({ id, item }: Record<string, string>) => id === 'fit-signals' && item === 'coach';
    expect(all.filter((row: never) => !isOwnWord(row))).toEqual(
      asSponsor.filter((row: never) => !isOwnWord(row)),
    );
    expect(all.find(isOwnWord)).toMatchObject({ value: null, withheld: 'too-few-people' });
    expect(asSponsor.find(isOwnWord)).toMatchObject({ withheld: null });
    // C1 has three who rated.
    const { body: own } = await opinions(
      `dimension=coach&metric=satisfaction&period=2026-03&${march}`,
      coach('C1'),
    );
    expect(own.items.filter(({ group }: never) => group !== null)).toEqual(
      ['useful', 'relationship', 'progress'].map((item) =>
        expect.objectContaining({ item, group: idOf('coach C1'), withheld: 'too-few-people' }),
      ),
    );
    const pointers = [];
    for (const query of ['metric=theme-share', 'dimension=cohort', 'metric=nps&dimension=coach'])
      pointers.push((await opinions(`${query}&${march}`, coach('C1'))).body.errors[0].pointer);
    expect(pointers).toEqual(['/metric', '/dimension', '/dimension']);
    expect((await opinions(march, coach('of another programme'))).status).toBe(404);
    expect((await opinions(march, as('coach'))).status).toBe(404);
    expect((await get(program(`outcomes?${march}`), coach('C1'))).status).toBe(403);
  });

  it('says what it withholds, and of groups each that there could be', async () => {
    const { body } = await opinions(`metric=satisfaction&dimension=org-unit&${march}`);
    expect(
      body.items
        .map(({ item, group, withheld }: Record<string, unknown>) => [item, group, withheld])
        .slice(0, 4),
    ).toEqual([
      ['useful', null, null],
      ['useful', 'Operations', 'too-few-people'],
      ['useful', 'Sales', 'too-few-people'],
      ['useful', 'unknown', 'too-few-people'],
    ]);
    // Of which coaches nothing is told is not said.
    const byCoach = `dimension=coach&${march}`;
    const { body: coaches } = await opinions(byCoach);
    expect(coaches.items.map(({ id, item, group }: Record<string, unknown>) => [id, item, group])).toEqual(
      ['useful', 'relationship', 'progress'].map((item) => ['satisfaction', item, null]),
    );
    expect((await opinions(byCoach, as('program-admin'))).body.items).toEqual(coaches.items);
    expect((await opinions(byCoach, as('sponsor'))).status).toBe(400);
    expect((await opinions(`metric=nps&${byCoach}`)).status).toBe(400);
    const { body: limited } = await opinions(march, as('hr', { orgUnits: ['Operations'] }));
    for (const item of limited.items) expect(item).toMatchObject({ value: null, withheld: 'too-few-people' });
  });
});

describe('outcomes', () => {
  type Row = Record<string, unknown>;
  const READERS = [hr, as('program-admin'), as('sponsor'), as('hr', { orgUnits: ['Operations'] })];
  it('say beside each other what each source says, and nothing that is not told elsewhere', async () => {
    for (const query of ['', 'dimension=cohort&', 'period=2026-03&dimension=org-unit&'])
      for (const reader of READERS) {
        const rows = async (path: string): Promise<Row[]> =>
          (await get(program(`${path}${query}${march}`), reader)).body.items;
        const outcomes = await rows('outcomes?');
        const own = outcomes.filter(({ item }) => item === 'change');
        const metrics = await rows('metrics?metric=goal-attainment&');
        expect(own.map(({ group, value, withheld, through }) => [group, value, withheld, through])).toEqual(
          metrics.map(({ group, value, withheld, through }) => [group, value, withheld, through]),
        );
        const opinions = (await rows('opinions?')).filter(
          ({ id }) => !/satisfaction|nps|theme-share|fit-signals|rematch/.test(id as string),
        );
        expect(outcomes.filter(({ item }) => item !== 'change')).toEqual(
          opinions.map((row) => ({ ...row, outcome: expect.any(String) })),
        );
      }
  });

  it('are broken down by what all of them can be, and not by coach', async () => {
    for (const reader of READERS) {
      const { status, body } = await get(program(`outcomes?dimension=coach&${march}`), reader);
      expect([status, body.errors[0].pointer]).toEqual([400, '/dimension']);
      expect(body.errors[0].detail).toMatch(/: cohort, org-unit, level, location, tenure$/);
    }
  });

  it('are told by source, and what is withheld says so', async () => {
    const { body } = await get(program(`outcomes?${march}`));
    const said = (body.items as Row[]).map(({ outcome, id, item, source, value, withheld }) =>
      [outcome, id, item, source, withheld ?? value].join(' '),
    );
    expect(said).toEqual([
      'goals goal-attainment change self-reported 16.6934944075',
      'goals goal-attainment closing observed 52',
      'workplace theme-behaviour mean workplace 4.6',
      'workplace one-to-ones-held mean workplace 5.2',
      'workplace development-conversations mean workplace 3.4',
      'workplace manager-effectiveness mean workplace 4.8',
      ...['self-reported', 'observed'].flatMap((source) => [
        `assessment behaviour-change giving-feedback ${source} ${source === 'observed' ? 0.8 : 0.6}`,
        `assessment behaviour-change performance-conversations ${source} too-few-people`,
        `assessment behaviour-change navigating-conflict ${source} 0`,
        `assessment behaviour-change developing-direct-reports ${source} too-few-people`,
      ]),
    ]);
    expect((await get(program('outcomes'), as('manager', { personId: personId('P00') }))).status).toBe(403);
    expect((await get(program('outcomes'), as('coachee', { personId: personId('P02') }))).status).toBe(403);
    expect((await get(`/v1/programs/${newId()}/outcomes`)).status).toBe(404);
  });

  it('by others are not told to who leads one of the people', async () => {
    const { body } = await get(program(`outcomes?${march}`), as('hr', { personId: personId('P00') }));
    const told = (body.items as Row[]).filter(({ id, withheld }) => id === 'behaviour-change' && !withheld);
    expect(new Set(told.map(({ source }) => source))).toEqual(new Set(['self-reported']));
  });
});

it('a month that is not over is not told by asking from a day after it', async () => {
  const { body } = await get(
    program('metrics?metric=engaged-rate&asOf=2026-05-01T00:00:00.000Z'),
    as('sponsor'),
  );
  expect(body).toMatchObject({ complete: false, items: [{ through: '2026-03', withheld: null }] });
});

describe('what others see of somebody', () => {
  const me = (person: string, tenantId = TENANT) =>
    get('/v1/me/visibility', as('coachee', { personId: personId(person), tenantId }));
  const looked = async (person: string) =>
    (await me(person)).body.looked.map(({ day, role, what }: Record<string, unknown>) => [day, role, what]);

  it('is told to them by programme, for each role', async () => {
    const { body, status } = await me('P02');
    expect(status).toBe(200);
    expect(body.programs).toMatchObject([{ programId: PROGRAM, name: 'Leading well' }]);
    const { sees } = body.programs[0];
    expect(sees).toContainEqual({
      what: 'participation',
      coach: 'you',
      hr: 'you',
      'program-admin': 'you',
      manager: 'you',
      sponsor: 'whole',
    });
  });

  it('is recorded, by day and role, before it is shown; what is told of many is not', async () => {
    await analytics.pool.query('TRUNCATE reads.person_reads');
    const day = new Date(now).toISOString().slice(0, 10);
    const manager = as('manager', { personId: personId('P01') });
    for (const [path, options] of [
      [program('participants?limit=1'), as('program-admin')],
      [program('participants'), hr],
      [program('participants?format=csv'), hr],
      [program('between-sessions'), manager],
      ['/v1/manager-baseline?from=2026-01-01&to=2026-03-31', hr],
      [program('overview'), hr],
      [program('opinions'), hr],
    ] as const)
      expect([path, (await get(path, options)).status]).toEqual([path, 200]);
    expect(await looked('P02')).toEqual([
      [day, 'hr', 'participation'],
      [day, 'manager', 'between-sessions'],
    ]);
    expect(await looked('P01')).toEqual([
      [day, 'hr', 'participation'],
      [day, 'hr', 'team-baseline'],
    ]);
    const { rows } = await analytics.pool.query(
      "SELECT count(*)::int AS n FROM reads.person_reads WHERE role = 'program-admin'",
    );
    expect(rows).toEqual([{ n: 1 }]);
    expect((await me('P02', newId())).body).toEqual({ programs: [], looked: [] });
    expect((await get('/v1/me/visibility', hr)).status).toBe(403);
  });

  it('is told for ninety days', async () => {
    const before = await looked('P02');
    expect(before).not.toEqual([]);
    now += 90 * 86_400_000;
    expect(await looked('P02')).toEqual([]);
    now -= 90 * 86_400_000;
  });
});

describe('every list', () => {
  const coach = as('coach', { coachId: idOf('coach C2') });
  const LISTS: [path: string, options: typeof hr, ids: number][] = [
    [program('participants'), hr, 12],
    [program('between-sessions'), hr, 8],
    [program('coaches'), hr, 3],
    ['/v1/manager-baseline', hr, 2],
    ['/v1/me/coachees', coach, 2],
    ['/v1/me/coaching', coach, 1],
    ['/v1/me/participation', as('coachee', { personId: personId('P02') }), 1],
  ];
  it.each(LISTS)('%s is told a page at a time, from one moment', async (path, options, count) => {
    const whole = await get(`${path}?${march}`, options);
    expect(whole.body.items).toHaveLength(count);
    expect(whole.body).not.toHaveProperty('nextCursor');
    const seen: unknown[] = [];
    for (let query: string | undefined = `limit=1&${march}`; query;) {
      const { status, body } = await get(`${path}?${query}`, options);
      expect([status, body.asOf, body.items.length]).toEqual([200, END_OF_MARCH, 1]);
      seen.push(...body.items);
      query = body.nextCursor && `limit=1&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual(whole.body.items);
  });
  it.each(LISTS)(
    '%s refuses a cursor that is none of its own, and a limit out of range',
    async (path, options) => {
      const other = path.endsWith('participants') ? '/v1/manager-baseline' : program('participants');
      const { body } = await get(`${other}?limit=1`);
      for (const query of ['cursor=abc', `cursor=${body.nextCursor}`, 'limit=0', 'limit=501', 'limit=x']) {
        const { status } = await get(`${path}?${query}`, options);
        expect({ query, status }).toEqual({ query, status: 400 });
      }
    },
  );
});

describe('before the programme was known', () => {
  const then = 'asOf=2026-01-02T08:30:00.000Z&basis=recordedAt';
  const REPORTS = ['overview', 'metrics', 'funnel', 'themes', 'participants', 'between-sessions', 'coaches'];
  it.each(REPORTS)('%s is empty, and says why', async (path) => {
    const { status, body, headers } = await get(program(`${path}?${then}`));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      programId: PROGRAM,
      complete: true,
      items: [],
      note: { code: 'not-yet-known' },
    });
    expect(headers).toHaveProperty('etag');
    expect((await get(`/v1/programs/${newId()}/${path}?${then}`)).status).toBe(404);
    const known = await get(program(`${path}?asOf=2026-01-02T09:30:00.000Z&basis=recordedAt`));
    expect(known.body).not.toHaveProperty('note');
  });
  it('opinions are empty, and say why', async () => {
    const { body } = await get(program('opinions?asOf=2026-01-02T08:30:00.000Z'));
    expect(body.items.every(({ withheld }: { withheld: string }) => withheld)).toBe(true);
  });
  it('is not open to those who see closed months', async () => {
    expect((await get(program(`overview?${then}`), as('sponsor'))).status).toBe(400);
  });
});

describe('figures as CSV', () => {
  const csv = async (path: string) => {
    const { body } = await get(`${path}${path.includes('?') ? '&' : '?'}${march}&format=csv`);
    const [head, ...lines] = String(body)
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(','));
    return lines.map((line) => Object.fromEntries(line.map((cell, i) => [head![i]!, cell])));
  };
  it('name their period and what stands beside on every line', async () => {
    const lines = await csv(program('overview'));
    for (const line of lines)
      expect(line).toMatchObject({ period: 'programme', asOf: END_OF_MARCH, basis: 'occurredAt' });
    expect(lines[1]).toMatchObject({
      metric: 'time-to-match',
      beside: 'unit days; median 6; p90 none; notReachedByDay 60; open 2; withdrawn 1',
    });
  });
  it('name their period and the totals: the baseline', async () => {
    const lines = await csv('/v1/manager-baseline?from=2026-01-01&to=2026-03-31');
    expect(lines).toHaveLength(2);
    for (const line of lines)
      expect(line).toMatchObject({
        from: '2026-01-01',
        to: '2026-03-31',
        countedBy: 'membership',
        employedInAll: '13',
        leftInAll: '1',
        asOf: END_OF_MARCH,
      });
  });
  it('are rounded once: no digits that only binary fractions have, in either form', async () => {
    for (const path of ['overview', 'metrics?dimension=cohort', 'funnel', 'themes']) {
      const url = program(`${path}${path.includes('?') ? '&' : '?'}${march}`);
      for (const { body } of [await get(url), await get(`${url}&format=csv`)])
        expect(JSON.stringify(body)).not.toMatch(/\d\.\d{11}/);
    }
    const fit = (await csv(program('overview'))).find(({ metric }) => metric === 'match-fit');
    expect(fit).toMatchObject({ numerator: '4.3', value: '0.7166666667' });
  });
});

describe('a CSV carries what the JSON does, and no figure that it does not', () => {
  const READERS = {
    hr,
    sponsor: as('sponsor'),
    admin: as('program-admin'),
    coachee: as('coachee', { personId: personId('P05') }),
    coach: as('coach', { coachId: idOf('coach C2') }),
  };
  const early = 'asOf=2026-01-02T08:30:00.000Z&basis=recordedAt';
  const measures = ['overview', 'metrics?dimension=cohort&', 'funnel', 'themes'].map(program);
  const lists = ['participants', 'between-sessions', 'coaches'].map(program);
  const baseline = '/v1/manager-baseline';
  const of = (reader: keyof typeof READERS, paths: string[], query = march) =>
    paths.map((path) => [reader, path.endsWith('&') ? `${path}${query}` : `${path}?${query}`] as const);

  it.each([
    ...of('hr', [...measures, ...lists, baseline]),
    ...of('hr', [...measures, ...lists, baseline], early),
    ...of('hr', [program('overview'), program('participants'), baseline], ''),
    ...of('hr', [program('participants')], `limit=2&${march}`),
    ...of('hr', [program('participants')], `status=waitlisted&${march}`),
    ...of('hr', [baseline], `from=2026-02-14&to=2026-03-31&${march}`),
    ...of('sponsor', [...measures, program('opinions'), program('outcomes')]),
    ...of('hr', [program('outcomes')]),
    ...of('admin', [...measures, ...lists, baseline]),
    ...of('coachee', ['/v1/me/participation']),
    ...of('coach', ['/v1/me/coachees', '/v1/me/coaching']),
  ])('%s: %s', async (reader, path) => {
    const { items, nextCursor: _, ...beside } = (await get(path, READERS[reader])).body;
    const csv = await get(`${path}&format=csv`, READERS[reader]);
    const lines = String(csv.body).trimEnd().split('\r\n').slice(1);
    // Without items there is a line for what stands beside them.
    expect(lines).toHaveLength(items.length || 1);
    for (const [i, line] of lines.entries())
      expect(compared(line, { ...beside, item: items[i] })).toEqual({ missing: [], unknown: null });
  });

  /** Takes each value out of the line once, long ones first: which are not in it, and the figures that are left. */
  function compared(line: string, answer: object) {
    const missing: string[] = [];
    let left = line;
    for (const [path, value] of valuesIn(answer).sort(([, a], [, b]) => b.length - a.length)) {
      const whole = new RegExp(`(?<![\\w.-])${value.replace(/\W/g, '\\$&')}(?![\\w-]|\\.\\w)`);
      if (!whole.test(left)) missing.push(`${path} ${value}`);
      left = left.replace(whole, '|');
    }
    return { missing, unknown: /(?<![\w.-])\d.*/.exec(left)?.[0] ?? null };
  }

  /** Every value but null. The programme's id and the first action are said twice in JSON, and once in CSV. */
  function valuesIn(answer: object): [path: string, value: string][] {
    const all = Object.entries(answer).flatMap(([name, value]): [string, string][] => {
      if (value === null || value === undefined) return [];
      if (typeof value !== 'object') return [[name, String(value)]];
      return valuesIn(value).map(([path, each]) => [`${name}.${path}`, each]);
    });
    return all.filter(([path]) => !/program\.programId|suggestedAction\.code/.test(path));
  }
});

describe('the manager baseline', () => {
  it('says which days its data speaks of, and where a period has none of them', async () => {
    const data = { from: '2020-03-01', to: '2026-02-13' };
    const { body: usual } = await get('/v1/manager-baseline');
    expect(usual).toMatchObject({ from: '2025-04-02', to: '2026-04-01', data });
    expect(usual).not.toHaveProperty('note');
    const { body: late } = await get('/v1/manager-baseline?from=2026-02-14&to=2026-03-31');
    expect(late).toMatchObject({ data, note: { code: 'no-data-in-period' } });
    expect(late.note.text).toContain('2020-03-01 to 2026-02-13');
    const early = 'asOf=2019-01-01T00:00:00.000Z&basis=recordedAt';
    const { body: never } = await get(`/v1/manager-baseline?${early}`);
    expect(never).toMatchObject({ data: null, items: [], note: { code: 'no-data-in-period' } });
  });

  it('is answered for hr and programme admins, from the people’s facts', async () => {
    const { body, status } = await get('/v1/manager-baseline?from=2026-01-01&to=2026-03-31');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: 'manager-baseline',
      countedBy: 'membership',
      totals: { employedOnFirstDay: 13, left: 1, unknownTeamByMembership: 0 },
    });
    const p00 = body.items.find(({ managerId }: { managerId: string }) => managerId === personId('P00'));
    expect(p00).toMatchObject({ teamSizeOnFirstDay: 10, left: 1, engagementMean: null });
    const named = await get(
      '/v1/manager-baseline?from=2026-01-01&to=2026-03-31&countedBy=managerNamed',
      as('program-admin'),
    );
    expect(named.body.countedBy).toBe('managerNamed');
    expect((await get('/v1/manager-baseline')).body).toMatchObject({ from: '2025-04-02', to: '2026-04-01' });
    for (const period of [
      'from=2026-02-01&to=2026-01-01',
      'from=2030-01-01',
      `from=2026-02-01&asOf=${END_OF_JANUARY}`,
    ]) {
      const refused = await get(`/v1/manager-baseline?${period}`);
      expect({ period, status: refused.status }).toEqual({ period, status: 400 });
      expect(refused.body.errors).toMatchObject([{ pointer: '/to' }]);
    }
    const csv = await get('/v1/manager-baseline?from=2026-01-01&to=2026-03-31&format=csv');
    expect(csv.body).toMatch(/^managerId,teamSizeOnFirstDay,left,/);
  });
});

describe('what is kept', () => {
  /** Of the builds that are read. */
  const hashes = async () => {
    const builds = await readBuilds(analytics.pool);
    return Promise.all(
      PROJECTIONS.map(({ name, tables }) =>
        contentHash(
          analytics.pool,
          tables,
          builds.find((build) => build.name === name),
        ),
      ),
    );
  };

  it('is the same when it is built again from the log', async () => {
    const before = await hashes();
    const overview = await get(program(`overview?${march}`));
    for (const { name } of PROJECTIONS) await requestRebuild(analytics.pool, name);
    expect((await get(program('overview'))).status).toBe(200);
    await analytics.until(
      () => get('/v1/freshness'),
      ({ body }) =>
        body.projections.filter(({ state }: { state: string }) => state === 'ready').length ===
        PROJECTIONS.length,
    );
    for (const { name } of PROJECTIONS) await switchProjection(analytics.pool, PROJECTIONS, name);
    expect((await readBuilds(analytics.pool)).map(({ build }) => build)).toEqual(PROJECTIONS.map(() => 2));
    expect(await hashes()).toEqual(before);
    expect((await get(program(`overview?${march}`))).body).toEqual(overview.body);
  });

  it('what comes again, sent twice or read from the beginning, is in once', async () => {
    const before = await hashes();
    const count = async () =>
      (await analytics.pool.query('SELECT count(*)::int AS n FROM imported.events')).rows[0].n;
    expect(await count()).toBe(WORKED_EXAMPLE.length);
    await resetConsumer(analytics.pool, INTAKE, 'beginning');
    await analytics.take(WORKED_EXAMPLE, COVERED);
    expect(await count()).toBe(WORKED_EXAMPLE.length);
    expect(await hashes()).toEqual(before);
  });

  it('is as fresh as its oldest source', async () => {
    const { body } = await get('/v1/freshness', as('integration'));
    expect(body).toMatchObject({ healthy: true, asOf: COVERED });
    expect(body.sources).toEqual(
      ['enrollment', 'goals', 'sessions'].map((source) => ({ source, covered: COVERED, ageSeconds: 5 })),
    );
    const read = body.projections.filter(({ isRead }: { isRead: boolean }) => isRead);
    expect(read.map(({ name, state }: { name: string; state: string }) => [name, state])).toEqual([
      ['opinions', 'live'],
      ['participation', 'live'],
      ['people', 'live'],
      ['programs', 'live'],
      ['visibility', 'live'],
    ]);
  });

  it('is told of one state, whatever is taken in meanwhile', async () => {
    const later = (by: string) => `UPDATE bus_in.watermarks SET covered = covered ${by} interval '1 day'`;
    const client = await analytics.pool.connect();
    try {
      await client.query('BEGIN; LOCK TABLE bus_in.watermarks IN ACCESS EXCLUSIVE MODE');
      const asked = get('/v1/freshness');
      // Not the consumer, which looks at them too.
      const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
        AND application_name <> 'cairn-analytics-inbox'`;
      while ((await client.query(waits)).rowCount === 0) await new Promise((done) => setTimeout(done, 10));
      await client.query(`${later('+')}; COMMIT`);
      expect((await asked).body.asOf).toBe(COVERED);
    } finally {
      await client.query(`ROLLBACK; ${later('-')}`);
      client.release();
    }
  });

  it('is offered as a feed to integrations', async () => {
    const integration = as('integration');
    const events: { type: string }[] = [];
    for (let next = ''; ;) {
      const { body } = await get(`/v1/events?limit=100${next && `&after=${next}`}`, integration);
      events.push(...body.events);
      if (body.events.length === 0) break;
      next = body.next;
    }
    const open = WORKED_EXAMPLE.filter(({ envelope }) => !isSensitive(envelope));
    expect(events).toHaveLength(open.length);
    expect((await get('/v1/events?sensitive=true', integration)).status).toBe(403);
    expect((await get('/v1/events?sensitive=true', as('integration', { sensitive: true }))).status).toBe(200);
    expect((await get('/v1/events')).status).toBe(403);
  });
});

describe('what is put aside', () => {
  const overview = async () => {
    const { body, headers } = await get(program(`overview?${march}`));
    return { complete: body.complete, etag: 'etag' in headers };
  };
  const poison = (tenantid: string) => ({
    topic: 'cairn.sessions.v1',
    partition: 0,
    key: newId(),
    value: Buffer.from('{}'),
    headers: { tenantid, other: '\0' },
  });
  const lettersAre = async (count: number) => {
    for (;;) {
      const letters = await listDeadLetters(analytics.pool, INTAKE);
      if (letters.length === count) return letters;
      await new Promise((done) => setTimeout(done, 20));
    }
  };

  it('is missing in the reports of its own tenant alone, which are not complete until it is seen to', async () => {
    await analytics.bus.publish([poison(newId())]);
    await lettersAre(1);
    expect(await overview()).toEqual({ complete: true, etag: true });
    await analytics.bus.publish([poison(TENANT)]);
    const letters = await lettersAre(2);
    expect(await overview()).toEqual({ complete: false, etag: false });
    const ids = letters.map(({ id }) => id);
    await discardDeadLetters(analytics.pool, INTAKE, ids, 'it says nothing');
    await lettersAre(0);
    expect(await overview()).toEqual({ complete: true, etag: true });
  });
});

describe('what gets old', () => {
  it('is said of every answer without asOf, and of the source', async () => {
    now += 26_000;
    try {
      expect((await get(program('overview'))).body).toMatchObject({ asOf: COVERED, stale: true });
      expect((await get(program('participants'))).body.stale).toBe(true);
      // A past report is as good as ever.
      expect((await get(program(`overview?${march}`))).body).not.toHaveProperty('stale');
      const { body } = await get('/v1/freshness');
      expect(body).toMatchObject({ healthy: false, asOf: COVERED });
      for (const source of body.sources) expect(source.ageSeconds).toBe(31);
    } finally {
      now -= 26_000;
    }
    expect((await get('/v1/freshness')).body.healthy).toBe(true);
  });
});

/** A further event of one that was published, as its service would publish it next. */
let further = 0;
function another(name: ReceivedContract['name'], like: string, data: object, of?: string): ReceivedContract {
  const model = WORKED_EXAMPLE.findLast(
    ({ name: its, envelope }) => its === like && (of === undefined || envelope.subject === of),
  )!;
  const { type, dataschema } = model.envelope;
  const kebab = name.replace(/[A-Z]/g, (letter, at: number) => (at ? '-' : '') + letter.toLowerCase());
  return {
    name,
    data,
    envelope: {
      ...model.envelope,
      id: newId(),
      type: type.replace(/[a-z-]+\.v1$/, `${kebab}.v1`),
      dataschema: dataschema.replace(like, name),
      streamversion: 100 + ++further,
      logposition: String(100_000 + further).padStart(16, '0'),
      recordedtime: COVERED,
      data,
    },
  } as unknown as ReceivedContract;
}
const take = async (event: ReceivedContract) => {
  await analytics.publish([event]);
  const is = async () =>
    (await analytics.pool.query('SELECT count(*)::int AS n FROM imported.events')).rows[0].n;
  while ((await is()) < WORKED_EXAMPLE.length + further) await new Promise((done) => setTimeout(done, 20));
  await analytics.until(
    () => get('/v1/freshness'),
    ({ body }) =>
      body.projections.every(({ isRead, state }: ProjectionStatus) => !isRead || state === 'live'),
  );
};

const added = WORKED_EXAMPLE.findLast(({ name }) => name === 'PersonAdded')!;
const held = WORKED_EXAMPLE.findLast(({ name }) => name === 'SessionCompleted')!;
const { durationMinutes: _, auto: __, policyVersion: ___, ...refs } = held.data as Record<string, unknown>;
const rated = () =>
  another('SessionRated', 'SessionCompleted', { ...refs, useful: 1, relationship: 2, progress: 1 });

it('how the engagement with an internal coach was rated is shown to nobody in HR', async () => {
  const approved = WORKED_EXAMPLE.findLast(({ name }) => name === 'CoachApproved')!;
  const asSponsor = async (coach: object) =>
    (await get(program(`overview?asOf=${COVERED}`), as('sponsor', coach))).body.items;
  const { coachId } = approved.data as { coachId: string };
  const byCoach = await asSponsor({ coachId });
  expect(await asSponsor({ personId: personId('P00') })).not.toEqual(byCoach);
  await take(another('CoachApproved', 'CoachApproved', { ...approved.data, personId: personId('P00') }));
  // A token that says nothing of it: they coach all the same, and know their coachees.
  expect(await asSponsor({ personId: personId('P00') })).toEqual(byCoach);
  // As a coach they are shown to HR, but not to themselves, nor to whom they lead.
  const isShownTo = async (personId: string) =>
    JSON.stringify((await get(program(`coaches?asOf=${COVERED}`), as('hr', { personId }))).body).includes(
      coachId,
    );
  expect(await isShownTo(idOf('somebody else'))).toBe(true);
  for (const person of ['P00', 'P01', 'P02']) expect(await isShownTo(personId(person))).toBe(false);
  const paths = [
    'overview',
    'metrics?dimension=cohort',
    'funnel',
    'themes',
    'participants',
    'between-sessions',
    'coaches',
  ].map((path) => program(`${path}${path.includes('?') ? '&' : '?'}asOf=${COVERED}`));
  const read = async () => {
    const answers = [];
    for (const role of ['hr', 'program-admin'] as const)
      for (const path of [...paths, `/v1/manager-baseline?asOf=${COVERED}`])
        answers.push((await get(path, as(role))).body);
    return answers;
  };
  const before = await read();
  await take(rated());
  await take(another('SessionThemesRecorded', 'SessionCompleted', { ...refs, themes: ['giving-feedback'] }));
  expect(await read()).toEqual(before);
});

it('what the other services have shown of somebody is told to them, each day, role and kind of page once', async () => {
  const looked = async (person: string) => {
    const { body } = await get('/v1/me/visibility', as('coachee', { personId: personId(person) }));
    return body.looked.filter(({ what }: { what: string }) => what === 'sessions');
  };
  const said = { on: '2026-03-03', role: 'hr', what: 'sessions' };
  for (const data of [
    { ...said, personIds: [personId('P02')] },
    { ...said, personIds: [personId('P03'), personId('P02')] },
    { ...said, role: 'manager', personIds: [personId('P02')] },
  ])
    await take(another('SessionsShown', 'SessionCompleted', data));
  const byHr = { day: '2026-03-03', role: 'hr', what: 'sessions' };
  expect(await looked('P02')).toEqual([byHr, { ...byHr, role: 'manager' }]);
  expect(await looked('P03')).toEqual([byHr]);
  expect(await looked('P04')).toEqual([]);
});

it('the feed gives a tenant its own events alone, and how sessions were rated to whoever may read that alone', async () => {
  const person = another('PersonAdded', 'PersonAdded', { ...added.data, personId: newId() });
  const theirs = { ...person, envelope: { ...person.envelope, tenantid: newId() } };
  await take(theirs);
  const opinion = rated();
  await take(opinion);
  const read = async (more: Partial<Subject> = {}) => {
    const { body } = await get(
      `/v1/events?limit=1000&sensitive=${more.sensitive ?? false}`,
      as('integration', more),
    );
    return body.events.map(({ id }: { id: string }) => id);
  };
  const [open, all] = [await read(), await read({ sensitive: true })];
  expect(all).toContain(opinion.envelope.id);
  expect(open).not.toContain(opinion.envelope.id);
  expect(all).not.toContain(theirs.envelope.id);
  expect(await read({ tenantId: theirs.envelope.tenantid, sensitive: true })).toEqual([theirs.envelope.id]);
});

describe('what a date does not open', () => {
  const dates = ['2026-02-15T00:00:00.000Z', '2026-03-19T00:00:00.000Z', END_OF_MARCH, COVERED];

  it('to HR: whoever was in their line upwards on another day', async () => {
    const stream = `person-${personId('P02')}`;
    await take(
      another(
        'PersonChanged',
        'PersonAdded',
        {
          personId: personId('P02'),
          kind: 'managerChanged',
          effectiveOn: '2026-03-20',
          dateBasis: 'column',
          managerId: personId('P05'),
        },
        stream,
      ),
    );
    const own = as('hr', { personId: personId('P02') });
    for (const date of dates)
      for (const basis of ['occurredAt', 'recordedAt']) {
        const { body } = await get(program(`participants?asOf=${date}&basis=${basis}`), own);
        const names = body.items.map((each: { personId: string }) => each.personId);
        for (const hidden of ['P01', 'P02', 'P05']) expect(names).not.toContain(personId(hidden));
        expect(names).toHaveLength(9);
      }
    for (const to of ['2026-03-19', '2026-03-31']) {
      const { body } = await get(`/v1/manager-baseline?from=2026-01-01&to=${to}`, own);
      expect(body).toMatchObject({ items: [], totals: { employedOnFirstDay: 0 } });
    }
  });

  it('to HR: how many of others, or of their line upwards, the rules let in', async () => {
    for (const [person, eligible] of [
      ['P00', true],
      ['P01', true],
      ['P07', true],
      ['P08', false],
    ] as const)
      await take(
        another('EligibilityEvaluated', 'ProgramCreated', {
          programId: PROGRAM,
          personId: personId(person),
          ruleVersion: 1,
          eligible,
          ruleCodes: eligible ? [] : ['level'],
        }),
      );
    const letIn = async (options: typeof hr) => (await get(program('funnel'), options)).body.eligible;
    expect(await letIn(hr)).toBe(3);
    expect(await letIn(as('program-admin'))).toBe(3);
    expect(await letIn(as('hr', { orgUnits: ['Operations'] }))).toBe(2);
    expect(await letIn(as('hr', { orgUnits: ['Sales'] }))).toBe(1);
    expect(await letIn(as('hr', { personId: personId('P02') }))).toBe(1);
    expect(await letIn(as('sponsor'))).toBeUndefined();
  });

  it('to HR of a unit: who is not in it any more, though nobody says where they are', async () => {
    const sales = async (date: string) => {
      const { body } = await get(program(`participants?asOf=${date}`), as('hr', { orgUnits: ['Sales'] }));
      return body.items.map((each: { personId: string }) => each.personId);
    };
    for (const date of dates) expect(await sales(date)).toContain(personId('P08'));
    const moved = {
      personId: personId('P08'),
      kind: 'moved',
      effectiveOn: '2026-03-20',
      dateBasis: 'column',
    };
    const stream = `person-${personId('P08')}`;
    await take(another('PersonChanged', 'PersonAdded', { ...moved, cleared: ['department'] }, stream));
    for (const date of dates) expect(await sales(date)).not.toContain(personId('P08'));
  });

  it('to managers: single records, once the programme has closed them, nor before it had opened them', async () => {
    const manager = as('manager', { personId: personId('P01') });
    const open = async (date: string) =>
      (await get(program(`participants?asOf=${date}`), manager)).status === 200;
    const says = (managersSeeParticipation: boolean, effectiveOn: string) =>
      take(
        another('ProgramChanged', 'ProgramCreated', {
          programId: PROGRAM,
          effectiveOn,
          changes: { managersSeeParticipation },
        }),
      );
    expect(await open(END_OF_JANUARY)).toBe(true);
    await says(false, '2026-03-01');
    for (const date of dates) expect(await open(date)).toBe(false);
    await says(true, '2026-04-02');
    expect(await Promise.all(dates.map(open))).toEqual([true, false, false, true]);
  });

  it('to tenants: how much of others is in the log', async () => {
    const paths = [`overview?${march}`, `participants?${march}&limit=1`].map(program);
    const all = async () => {
      const answers = await Promise.all(paths.map((path) => get(path)));
      return answers.map(({ headers, body }) => [headers['etag'], body.nextCursor]);
    };
    const before = await all();
    await take(another('PersonAdded', 'PersonAdded', { ...added.data, personId: newId() }));
    expect(await all()).toEqual(before);
    const { body } = await get('/v1/freshness', as('sponsor'));
    expect(JSON.stringify(body)).not.toContain('position');
  });

  it('what a raised minimum group withholds: the heading names the one that is applied, from every date', async () => {
    const named = async (date: string) =>
      (await get(program(`overview?asOf=${date}`), as('sponsor'))).body.program.minimumGroup;
    expect(await named(END_OF_JANUARY)).toBe(5);
    const raised = { programId: PROGRAM, effectiveOn: '2026-04-01', changes: { minimumGroup: 6 } };
    await take(another('ProgramChanged', 'ProgramCreated', raised));
    for (const date of dates) expect(await named(date)).toBe(6);
  });
});

it('a projection that makes no progress while work waits is told of, whatever the watermarks say', async () => {
  const client = await analytics.pool.connect();
  try {
    // The clock of what is said of progress is the database's.
    now = Date.now();
    await client.query(
      `UPDATE projections.builds SET progressed_at = now() - interval '31 seconds' WHERE name = 'people'`,
    );
    await client.query('BEGIN');
    await client.query(`SELECT FROM projections.builds WHERE name = 'people' FOR UPDATE`);
    const event = another('PersonAdded', 'PersonAdded', { ...added.data, personId: newId() });
    await analytics.publish([event]);
    const until = new Date(now).toISOString();
    await analytics.cover(until);
    const status = () => get('/v1/freshness');
    const stuck = ({ body }: Awaited<ReturnType<typeof status>>) =>
      body.projections.find(({ name, isRead }: ProjectionStatus) => isRead && name === 'people').state ===
      'behind';
    expect(stuck(await analytics.until(status, stuck))).toBe(true);
    expect((await status()).body.healthy).toBe(false);
    const flow = await get('/health/flow');
    expect([flow.status, JSON.stringify(flow.body)]).toEqual([
      503,
      expect.stringMatching(/"name":"projections","healthy":false/),
    ]);
    expect((await get('/health/ready')).status).toBe(200);
    await client.query('ROLLBACK');
    const again = await analytics.until(status, ({ body }) => body.healthy);
    expect(again.body).toMatchObject({ healthy: true, asOf: until });
  } finally {
    client.release(true);
  }
});

it('how reliable questions are is known by what all people of the tenant answered before', async () => {
  const until = new Date(Math.max(now + 1, Date.parse('2026-07-01T00:00:00.000Z'))).toISOString();
  const after = LARGER_EXAMPLE.map(({ envelope, ...event }) => {
    const logposition = String(200_000 + Number(envelope.logposition)).padStart(16, '0');
    return { ...event, envelope: { ...envelope, logposition } } as ReceivedContract;
  });
  await analytics.take(after, until);
  const path = 'opinions?metric=behaviour-change&period=2026-06';
  const { body } = await get(`/v1/programs/${idOf('larger program')}/${path}`);
  const own = body.items.find(({ source }: Record<string, unknown>) => source === 'self-reported');
  expect(own.beside.reliablyBetter).toMatchObject({ withheld: null });
});

it('reports are whole and right while projections are built anew and switched to, and events go on coming', async () => {
  const nominated = WORKED_EXAMPLE.findLast(({ name }) => name === 'ParticipantNominated')!;
  const fixed = ['overview', 'participants', 'opinions'].map((path) => program(`${path}?${march}`));
  const before = await Promise.all(fixed.map(async (path) => (await get(path)).body));
  const there = (await get(program('funnel'))).body.items[0].numerator;
  const at: string[] = [];
  const over = new AbortController();
  const telling = async () => {
    while (!over.signal.aborted) {
      const time = new Date().toISOString();
      at.push(time);
      const ids = { enrollmentId: newId(), personId: newId() };
      const event = another(nominated.name, nominated.name, { ...nominated.data, ...ids });
      const subject = `enrollment-${ids.enrollmentId}`;
      const logposition = String(300_000 + at.length).padStart(16, '0');
      const place = { subject, streamversion: 1, time, recordedtime: time, logposition };
      const envelope = { ...event.envelope, ...place };
      await analytics.take([{ ...event, envelope } as ReceivedContract], time);
    }
  };
  let read = 0;
  const reading = async () => {
    for (; !over.signal.aborted; read++) {
      const { status, body } = await get(program('funnel'));
      const told = at.filter((time) => time <= body.asOf).length;
      expect([status, body.items?.[0].numerator]).toEqual([200, there + told]);
      const path = read % fixed.length;
      expect((await get(fixed[path]!)).body).toEqual(before[path]);
    }
  };
  const busy = Promise.all([telling(), reading()]);
  busy.catch(() => over.abort());
  const builds = (await readBuilds(analytics.pool)).map(({ build }) => build);
  try {
    for (const { name } of PROJECTIONS) await requestRebuild(analytics.pool, name);
    for (const { name } of PROJECTIONS) {
      await analytics.until(
        () => get('/v1/freshness'),
        ({ body }) =>
          body.projections.some((each: ProjectionStatus) => each.name === name && each.state === 'ready'),
      );
      await switchProjection(analytics.pool, PROJECTIONS, name);
    }
    const [tellings, readings] = [at.length, read];
    while (!over.signal.aborted && (at.length === tellings || read < readings + fixed.length))
      await new Promise((done) => setTimeout(done, 20));
  } finally {
    over.abort();
  }
  await busy;
  expect((await readBuilds(analytics.pool)).map(({ build }) => build)).toEqual(
    builds.map((build) => build + 1),
  );
});
