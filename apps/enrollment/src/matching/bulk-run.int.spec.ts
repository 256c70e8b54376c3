import { RefusedError } from '@cairn/decider';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { enrollmentApp, type TestApp } from '../../test/app.js';
import { coach } from '../../test/coaches.js';
import { active, expectStatus, person, programme, type Programme } from '../../test/given.js';
import { Transactions } from '../transact.js';

let shared: TestApp;
let app: TestApp;
let to: Programme;
beforeAll(async () => {
  shared = await enrollmentApp();
});
afterAll(() => shared?.close());
beforeEach(async () => {
  app = shared.inNewTenant();
  app.clock.set('2026-01-05T08:00:00.000Z');
  to = await programme(app, { capacity: 100 });
});

const run = (key?: string) =>
  app.as('hr').post(`/programs/${to.programId}/cohorts/${to.cohortId}/match`, {}, key ? { key } : {});

type Pair = { personId: string; coachId: string };

/** Four coachees and two coaches: one has what two of them want most, the other one place for anybody. */
async function cohort() {
  const wanted = await coach(app, 'C-1', { capacity: 2, specialties: ['giving-feedback'] });
  const other = await coach(app, 'C-2', { capacity: 1, specialties: ['navigating-conflict'] });
  const ofRef = async (employeeId: string, themes: string[]) => {
    const { personId } = await person(app, { employeeId });
    return active(app, to, { personId, preferences: { themes } });
  };
  const coachees = [
    await ofRef('E1', ['navigating-conflict']),
    await ofRef('E2', ['giving-feedback']),
    await ofRef('E3', ['giving-feedback']),
    await ofRef('E4', []),
  ];
  return { wanted, other, coachees };
}

describe('a bulk run', () => {
  it('matches the cohort at the optimum and names the constraint of who is left out', async () => {
    const { wanted, other, coachees } = await cohort();
    const result = expectStatus(200, await run());
    const coachOf = new Map(result.assigned.map(({ personId, coachId }: Pair) => [personId, coachId]));
    expect(coachees.map(({ personId }) => coachOf.get(personId))).toEqual([other, wanted, wanted, undefined]);
    expect(result.unassigned).toEqual([
      expect.objectContaining({
        personId: coachees[3]!.personId,
        constraint: 'capacity',
        meaning: 'the coach has a place left',
      }),
    ]);
    expect(result.totalFit).toBeCloseTo(
      result.assigned.reduce((sum: number, { score }: { score: number }) => sum + score, 0),
      6,
    );
    const matched = (await app.events()).filter(({ type }) => type === 'CoachMatched');
    expect(matched.map(({ data }) => (data as { assigned: string }).assigned)).toEqual([
      'bulk',
      'bulk',
      'bulk',
    ]);
    expect((await app.as('hr').get(`/coaches/${wanted}`)).body.placesTaken).toBe(2);
    expect((await app.as('hr').get('/matches?status=active')).body.items).toHaveLength(3);
  });

  it('run again has nothing left to do', async () => {
    await cohort();
    await run();
    const events = (await app.events()).length;
    const again = expectStatus(200, await run());
    expect(again.assigned).toEqual([]);
    expect(again.unassigned).toHaveLength(1);
    expect(await app.events()).toHaveLength(events);
  });

  it('that broke off midway goes on under its key, to the same end', async () => {
    const { wanted, other, coachees } = await cohort();
    const transactions = app.http.get(Transactions);
    const whole = transactions.run.bind(transactions);
    let writes = 0;
    const spy = jest.spyOn(transactions, 'run').mockImplementation((identity, work) => {
      writes += 1;
      return writes > 1 ? Promise.reject(new Error('the process ends here')) : whole(identity, work);
    });
    expect((await run('k')).status).toBe(500);
    spy.mockRestore();
    expect((await app.events()).filter(({ type }) => type === 'CoachMatched')).toHaveLength(1);

    const result = expectStatus(200, await run('k'));
    const coachOf = new Map(result.assigned.map(({ personId, coachId }: Pair) => [personId, coachId]));
    expect(coachees.map(({ personId }) => coachOf.get(personId))).toEqual([other, wanted, wanted, undefined]);
    expect((await app.events()).filter(({ type }) => type === 'CoachMatched')).toHaveLength(3);
  });

  it('looks again for whom others took the place', async () => {
    const { wanted, other } = await cohort();
    const taken = new RefusedError({ kind: 'conflict', slug: 'coach-full', detail: 'others were faster' });
    const spy = jest.spyOn(app.http.get(Transactions), 'run').mockRejectedValueOnce(taken);
    const { assigned, leftOut } = expectStatus(200, await run());
    spy.mockRestore();
    expect(assigned.map(({ coachId }: Pair) => coachId).sort()).toEqual([other, wanted, wanted].sort());
    expect(leftOut).toEqual([]);
  });

  it('looks again where the coach that it found has declined meanwhile', async () => {
    const wanted = await coach(app, 'C-1', { specialties: ['giving-feedback'] });
    const other = await coach(app, 'C-2', { specialties: [] });
    const { enrollmentId, personId } = await active(app, to);
    const match = `/enrollments/${enrollmentId}/match`;
    const transactions = app.http.get(Transactions);
    const whole = transactions.run.bind(transactions);
    const spy = jest.spyOn(transactions, 'run').mockImplementationOnce(async (identity, work, keep) => {
      expectStatus(200, await app.as('hr').post(`${match}/shortlist`));
      const coachee = app.as('coachee', { personId });
      expectStatus(200, await coachee.post(`${match}/propose`, { coachId: wanted }));
      const declining = app.as('coach', { coachId: wanted });
      expectStatus(200, await declining.post(`${match}/decline`, { code: 'no-capacity' }));
      return whole(identity, work, keep);
    });
    const { assigned } = expectStatus(200, await run());
    spy.mockRestore();
    expect(assigned).toMatchObject([{ personId, coachId: other }]);
  });

  it('leaves alone whose request was withdrawn meanwhile, and opened anew', async () => {
    await coach(app, 'C-1');
    const { enrollmentId, personId } = await active(app, to);
    const match = `/enrollments/${enrollmentId}/match`;
    const transactions = app.http.get(Transactions);
    const whole = transactions.run.bind(transactions);
    const spy = jest.spyOn(transactions, 'run').mockImplementationOnce(async (identity, work, keep) => {
      expectStatus(200, await app.as('hr').post(`${match}/withdraw`, {}));
      expectStatus(200, await app.as('hr').post(`${match}/shortlist`));
      return whole(identity, work, keep);
    });
    const { assigned, leftOut } = expectStatus(200, await run());
    spy.mockRestore();
    expect(assigned).toEqual([]);
    expect(leftOut).toMatchObject([{ personId, reason: 'shortlisted' }]);
  });

  it('names those whose place others took each time, and takes them along when it is run again', async () => {
    const { wanted, other, coachees } = await cohort();
    const transactions = app.http.get(Transactions);
    const taken = new RefusedError({ kind: 'conflict', slug: 'coach-full', detail: 'others were faster' });
    const spy = jest.spyOn(transactions, 'run').mockRejectedValue(taken);
    const outrun = expectStatus(200, await run());
    spy.mockRestore();
    expect(outrun.assigned).toEqual([]);
    expect([...outrun.unassigned, ...outrun.leftOut].map(({ personId }: Pair) => personId).sort()).toEqual(
      coachees.map(({ personId }) => personId).sort(),
    );
    expect(outrun.unassigned).toHaveLength(1);
    expect(outrun.leftOut.map(({ reason }: { reason: string }) => reason)).toEqual([
      'outrun',
      'outrun',
      'outrun',
    ]);
    const again = expectStatus(200, await run());
    expect(again.assigned.map(({ coachId }: Pair) => coachId).sort()).toEqual([other, wanted, wanted].sort());
    expect(again.leftOut).toEqual([]);
  });

  it('leaves the choice to whoever has a shortlist or has proposed, and names them', async () => {
    const { wanted, coachees } = await cohort();
    for (const { enrollmentId } of coachees.slice(0, 2))
      expectStatus(200, await app.as('hr').post(`/enrollments/${enrollmentId}/match/shortlist`));
    const [choosing, proposing] = coachees;
    const coachee = app.as('coachee', { personId: proposing!.personId });
    const proposed = `/enrollments/${proposing!.enrollmentId}/match/propose`;
    expectStatus(200, await coachee.post(proposed, { coachId: wanted }));
    const { leftOut, assigned, unassigned } = expectStatus(200, await run());
    expect(leftOut).toHaveLength(2);
    expect(leftOut).toContainEqual(
      expect.objectContaining({ personId: choosing!.personId, reason: 'shortlisted' }),
    );
    expect(leftOut).toContainEqual(
      expect.objectContaining({ personId: proposing!.personId, reason: 'proposed' }),
    );
    expect([...assigned, ...unassigned, ...leftOut]).toHaveLength(coachees.length);
  });

  it('leaves out who is paused, and who asked after its time', async () => {
    const { coachees } = await cohort();
    await app.as('hr').post(`/enrollments/${coachees[1]!.enrollmentId}/pause`, { reason: 'project' });
    const integration = app.as('integration');
    const early = await integration.post(
      `/programs/${to.programId}/cohorts/${to.cohortId}/match`,
      {},
      { occurredAt: '2026-01-05T07:00:00.000Z', onBehalfOf: 'hr' },
    );
    expect(early.body).toEqual({ assigned: [], unassigned: [], leftOut: [], totalFit: 0 });
    const result = expectStatus(200, await run());
    expect(result.leftOut).toMatchObject([{ personId: coachees[1]!.personId, reason: 'paused' }]);
    expect(result.assigned.map(({ personId }: Pair) => personId)).not.toContain(coachees[1]!.personId);
    expect(result.assigned).toHaveLength(3);
  });

  it('is told 404 for a cohort that is not of the programme', async () => {
    const other = await programme(app, { name: 'Another' });
    const reply = await app.as('hr').post(`/programs/${to.programId}/cohorts/${other.cohortId}/match`);
    expect(reply.status).toBe(404);
  });
});
