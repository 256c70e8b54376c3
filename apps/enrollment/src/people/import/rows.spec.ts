import { describe, expect, it } from '@jest/globals';
import type { ImportMapping } from './mapping.js';
import { checkMapping } from './mapping-check.js';
import { type PersonRow, rowReader } from './rows.js';

const header = [
  'Id',
  'Name',
  'Mail',
  'Dept',
  'Title',
  'Site',
  'Boss',
  'BossId',
  'Hired',
  'Left',
  'Since',
  'Status',
  'Why',
  'Score',
  'Surveyed',
  'Rating',
  'Reviewed',
] as const;
type Cells = Partial<Record<(typeof header)[number], string>>;

const mapping: ImportMapping = {
  name: 'spec',
  employeeId: 'Id',
  fullName: 'Name',
  email: 'Mail',
  department: 'Dept',
  position: 'Title',
  location: 'Site',
  manager: { id: 'BossId', name: 'Boss' },
  level: {
    column: 'Title',
    rules: [
      { level: 'executive', words: ['CEO'] },
      { level: 'individual', equals: ['area manager'] },
      { level: 'manager', words: ['Manager', 'Head of'] },
    ],
    otherwise: 'individual',
  },
  hiredOn: { column: 'Hired', formats: ['M/D/YYYY'] },
  leftOn: { column: 'Left', formats: ['M/D/YYYY'] },
  effectiveOn: { column: 'Since', formats: ['M/D/YYYY'] },
  status: {
    column: 'Status',
    active: ['Active', ''],
    onLeave: ['Leave'],
    voluntary: ['Quit'],
    involuntary: ['Fired'],
  },
  leavingReason: { column: 'Why', voluntary: ['bored'], other: ['retired'], otherwise: 'other' },
  engagementScore: {
    column: 'Score',
    surveyedOn: { column: 'Surveyed', formats: ['M/D/YYYY'] },
    scale: { lowest: 1, highest: 5 },
  },
  performanceRating: {
    column: 'Rating',
    reviewedOn: { column: 'Reviewed', formats: ['M/D/YYYY'] },
    belowStandard: ['C'],
    standard: ['A', 'B'],
  },
};

const given: Cells = { Id: '7', Name: 'Marlow, Edith  K', Hired: '1/2/2015' };

function reading(cells: Cells, change: Partial<ImportMapping> = {}) {
  const used = JSON.parse(JSON.stringify({ ...mapping, ...change })) as ImportMapping;
  expect(checkMapping(used)).toEqual({ ok: true, mapping: used });
  return rowReader(
    used,
    header,
    '2019-02-28',
  )(
    5,
    header.map((name) => ({ ...given, ...cells })[name] ?? ''),
  );
}

function row(cells: Cells, change: Partial<ImportMapping> = {}): PersonRow {
  const result = reading(cells, change);
  if (!result.ok) throw new Error(JSON.stringify(result.rejected.errors));
  return result.row;
}

function faults(cells: Cells, change: Partial<ImportMapping> = {}): unknown[] {
  const result = reading(cells, change);
  return result.ok ? [] : result.rejected.errors.map(({ line, column, code }) => [line, column, code]);
}

it('tidies what it reads, and tells an empty cell from a column that is not mapped', () => {
  expect(
    row({ Dept: ' Production       ', Boss: 'Vera   Stone', Id: ' 7 ' }, { email: undefined }),
  ).toMatchObject({
    line: 5,
    employeeId: '7',
    givenName: 'Edith K',
    familyName: 'Marlow',
    email: undefined,
    department: 'Production',
    location: null,
    managerName: 'Vera Stone',
    managerId: null,
    hiredOn: '2015-01-02',
    standing: 'active',
    leftOn: null,
  });
});

it('takes a name from two columns', () => {
  const two = { fullName: undefined, givenName: 'Site', familyName: 'Dept' };
  expect(row({ Site: 'Edith', Dept: 'Marlow' }, two)).toMatchObject({
    givenName: 'Edith',
    familyName: 'Marlow',
  });
});

it('keeps a cell that looks like a formula as text', () => {
  expect(row({ Dept: '=1+1', Title: '@SUM(A1)', Site: '-x', Name: '+Plus, Ann' })).toMatchObject({
    department: '=1+1',
    position: '@SUM(A1)',
    location: '-x',
    familyName: '+Plus',
  });
});

it.each([
  ['CEO', 'executive'],
  ['Interim CEO & President', 'executive'],
  ['Area  Manager', 'individual'],
  ['Sales Manager', 'manager'],
  ['Head of R&D', 'manager'],
  ['Management Assistant', 'individual'],
  ['', 'individual'],
])('gives the title %j the level %s', (title, level) => {
  expect(row({ Title: title }).level).toBe(level);
});

describe('standing', () => {
  it.each<[Cells, object]>([
    [{ Status: 'Active' }, { standing: 'active', leftOn: null, leavingReason: null }],
    [{ Status: 'LEAVE ' }, { standing: 'onLeave', leftOn: null, leavingReason: null }],
    [
      { Status: 'Quit', Left: '3/4/2018', Why: 'bored' },
      { standing: 'left', leftOn: '2018-03-04', leavingReason: 'voluntary' },
    ],
    [{ Status: 'Quit', Left: '3/4/2018', Why: 'retired' }, { leavingReason: 'other' }],
    [{ Status: 'Fired', Left: '3/4/2018', Why: 'something else' }, { leavingReason: 'other' }],
    [
      { Status: 'Active', Left: '3/1/2019' },
      { standing: 'active', leftOn: null, notes: ['leaving-ahead'] },
    ],
    [
      { Status: 'Quit', Left: '3/1/2019' },
      { standing: 'active', leftOn: null, notes: ['leaving-ahead'] },
    ],
  ])('%j is %j', (cells, expected) => {
    expect(row(cells)).toMatchObject(expected);
  });

  it('follows the status where no reason is mapped, and the leaving date where no status is', () => {
    const cells = { Status: 'Fired', Left: '3/4/2018' };
    expect(row(cells, { leavingReason: undefined }).leavingReason).toBe('involuntary');
    expect(row(cells, { leavingReason: undefined, status: undefined })).toMatchObject({
      standing: 'left',
      leavingReason: null,
    });
    expect(row({ Status: 'Fired' }, { leftOn: undefined })).toMatchObject({ standing: 'left', leftOn: null });
  });
});

describe('scores and ratings', () => {
  it('are read with their days', () => {
    expect(row({ Score: '4.6', Surveyed: '1/9/2019', Rating: 'c', Reviewed: '1/8/2019' })).toMatchObject({
      engagementScore: { score: 4.6, surveyedOn: '2019-01-09' },
      performanceRating: { rating: 'c', belowStandard: true, reviewedOn: '2019-01-08' },
    });
    expect(row({ Surveyed: '1/9/2019', Reviewed: '1/8/2019' })).toMatchObject({
      engagementScore: null,
      performanceRating: null,
    });
  });

  it('may have one survey day for the whole file, and a decimal comma', () => {
    const engagementScore = { ...mapping.engagementScore!, surveyedOn: '2019-02-01' };
    expect(row({ Score: '4,6' }, { engagementScore, decimal: ',' }).engagementScore).toEqual({
      score: 4.6,
      surveyedOn: '2019-02-01',
    });
    expect(faults({ Score: '4.6' }, { engagementScore, decimal: ',' })).toEqual([
      [5, 'Score', 'unreadable-number'],
    ]);
  });

  it('of a day before the hire or after the leaving are left out, and it is said', () => {
    const gone = { Status: 'Quit', Left: '3/4/2018', Score: '3', Rating: 'A' };
    expect(row({ ...gone, Surveyed: '3/5/2018', Reviewed: '1/1/2015' })).toMatchObject({
      engagementScore: null,
      performanceRating: null,
      notes: ['score-outside-employment', 'rating-outside-employment'],
    });
    expect(row({ ...gone, Surveyed: '3/4/2018', Reviewed: '1/2/2015' }).notes).toEqual([]);
  });
});

it.each<[Cells, [string, string][]]>([
  [{ Id: ' ' }, [['Id', 'employee-id-missing']]],
  [{ Name: '' }, [['Name', 'name-missing']]],
  [{ Hired: '' }, [['Hired', 'hire-date-missing']]],
  [{ Hired: '2015-01-02' }, [['Hired', 'unreadable-date']]],
  [{ Hired: '3/1/2019' }, [['Hired', 'dated-after-snapshot']]],
  [{ Status: 'Quit' }, [['Left', 'leaving-date-missing']]],
  [{ Status: 'Active', Left: '3/4/2018' }, [['Left', 'status-contradicts-date']]],
  [{ Status: 'Leave', Left: '3/4/2018' }, [['Left', 'status-contradicts-date']]],
  [{ Status: 'Quit', Left: '1/1/2015' }, [['Left', 'dated-before-hire']]],
  [{ Status: 'Sabbatical' }, [['Status', 'unlisted-value']]],
  [{ Since: '1/1/2014' }, [['Since', 'dated-before-hire']]],
  [{ Since: '1/1/2020' }, [['Since', 'dated-after-snapshot']]],
  [{ Score: 'high', Surveyed: '1/9/2019' }, [['Score', 'unreadable-number']]],
  [{ Score: '5.1', Surveyed: '1/9/2019' }, [['Score', 'number-out-of-range']]],
  [{ Score: '5' }, [['Surveyed', 'survey-date-missing']]],
  [{ Rating: 'A' }, [['Reviewed', 'review-date-missing']]],
  [{ Rating: 'Z', Reviewed: '1/9/2019' }, [['Rating', 'unlisted-value']]],
  [{ Dept: 'a\0b' }, [['Dept', 'nul-character']]],
  [{ Name: 'Marlow, \u202eEdith' }, [['Name', 'bidi-control']]],
  [{ Dept: 'x'.repeat(121) }, [['Dept', 'text-too-long']]],
  [{ Mail: 'nobody' }, [['Mail', 'unreadable-email']]],
  [
    { Id: '', Hired: 'x', Status: 'y' },
    [
      ['Id', 'employee-id-missing'],
      ['Hired', 'unreadable-date'],
      ['Status', 'unlisted-value'],
    ],
  ],
])('%j is rejected with line, column and code', (cells, expected) => {
  expect(faults(cells)).toEqual(expected.map((fault) => [5, ...fault]));
});

it('takes days up to the snapshot date, and that day', () => {
  expect(row({ Hired: '2/28/2019' }).hiredOn).toBe('2019-02-28');
  expect(row({ Left: '2/28/2019', Status: 'Quit' }).leftOn).toBe('2019-02-28');
});

it('says what it expected and what it found', () => {
  const result = reading({ Hired: '2015-01-02', Status: 'Sabbatical' });
  expect(result).toMatchObject({
    ok: false,
    rejected: {
      employeeId: '7',
      name: { givenName: 'Edith K', familyName: 'Marlow' },
      errors: [
        { expected: 'a day written as M/D/YYYY', found: '2015-01-02' },
        { expected: expect.stringContaining('"Quit"'), found: 'Sabbatical' },
      ],
    },
  });
});

it('asks where two formats read a day differently', () => {
  const hiredOn = { column: 'Hired', formats: ['M/D/YYYY', 'D/M/YYYY'] };
  expect(faults({}, { hiredOn })).toEqual([[5, 'Hired', 'ambiguous-date']]);
  expect(row({ Hired: '13/1/2015' }, { hiredOn }).hiredOn).toBe('2015-01-13');
});
