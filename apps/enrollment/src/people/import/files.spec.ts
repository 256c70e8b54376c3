import { createReadStream, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { managerBaseline, type Period } from '@cairn/manager-baseline';
import { emptyDirectory } from './directory.js';
import { applied } from './fixtures/given.js';
import type { ImportMapping } from './mapping.js';
import { checkMapping } from './mapping-check.js';
import { type ImportPlan, planImport, type RowOutcome } from './plan.js';
import { readPeople } from './read-people.js';

const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url);
const read = async (path: string | URL, mapping: ImportMapping) => {
  const reading = await readPeople(createReadStream(path), mapping, '2026-06-01T00:00:00.000Z');
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading;
};
const mappingIn = (path: URL): ImportMapping => {
  const checked = checkMapping(JSON.parse(readFileSync(path, 'utf8')));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.mapping;
};
const count = (plan: ImportPlan, type: string) =>
  plan.changes.flatMap(({ events }) => events).filter((event) => event.type === type).length;

describe('a small file with every trap of a real one', () => {
  const mapping = mappingIn(fixture('people.json'));
  const settled = { ...mapping, placeholders: ['Vera Stone'], notAPerson: ['Supervisory Board'] };

  it('is read: mark, line ends, "Last, First  M", spaces, days', async () => {
    const { format, file } = await read(fixture('people.csv'), mapping);
    expect(format).toEqual({
      encoding: 'utf-8',
      bom: true,
      encodingGiven: false,
      encodingBecause: 'its byte order mark says so',
      delimiter: ',',
      delimiterGiven: false,
    });
    expect(file.rejected).toEqual([]);
    expect(file.rows).toHaveLength(12);
    expect(file.rows[0]).toMatchObject({
      givenName: 'Edith K',
      familyName: 'Marlow',
      department: 'Leadership',
    });
    expect(file.rows[5]).toMatchObject({ leftOn: '2018-08-19', leavingReason: 'voluntary', line: 7 });
  });

  it('leaves open who two managers are, names who might be meant, and applies nothing', async () => {
    const { file } = await read(fixture('people.csv'), mapping);
    const plan = planImport(emptyDirectory, file, mapping);
    expect(plan.status).toBe('rejected');
    // "Edith Marlow" and "Edith K. Marlow" are one person in two spellings; so is Hugo MacNeil.
    expect(plan.managers.names).toEqual({ employees: 5, placeholders: 0, nobody: 0, unresolved: 2 });
    expect(
      plan.managers.unresolved.map(({ name, reports, departments, candidates }) => [
        name,
        reports,
        departments,
        candidates.map(({ employeeId }) => employeeId),
      ]),
    ).toEqual([
      ['Vera Stone', 2, ['Numbers'], ['E12']],
      ['Supervisory Board', 1, ['Leadership'], []],
    ]);
    expect(plan.rows[9]).toMatchObject({
      line: 11,
      outcome: 'rejected',
      errors: [{ column: 'Manager', code: 'unknown-manager', found: 'Vera Stone' }],
    });
  });

  it('is planned whole once the mapping settles them', async () => {
    const { file } = await read(fixture('people.csv'), settled);
    const plan = planImport(emptyDirectory, file, settled);
    expect(plan).toMatchObject({
      status: 'ready',
      counts: { rows: 12, created: 12, rejected: 0, placeholdersCreated: 1 },
      managers: { names: { employees: 5, placeholders: 1, nobody: 1, unresolved: 0 }, unresolved: [] },
    });
    expect(plan.changes.at(-1)).toMatchObject({
      key: 'placeholder:vera stone',
      events: [{ type: 'PersonAdded', on: '2014-04-01', data: { placeholder: true, level: 'manager' } }],
    });
    expect([count(plan, 'PersonLeft'), count(plan, 'LeavingReasonRecorded')]).toEqual([3, 3]);
    // Scores of those gone before the survey, and a review after its person had left, are not theirs.
    expect([count(plan, 'EngagementScoreRecorded'), count(plan, 'PerformanceRatingRecorded')]).toEqual([
      8, 10,
    ]);
    expect(plan.notes.map(({ code, lines }) => [code, lines])).toEqual([
      ['rating-outside-employment', [11]],
      ['score-outside-employment', [7, 8, 11]],
    ]);
  });

  it('gives the same plan in whatever order its rows stand, and changes nothing the second time', async () => {
    const { file } = await read(fixture('people.csv'), settled);
    const expected = planImport(emptyDirectory, file, settled);
    const shuffled = fc.shuffledSubarray([...file.rows], { minLength: file.rows.length });
    fc.assert(
      fc.property(shuffled, (rows) => {
        const again = { ...file, rows: rows.map((row, i) => ({ ...row, line: i + 2 })) };
        const plan = planImport(emptyDirectory, again, settled);
        expect(plan.changes).toEqual(expected.changes);
        expect(plan.counts).toEqual(expected.counts);
        const second = planImport(applied(emptyDirectory, plan), again, { ...settled, complete: true });
        expect(second.status).toBe('nothing-changed');
      }),
    );
  });

  it('names in the same way, in whatever order its rows stand, what is wrong with them', async () => {
    const { file } = await read(fixture('people.csv'), mapping);
    const what = (plan: ImportPlan) => ({
      rows: plan.rows.map((row: RowOutcome) => [row.employeeId, row.outcome, ...codes(row)]).toSorted(),
      unresolved: plan.managers.unresolved,
      changes: plan.changes,
    });
    const codes = (row: RowOutcome) => (row.outcome === 'rejected' ? row.errors.map(({ code }) => code) : []);
    const expected = what(planImport(emptyDirectory, file, mapping, true));
    const shuffled = fc.shuffledSubarray([...file.rows], { minLength: file.rows.length });
    fc.assert(
      fc.property(shuffled, (rows) => {
        const again = { ...file, rows: rows.map((row, i) => ({ ...row, line: i + 2 })) };
        expect(what(planImport(emptyDirectory, again, mapping, true))).toEqual(expected);
      }),
    );
  });
});

const sample = process.env['CAIRN_HRIS_SAMPLE'];
const real = sample ? describe : describe.skip;
if (!sample) console.warn('CAIRN_HRIS_SAMPLE names no file: what is pinned on the real HR file is skipped.');

real('the real file', () => {
  const mapping = mappingIn(new URL('../../../mappings/hr-dataset-v14.json', import.meta.url));
  const bare = { ...mapping, placeholders: undefined, notAPerson: undefined };

  it('has the header by which its mapping is found', async () => {
    expect((await read(sample!, mapping)).header).toEqual(mapping.header);
  });

  it('has 311 employees, 104 of them gone; its newest review is of 2019-02-28', async () => {
    const { file, format } = await read(sample!, mapping);
    expect(format).toMatchObject({ encoding: 'utf-8', bom: true, delimiter: ',' });
    expect(file.rejected).toEqual([]);
    expect(file.rows).toHaveLength(311);
    expect(file.rows.filter(({ standing }) => standing === 'left')).toHaveLength(104);
    const reviews = file.rows.map(({ performanceRating }) => performanceRating?.reviewedOn ?? '');
    expect(reviews.toSorted().at(-1)).toBe('2019-02-28');
  });

  it('names 16 managers who are in it and five who are not; its manager ids are no employee ids', async () => {
    const { file } = await read(sample!, bare);
    const ids = new Set(file.rows.map(({ employeeId }) => employeeId));
    expect(file.rows.some(({ managerId }) => managerId && ids.has(managerId))).toBe(false);
    const plan = planImport(emptyDirectory, file, bare);
    expect(plan.status).toBe('rejected');
    expect(plan.managers.names).toEqual({ employees: 16, placeholders: 0, nobody: 0, unresolved: 5 });
    expect(plan.managers.unresolved.map(({ name, reports }) => [name, reports])).toEqual([
      ['Michael Albert', 22],
      ['David Stanley', 21],
      ['Webster Butler', 21],
      ['Alex Sweetwater', 9],
      ['Board of Directors', 2],
    ]);
  });

  it('is planned whole by its mapping, with four placeholders, and changes nothing the second time', async () => {
    const { file } = await read(sample!, mapping);
    const plan = planImport(emptyDirectory, file, mapping);
    expect(plan).toMatchObject({
      status: 'ready',
      counts: { rows: 311, created: 311, rejected: 0, placeholdersCreated: 4 },
      managers: { names: { employees: 16, placeholders: 4, nobody: 1, unresolved: 0 } },
    });
    expect([count(plan, 'PersonAdded'), count(plan, 'PersonLeft')]).toEqual([315, 104]);
    const second = planImport(applied(emptyDirectory, plan), file, { ...mapping, complete: true });
    expect(second).toMatchObject({ status: 'nothing-changed', counts: { unchanged: 311 } });
  });

  it('gives the manager baseline of 2018: 219 employed on the first day, 13 left, 9 of them from two teams', async () => {
    const { file } = await read(sample!, mapping);
    const rows = baselineRows(planImport(emptyDirectory, file, mapping));
    const year: Period = { from: '2018-01-01', to: '2018-12-31' };
    const named = managerBaseline(rows, year, 'managerNamed');
    expect(named.totals).toMatchObject({
      employedOnFirstDay: 219,
      left: 13,
      inTeams: 217,
      withoutManager: 2,
    });
    const team = (manager: string) => named.managers.find(({ managerId }) => managerId === manager);
    const kissy = file.rows.find(
      ({ givenName, familyName }) => `${givenName} ${familyName}` === 'Kissy Sullivan',
    )!;
    expect(team('placeholder:michael albert')).toMatchObject({ teamSizeOnFirstDay: 18, left: 5 });
    expect(team(kissy.key)).toMatchObject({ teamSizeOnFirstDay: 14, left: 4 });
    // All managers named for these 219 were there by then: none of their teams is unknown, and both ways agree.
    const byMembership = managerBaseline(rows, year);
    expect(byMembership.totals).toEqual({ ...named.totals, unknownTeam: 0, leftFromUnknownTeam: 0 });
    expect(byMembership.managers).toEqual(named.managers);
    // Earlier, it does matter: some managers came after the people whom the file puts under them.
    const before = managerBaseline(rows, { from: '2014-01-01', to: '2014-12-31' });
    expect(before.totals.unknownTeam).toBeGreaterThan(0);
  });
});

/** What a reader of the plan's events knows: the rows of the manager baseline, with keys for ids. */
function baselineRows(plan: ImportPlan) {
  const all = plan.changes.flatMap(({ key, events }) => events.map((event) => ({ personId: key, event })));
  const one = <T>(pick: (entry: (typeof all)[number]) => T | null): T[] =>
    all.flatMap((entry) => pick(entry) ?? []);
  return {
    employments: plan.changes.map(({ key, after }) => ({
      personId: key as string,
      start: after.hiredOn,
      end: after.leftOn,
      leavingReason: after.leavingReason,
      placeholder: after.hiredOn === null,
    })),
    managerLinks: one(({ personId, event }) =>
      event.type === 'PersonAdded'
        ? { personId, managerId: event.data.managerKey ?? null, from: event.on }
        : null,
    ),
    engagementScores: one(({ personId, event }) =>
      event.type === 'EngagementScoreRecorded' ? { personId, ...event.data } : null,
    ),
    performanceRatings: one(({ personId, event }) =>
      event.type === 'PerformanceRatingRecorded' ? { personId, ...event.data } : null,
    ),
  };
}
