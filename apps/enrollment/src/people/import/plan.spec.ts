import { describe, expect, it } from '@jest/globals';
import { type Directory, emptyDirectory } from './directory.js';
import { applied, file, mapping, row } from './fixtures/given.js';
import type { ImportMapping } from './mapping.js';
import { type ImportPlan, olderThanLast, planImport, type RowOutcome } from './plan.js';
import type { PersonRow } from './rows.js';

const first = '2019-02-28';
const later = '2019-08-31';

/** The directory after a first file of these rows. */
function known(...rows: PersonRow[]): Directory {
  const plan = planImport(emptyDirectory, file(first, rows), mapping);
  expect(plan.status).toBe('ready');
  return applied(emptyDirectory, plan);
}

const then = (
  directory: Directory,
  rows: PersonRow[],
  change: Partial<ImportMapping> = {},
  partial = false,
): ImportPlan => planImport(directory, file(later, rows), { ...mapping, ...change }, partial);

const outcomes = (plan: ImportPlan) => plan.rows.map(({ employeeId, outcome }) => [employeeId, outcome]);
const errors = (plan: ImportPlan) =>
  plan.rows.flatMap((each: RowOutcome) =>
    each.outcome === 'rejected' ? each.errors.map(({ line, code }) => [line, code]) : [],
  );
/** What the plan records: type or kind, day, and the rest of it. */
const events = (plan: ImportPlan) =>
  plan.changes.flatMap(({ key, events: all }) =>
    all.map((event) => [
      key.split(':')[1],
      event.type === 'PersonChanged' ? event.data.kind : event.type,
      event.on,
      ...('dateBasis' in event.data ? [event.data.dateBasis] : []),
    ]),
  );

describe('a first file', () => {
  it('adds people from their hire date, with their manager from the start', () => {
    const plan = planImport(
      emptyDirectory,
      file(first, [
        row('1', { hiredOn: '2010-05-01' }),
        row('2', { managerId: '1', level: 'manager', department: 'Making' }),
      ]),
      mapping,
    );
    expect(plan.status).toBe('ready');
    expect(plan.changes[1]!.events).toEqual([
      {
        type: 'PersonAdded',
        on: '2015-01-01',
        data: {
          startedOn: '2015-01-01',
          placeholder: false,
          level: 'manager',
          managerKey: 'employee:1',
          department: 'Making',
          dateBasis: 'column',
        },
      },
    ]);
    expect(plan.counts).toMatchObject({ rows: 2, created: 2, rejected: 0 });
  });

  it('records, in the order in which they happened, leavings with their reason, scores and ratings', () => {
    const plan = planImport(
      emptyDirectory,
      file(first, [
        row('1', {
          leftOn: '2018-03-04',
          leavingReason: 'voluntary',
          engagementScore: { score: 3, surveyedOn: '2018-01-01' },
          performanceRating: { rating: 'C', belowStandard: true, reviewedOn: '2017-01-01' },
        }),
        row('2', { standing: 'onLeave' }),
      ]),
      mapping,
    );
    expect(events(plan)).toEqual([
      ['1', 'PersonAdded', '2015-01-01', 'column'],
      ['1', 'PerformanceRatingRecorded', '2017-01-01'],
      ['1', 'EngagementScoreRecorded', '2018-01-01'],
      ['1', 'PersonLeft', '2018-03-04', 'column'],
      ['1', 'LeavingReasonRecorded', '2018-03-04'],
      ['2', 'PersonAdded', '2015-01-01', 'column'],
      ['2', 'onLeave', first, 'snapshot'],
    ]);
  });

  it('is never held, however many have gone', () => {
    const gone = Array.from({ length: 20 }, (_, i) => row(String(i + 1), { leftOn: '2018-01-01' }));
    expect(planImport(emptyDirectory, file(first, gone), mapping).status).toBe('ready');
  });

  it('rejects somebody who has left on a day that it does not give', () => {
    const plan = planImport(emptyDirectory, file(first, [row('1', { standing: 'left' })]), mapping);
    expect(errors(plan)).toEqual([[1, 'leaving-date-missing']]);
  });
});

describe('the same file twice', () => {
  it('changes nothing and says so', () => {
    const rows = [
      row('1', {
        managerId: '2',
        department: 'Making',
        engagementScore: { score: 3, surveyedOn: '2018-01-01' },
      }),
      row('2', { leftOn: '2018-03-04', leavingReason: 'other', email: 'a@b' }),
      row('3', {
        standing: 'onLeave',
        performanceRating: { rating: 'C', belowStandard: true, reviewedOn: '2017-01-01' },
      }),
    ];
    const again = planImport(known(...rows), file(first, rows), { ...mapping, complete: true });
    expect(again.status).toBe('nothing-changed');
    expect(again.changes).toEqual([]);
    expect(outcomes(again)).toEqual([
      ['1', 'unchanged'],
      ['2', 'unchanged'],
      ['3', 'unchanged'],
    ]);
  });
});

it('refuses a file that is older than the last one applied', () => {
  const directory = known(row('1'));
  expect(olderThanLast(directory, file('2019-02-27', [row('1')]))).toEqual({
    code: 'snapshot-older-than-last',
    expected: expect.stringContaining('2019-02-28'),
  });
  expect(olderThanLast(directory, file('2019-02-28', [row('1')]))).toBeNull();
  expect(olderThanLast(emptyDirectory, file('2019-02-27', [row('1')]))).toBeNull();
});

describe('a later file', () => {
  it('dates what changed by its column, else by its snapshot, and marks it so', () => {
    const before = known(
      row('1', { level: 'individual', department: 'Making', managerId: '3' }),
      row('2', { level: 'manager', department: 'Making', location: 'North', managerId: '3' }),
      row('3'),
    );
    const plan = then(before, [
      row('1', { level: 'manager', department: 'Numbers', managerId: '2', effectiveOn: '2019-05-01' }),
      row('2', {
        level: 'individual',
        department: null,
        location: null,
        managerId: null,
        standing: 'onLeave',
      }),
      row('3'),
    ]);
    expect(events(plan)).toEqual([
      ['1', 'moved', '2019-05-01', 'column'],
      ['1', 'levelUp', '2019-05-01', 'column'],
      ['1', 'managerChanged', '2019-05-01', 'column'],
      ['2', 'promotedToManager', '2019-05-01', 'column'],
      ['2', 'moved', later, 'snapshot'],
      ['2', 'levelDown', later, 'snapshot'],
      ['2', 'managerChanged', later, 'snapshot'],
      ['2', 'onLeave', later, 'snapshot'],
    ]);
    expect(plan.changes[0]!.events[2]!.data).toMatchObject({ managerKey: 'employee:2' });
    expect(plan.changes[0]!.events[0]!.data).toMatchObject({ department: 'Numbers' });
    expect(plan.changes[1]!.events.at(-2)!.data).toMatchObject({ managerKey: null });
    expect(plan.changes[1]!.events[1]!.data).toMatchObject({
      kind: 'moved',
      cleared: ['department', 'location'],
    });
    expect(plan.rows).toEqual([
      { line: 1, employeeId: '1', outcome: 'updated', changed: ['department', 'level', 'manager'] },
      {
        line: 2,
        employeeId: '2',
        outcome: 'updated',
        changed: ['leave', 'department', 'location', 'level', 'manager', 'promotedToManager'],
      },
      { line: 3, employeeId: '3', outcome: 'unchanged' },
    ]);
  });

  it('leaves alone what it has no column for', () => {
    const before = known(
      row('1', { department: 'Making', level: 'manager', managerId: '2', email: 'a@b' }),
      row('2'),
    );
    expect(then(before, [row('1'), row('2')], { manager: undefined }).status).toBe('nothing-changed');
  });

  it('changes name and e-mail in the directory alone', () => {
    const plan = then(known(row('1')), [row('1', { familyName: 'New', email: 'a@b' })]);
    expect(plan.changes).toEqual([expect.objectContaining({ events: [], changed: ['name', 'email'] })]);
    expect(plan.changes[0]!.after).toMatchObject({ familyName: 'New', email: 'a@b' });
  });

  it('keeps a person who is absent, unless it is complete', () => {
    const twenty = Array.from({ length: 20 }, (_, i) => row(String(i + 10)));
    const before = known(row('1'), ...twenty);
    expect(then(before, twenty).status).toBe('nothing-changed');
    const plan = then(before, twenty, { complete: true });
    expect(plan).toMatchObject({ status: 'ready', absent: ['1'], counts: { absentEnded: 1, ended: 0 } });
    expect(events(plan)).toEqual([
      ['1', 'PersonLeft', later, 'snapshot'],
      ['1', 'LeavingReasonRecorded', later],
    ]);
    expect(plan.changes[0]!.after).toMatchObject({ leftOn: later, leavingReason: 'other' });
    expect(then(applied(before, plan), twenty, { complete: true }).status).toBe('nothing-changed');
  });

  it('never ends placeholders', () => {
    const settled = { ...mapping, placeholders: ['Vera Stone'] };
    const rows = [row('1', { managerName: 'Vera Stone' })];
    const before = applied(emptyDirectory, planImport(emptyDirectory, file(first, rows), settled));
    const plan = then(before, [row('1')], { complete: true });
    expect(plan.absent).toEqual([]);
    expect(events(plan)).toEqual([['1', 'managerChanged', later, 'snapshot']]);
    expect(plan.endings).toEqual({ ended: 0, current: 1 });
  });

  it('corrects a leaving, and takes back one by absence', () => {
    const before = known(
      row('1', { leftOn: '2018-03-04', leavingReason: 'other' }),
      row('2', { leftOn: '2018-01-01' }),
    );
    const plan = then(before, [
      row('1', { leftOn: '2018-03-01', leavingReason: 'voluntary' }),
      row('2', { department: 'Making' }),
    ]);
    expect(events(plan)).toEqual([
      ['1', 'PersonLeft', '2018-03-01', 'column'],
      ['1', 'LeavingReasonRecorded', '2018-03-01'],
      ['2', 'returned', later, 'snapshot'],
      ['2', 'moved', later, 'snapshot'],
    ]);
    expect(plan.changes[1]!.after).toMatchObject({ leftOn: null, leavingReason: null });
  });

  it('corrects the day of a leaving alone, and says its reason again under the new day', () => {
    const left = (leftOn: string) => row('1', { leftOn, leavingReason: 'other' });
    // A row that names no reason takes none away.
    for (const again of [left('2018-03-01'), row('1', { leftOn: '2018-03-01' })])
      expect(events(then(known(left('2018-03-04')), [again]))).toEqual([
        ['1', 'PersonLeft', '2018-03-01', 'column'],
        ['1', 'LeavingReasonRecorded', '2018-03-01'],
      ]);
  });

  it('lets somebody return on the new hire date that it gives', () => {
    const before = known(row('1', { leftOn: '2018-01-01' }));
    const plan = then(before, [row('1', { hiredOn: '2019-04-01' })]);
    expect(events(plan)).toEqual([['1', 'returned', '2019-04-01', 'column']]);
    expect(then(applied(before, plan), [row('1', { hiredOn: '2019-04-01' })]).status).toBe('nothing-changed');
  });

  it('lets somebody have come back and left again between two files', () => {
    const before = known(row('1', { leftOn: '2018-01-01', leavingReason: 'other' }));
    const gone = row('1', {
      hiredOn: '2018-09-01',
      leftOn: '2019-03-01',
      leavingReason: 'voluntary',
      department: 'Numbers',
    });
    const plan = then(before, [gone]);
    expect(events(plan)).toEqual([
      ['1', 'returned', '2018-09-01', 'column'],
      ['1', 'moved', '2019-03-01', 'snapshot'],
      ['1', 'PersonLeft', '2019-03-01', 'column'],
      ['1', 'LeavingReasonRecorded', '2019-03-01'],
    ]);
    expect(then(applied(before, plan), [gone]).status).toBe('nothing-changed');
  });

  it('dates nothing of a second time before it began, and its end by the file where no day is given', () => {
    const before = known(row('1', { leftOn: '2018-01-01', leavingReason: 'other' }));
    const again = { hiredOn: '2018-09-01', effectiveOn: '2018-03-01', department: 'Numbers' };
    expect(events(then(before, [row('1', again)]))).toEqual([
      ['1', 'returned', '2018-09-01', 'column'],
      ['1', 'moved', '2018-09-01', 'column'],
    ]);
    const gone = row('1', { hiredOn: '2018-09-01', standing: 'left' });
    expect(events(then(before, [gone]))).toEqual([
      ['1', 'returned', '2018-09-01', 'column'],
      ['1', 'PersonLeft', later, 'snapshot'],
    ]);
  });

  it('does not let them return before they left', () => {
    const before = known(row('1', { leftOn: '2018-06-01' }));
    const plan = then(before, [row('1', { effectiveOn: '2018-05-01' })]);
    expect(events(plan)).toEqual([['1', 'returned', later, 'snapshot']]);
  });

  it('takes a person from leave and back', () => {
    const before = known(row('1', { standing: 'onLeave' }));
    expect(events(then(before, [row('1', { effectiveOn: '2019-04-01' })]))).toEqual([
      ['1', 'returned', '2019-04-01', 'column'],
    ]);
  });

  it('dates what changed before a leaving no later than it, and reads nothing into empty cells', () => {
    const before = known(
      row('1', { department: 'Making', location: 'North', managerId: '9' }),
      row('9'),
      ...Array.from({ length: 10 }, (_, i) => row(`2${i}`)),
    );
    const plan = then(before, [
      row('1', {
        department: 'Numbers',
        location: null,
        managerId: null,
        leftOn: '2019-05-05',
        leavingReason: 'voluntary',
      }),
    ]);
    expect(plan.rows).toEqual([
      { line: 1, employeeId: '1', outcome: 'ended', changed: ['left', 'leavingReason', 'department'] },
    ]);
    expect(events(plan)).toEqual([
      ['1', 'moved', '2019-05-05', 'snapshot'],
      ['1', 'PersonLeft', '2019-05-05', 'column'],
      ['1', 'LeavingReasonRecorded', '2019-05-05'],
    ]);
    expect(plan.changes[0]!.after).toMatchObject({ location: 'North', managerKey: 'employee:9' });
  });

  it('ends on its own day whom it says to have left without a day', () => {
    const before = known(...Array.from({ length: 10 }, (_, i) => row(`1${i}`)));
    const plan = then(before, [row('10', { standing: 'left', leavingReason: 'involuntary' })]);
    expect(events(plan)).toEqual([
      ['10', 'PersonLeft', later, 'snapshot'],
      ['10', 'LeavingReasonRecorded', later],
    ]);
    const again = then(applied(before, plan), [
      row('10', { standing: 'left', leavingReason: 'involuntary' }),
    ]);
    expect(again.status).toBe('nothing-changed');
  });

  it('notes what it does not take over', () => {
    const score = (surveyedOn: string) => ({ engagementScore: { score: 3, surveyedOn } });
    const before = known(
      row('1', score('2018-01-01')),
      row('2', { leftOn: '2018-01-01', department: 'Making' }),
      row('3'),
    );
    const plan = then(before, [
      row('1', score('2017-01-01')),
      row('2', { leftOn: '2018-01-01', department: 'Numbers' }),
      row('3', { hiredOn: '2014-01-01' }),
    ]);
    expect(plan.status).toBe('nothing-changed');
    expect(plan.notes.map(({ code, lines }) => [code, lines])).toEqual([
      ['hire-date-kept', [3]],
      ['left-person-kept', [2]],
      ['older-score-kept', [1]],
    ]);
  });

  it('corrects a score of the same day', () => {
    const before = known(row('1', { engagementScore: { score: 3, surveyedOn: '2018-01-01' } }));
    const plan = then(before, [row('1', { engagementScore: { score: 4, surveyedOn: '2018-01-01' } })]);
    expect(events(plan)).toEqual([['1', 'EngagementScoreRecorded', '2018-01-01']]);
  });
});

describe('becoming a people manager', () => {
  const people = [row('1'), row('2', { managerId: '1' }), row('3', { managerId: '1' })];

  it('is having a first report, from the day on which they came', () => {
    const plan = then(known(...people), [
      ...people.slice(0, 2),
      row('3', { managerId: '2', effectiveOn: '2019-06-01' }),
      row('4', { managerId: '2', hiredOn: '2019-05-01' }),
    ]);
    expect(events(plan)).toContainEqual(['2', 'promotedToManager', '2019-05-01', 'column']);
    expect(plan.rows[1]).toMatchObject({ outcome: 'updated', changed: ['promotedToManager'] });
    expect(events(plan).filter(([, kind]) => kind === 'promotedToManager')).toHaveLength(1);
  });

  it('is not before their own start, though the report was there before them', () => {
    const before = known(row('1'), row('2', { managerId: '1', hiredOn: '2017-03-01' }));
    const plan = then(before, [row('4', { managerId: '2', hiredOn: '2016-05-01' })]);
    expect(events(plan)).toContainEqual(['2', 'promotedToManager', '2017-03-01', 'column']);
  });

  it('counts as told by its column where one of those who came that day has one', () => {
    const led = { managerId: '2' };
    const plan = then(known(...people, row('4')), [
      row('3', led),
      row('4', { ...led, effectiveOn: later }),
      row('1', led),
      row('2'),
    ]);
    expect(events(plan)).toContainEqual(['2', 'promotedToManager', later, 'column']);
  });

  it('also of somebody who is not in the file', () => {
    const plan = then(known(...people), [row('4', { managerId: '2', hiredOn: '2019-05-01' })]);
    expect(events(plan)).toEqual([
      ['2', 'promotedToManager', '2019-05-01', 'column'],
      ['4', 'PersonAdded', '2019-05-01', 'column'],
    ]);
  });

  it('is not for placeholders, though all who reported to them had left', () => {
    const settled = { ...mapping, placeholders: ['Vera Stone'] };
    const led = (id: string, says: Partial<PersonRow> = {}) =>
      row(id, { managerName: 'Vera Stone', ...says });
    const gone = planImport(emptyDirectory, file(first, [led('1', { leftOn: '2018-01-01' })]), settled);
    const plan = then(applied(emptyDirectory, gone), [led('2')]);
    expect(events(plan)).toEqual([['2', 'PersonAdded', '2015-01-01', 'column']]);
  });

  it('is not being added as one, nor leading people who have left, nor leading still', () => {
    const plan = then(known(...people), [
      row('5', { hiredOn: '2019-05-01' }),
      row('6', { hiredOn: '2019-05-01', managerId: '5' }),
      row('7', { hiredOn: '2018-05-01', managerId: '2', leftOn: '2018-06-01' }),
      row('8', { managerId: '1' }),
    ]);
    expect(events(plan).filter(([, kind]) => kind === 'promotedToManager')).toEqual([]);
  });
});

describe('an import that would end many', () => {
  const people = Array.from({ length: 20 }, (_, i) => row(String(i + 10)));
  const ending = (n: number) =>
    people.map((each, i) => (i < n ? row(each.employeeId, { leftOn: '2019-05-01' }) : each));

  it('is held above 10 % of those who were current', () => {
    expect(then(known(...people), ending(2)).status).toBe('ready');
    const held = then(known(...people), ending(3));
    expect(held).toMatchObject({ status: 'held', endings: { ended: 3, current: 20 } });
  });

  it('counts those who are absent, but neither people gone before nor people it brings and ends itself', () => {
    const before = known(...people, row('1', { leftOn: '2018-01-01' }));
    const absentOnes = then(before, people.slice(3), { complete: true });
    expect(absentOnes).toMatchObject({ status: 'held', endings: { ended: 3, current: 20 } });
    const brings = ['2', '3', '4'].map((id) => row(id, { leftOn: '2019-05-01' }));
    expect(then(before, [...people, ...brings])).toMatchObject({
      status: 'ready',
      endings: { ended: 0, current: 20 },
    });
  });
});

describe('rows at fault', () => {
  it('stop everything, unless partial mode is chosen', () => {
    const rows = [row('1'), row('2', { managerName: 'Nobody Known' })];
    const strict = planImport(emptyDirectory, file(first, rows), mapping);
    expect(strict.status).toBe('rejected');
    expect(outcomes(strict)).toEqual([
      ['1', 'created'],
      ['2', 'rejected'],
    ]);
    const partial = planImport(emptyDirectory, file(first, rows), mapping, true);
    expect(partial.status).toBe('ready');
    expect(partial.changes.map(({ key }) => key)).toEqual(['employee:1']);
  });

  it('with one employee id are all rejected, each naming the lines', () => {
    const rows = [row('1', { line: 2 }), row('1', { line: 7 }), row('2', { line: 3 })];
    const plan = planImport(emptyDirectory, file(first, rows), mapping);
    expect(errors(plan)).toEqual([
      [2, 'duplicate-employee-id'],
      [7, 'duplicate-employee-id'],
    ]);
    expect(plan.rows[0]).toMatchObject({
      errors: [{ expected: expect.stringContaining('2, 7'), column: 'Id' }],
    });
    const unread = { line: 9, employeeId: '2', name: null, errors: [] };
    expect(
      errors(planImport(emptyDirectory, { ...file(first, rows), rejected: [unread] }, mapping)),
    ).toContainEqual([3, 'duplicate-employee-id']);
  });

  it('bring no placeholder, and do not say since when there is one', () => {
    const settled = { ...mapping, placeholders: ['Vera Stone', 'Paul Gone'] };
    const twice = (managerName: string, hiredOn: string) => row('1', { managerName, hiredOn });
    const rows = [
      twice('Vera Stone', '2010-01-01'),
      twice('Paul Gone', '2010-01-01'),
      row('2', { managerName: 'Paul Gone' }),
    ];
    const plan = planImport(emptyDirectory, file(first, rows), settled, true);
    expect(events(plan)).toEqual([
      ['2', 'PersonAdded', '2015-01-01', 'column'],
      ['paul gone', 'PersonAdded', '2015-01-01', 'column'],
    ]);
  });

  it('take those below them along, who are not known yet', () => {
    const rows = [
      row('1', { managerName: 'Nobody Known' }),
      row('2', { managerId: '1' }),
      row('3', { managerId: '2' }),
      row('4', { managerId: '9' }),
      row('5'),
    ];
    const rejected = [{ line: 9, employeeId: '9', name: null, errors: [] }];
    const plan = planImport(emptyDirectory, { ...file(first, rows), rejected }, mapping, true);
    expect(errors(plan)).toEqual([
      [1, 'unknown-manager'],
      [2, 'manager-row-rejected'],
      [3, 'manager-row-rejected'],
      [4, 'manager-row-rejected'],
    ]);
    expect(plan.changes.map(({ key }) => key)).toEqual(['employee:5']);
    // A manager whom the directory has can be reported to although their row is at fault.
    const again = then(known(row('1')), rows, {}, true);
    expect(errors(again)).toEqual([
      [1, 'unknown-manager'],
      [4, 'unknown-manager'],
    ]);
  });

  it('say of those below them, where nobody can tell whose they are, on which lines the manager may stand', () => {
    const unread = (...lines: number[]) =>
      lines.map((line) => ({ line, employeeId: null, name: null, errors: [] }));
    const below = [row('1', { managerId: '9' })];
    const expected = (...lines: number[]) => {
      const plan = planImport(emptyDirectory, { ...file(first, below), rejected: unread(...lines) }, mapping);
      return plan.rows.find(({ line }) => line === 1);
    };
    const saying = (text: string) => ({ errors: [{ code: 'unknown-manager', expected: text }] });
    const nobody = 'the employee id of somebody in the file or the directory';
    expect(expected()).toMatchObject(saying(nobody));
    expect(expected(9)).toMatchObject(saying(`${nobody}; line 9, rejected unread, may be theirs`));
    expect(expected(4, 5, 6, 7, 8, 9)).toMatchObject(
      saying(`${nobody}; one of lines 4, 5, 6, 7, 8 and 1 more, rejected unread, may be theirs`),
    );
  });

  it('in a circle of managers are each rejected', () => {
    const rows = [
      row('1', { managerId: '3' }),
      row('2', { managerId: '1' }),
      row('3', { managerId: '2' }),
      row('4', { managerId: '4' }),
      row('5'),
    ];
    const plan = planImport(emptyDirectory, file(first, rows), mapping);
    expect(errors(plan)).toEqual([
      [1, 'reporting-cycle'],
      [2, 'reporting-cycle'],
      [3, 'reporting-cycle'],
      [4, 'reporting-cycle'],
    ]);
    expect(plan.rows[0]).toMatchObject({ errors: [{ expected: expect.stringContaining('1 → 3 → 2 → 1') }] });
  });

  it('in a circle that closes only through the directory are rejected too', () => {
    const before = known(row('1'), row('2', { managerId: '1' }));
    const plan = then(before, [row('1', { managerId: '2' })]);
    expect(errors(plan)).toEqual([[1, 'reporting-cycle']]);
    expect(plan.rows[0]).toMatchObject({ errors: [{ column: mapping.manager!.id }] });
    // Turned round in one file they are sound; with half of it rejected they would not be.
    const turned = [row('1', { managerId: '2' }), row('2')];
    expect(then(before, turned).status).toBe('ready');
    const half = [row('1', { managerId: '2' }), row('2', { managerName: 'Nobody Known' })];
    expect(errors(then(before, half, {}, true))).toEqual([
      [1, 'reporting-cycle'],
      [2, 'unknown-manager'],
    ]);
  });

  it('without a readable employee id keep a complete file from ending those absent', () => {
    const before = known(...Array.from({ length: 20 }, (_, i) => row(String(i + 10))));
    const rows = Array.from({ length: 19 }, (_, i) => row(String(i + 10)));
    const complete = { ...mapping, complete: true };
    const unread = (employeeId: string | null) => ({
      ...file(later, rows),
      rejected: [{ line: 40, employeeId, name: null, errors: [] }],
    });
    const plan = planImport(before, unread(null), complete, true);
    expect(plan).toMatchObject({ absent: [], notes: [{ code: 'absence-not-judged', lines: [40] }] });
    expect(planImport(before, unread('29'), complete, true).absent).toEqual([]);
    expect(planImport(before, unread('77'), complete, true).absent).toEqual(['29']);
  });
});
