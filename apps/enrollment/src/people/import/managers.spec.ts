import { describe, expect, it } from '@jest/globals';
import { type Directory, emptyDirectory } from './directory.js';
import { applied, file, mapping, row } from './fixtures/given.js';
import { resolveManagers } from './managers.js';
import type { ImportMapping } from './mapping.js';
import { planImport } from './plan.js';
import type { PersonRow, RejectedRow } from './rows.js';

const resolve = (
  rows: PersonRow[],
  change: Partial<ImportMapping> = {},
  directory: Directory = emptyDirectory,
  rejected: RejectedRow[] = [],
) => resolveManagers({ ...file('2019-02-28', rows), rejected }, directory, { ...mapping, ...change });

const vera = row('1', { givenName: 'Vera R', familyName: 'Stone' });
const hugo = row('2', { givenName: 'Hugo', familyName: 'MacNeil' });
const led = (managerId: string | null, managerName: string | null) => row('9', { managerId, managerName });

/** Whom the last of these rows reports to, or why that is not known. */
const outcome = (rows: PersonRow[], change: Partial<ImportMapping> = {}, directory?: Directory) => {
  const { of, errors } = resolve(rows, change, directory);
  return errors.get(rows.length - 1)?.code ?? of.at(-1);
};

it.each([
  ['an employee id', '2', null, 'employee:2'],
  ['id and name of one person', '2', 'Hugo MacNeil', 'employee:2'],
  ['a name', null, 'Hugo MacNeil', 'employee:2'],
  ['a name the other way round', null, 'MACNEIL,  Hugo', 'employee:2'],
  ['a name without the initial', null, 'Vera Stone', 'employee:1'],
  ['a name with the initial', null, 'Vera R. Stone', 'employee:1'],
  ['a name with an initial that the person has not', null, 'Hugo T. MacNeil', 'employee:2'],
  ['a name with another initial', null, 'Vera T. Stone', 'unknown-manager'],
  ['an id that is nobody’s, and a name', '22', 'Vera Stone', 'employee:1'],
  ['an id that is nobody’s', '22', null, 'unknown-manager'],
  ['a name that is nobody’s', null, 'Nobody Known', 'unknown-manager'],
  ['an id of one and the name of another', '2', 'Vera Stone', 'manager-conflict'],
  ['an id of one and a name that is nobody’s', '2', 'Nobody Known', 'manager-conflict'],
  ['neither', null, null, null],
])('%s', (_, id, name, expected) => {
  expect(outcome([vera, hugo, led(id, name)])).toBe(expected);
});

it('tells two of one name apart by the id, or asks', () => {
  const other = row('3', { givenName: 'Hugo', familyName: 'MacNeil' });
  expect(outcome([hugo, other, led('3', 'Hugo MacNeil')])).toBe('employee:3');
  expect(outcome([hugo, other, led(null, 'Hugo MacNeil')])).toBe('ambiguous-manager');
  expect(resolve([hugo, other, led(null, 'Hugo MacNeil')]).errors.get(2)).toMatchObject({
    column: 'Boss',
    found: 'Hugo MacNeil',
    expected: expect.stringContaining('(2, 3)'),
  });
  // The very name goes before one that differs by an initial.
  const initial = row('3', { givenName: 'Hugo T', familyName: 'MacNeil' });
  expect(outcome([hugo, initial, led(null, 'Hugo MacNeil')])).toBe('employee:2');
});

describe('the mapping', () => {
  it('settles a name, before any id', () => {
    const rows = [vera, hugo, led('2', 'V. Stone')];
    expect(outcome(rows, { managerAliases: { 'Stone, V': '1' } })).toBe('employee:1');
    expect(outcome(rows, { placeholders: ['V Stone'] })).toBe('placeholder:v stone');
    expect(outcome(rows, { notAPerson: ['V Stone'] })).toBe(null);
  });

  it('must mean an employee by an alias', () => {
    const rows = [vera, led(null, 'V. Stone')];
    expect(outcome(rows, { managerAliases: { 'V Stone': '77' } })).toBe('unknown-manager');
  });

  it('is told where its placeholder has an employee’s name', () => {
    const found = resolve([vera, led(null, 'Vera Stone')], { placeholders: ['Vera Stone'] });
    expect(found).toMatchObject({ of: [null, 'placeholder:vera stone'], namedLikeEmployees: 1 });
  });
});

describe('the directory', () => {
  const before = applied(
    emptyDirectory,
    planImport(emptyDirectory, file('2019-02-28', [vera, hugo, row('4', { managerName: 'Paul Gone' })]), {
      ...mapping,
      placeholders: ['Paul Gone'],
    }),
  );

  it('has managers who are not in the file, placeholders among them', () => {
    expect(outcome([led('2', null)], {}, before)).toBe('employee:2');
    expect(outcome([led(null, 'Stone, Vera')], {}, before)).toBe('employee:1');
    expect(outcome([led(null, 'Gone, Paul')], {}, before)).toBe('placeholder:paul gone');
  });

  it('gives way to the file for the names of those in it', () => {
    const married = row('1', { givenName: 'Vera', familyName: 'Brook' });
    expect(outcome([married, led(null, 'Vera Stone')], {}, before)).toBe('unknown-manager');
    expect(outcome([married, led(null, 'Vera Brook')], {}, before)).toBe('employee:1');
  });

  it('asks when a placeholder turns up as an employee', () => {
    const paul = row('5', { givenName: 'Paul', familyName: 'Gone' });
    expect(outcome([paul, led(null, 'Paul Gone')], {}, before)).toBe('ambiguous-manager');
    expect(outcome([paul, led(null, 'Paul Gone')], { managerAliases: { 'Paul Gone': '5' } }, before)).toBe(
      'employee:5',
    );
  });
});

it('finds managers whose own row was rejected', () => {
  const rejected = [{ line: 3, employeeId: '2', name: hugo, errors: [] }];
  expect(resolve([led(null, 'Hugo MacNeil'), led('2', null)], {}, emptyDirectory, rejected).of).toEqual([
    'employee:2',
    'employee:2',
  ]);
});

it('lists each unresolved manager with reports, departments and candidates', () => {
  const rows = [
    row('1', { department: 'Making', level: 'manager', position: 'Plant Manager' }),
    row('2', { department: 'Making', level: 'manager', position: 'Plant Manager' }),
    row('3', { department: 'Making', level: 'individual' }),
    row('4', { department: 'Numbers', level: 'director', leftOn: '2018-01-01' }),
    row('5', { department: 'Making', managerId: '1' }),
    row('6', { department: 'Making', managerName: 'Vera Stone', managerId: '30' }),
    row('7', { department: 'Numbers', managerName: 'Stone, Vera', managerId: '31' }),
    row('8', { department: 'Else', managerId: '77' }),
  ];
  const { unresolved, names } = resolve(rows);
  expect(unresolved).toEqual([
    {
      name: 'Stone, Vera',
      managerIds: ['30', '31'],
      reports: 2,
      departments: ['Making', 'Numbers'],
      candidates: [
        expect.objectContaining({
          employeeId: '2',
          department: 'Making',
          position: 'Plant Manager',
          leftOn: null,
        }),
        expect.objectContaining({ employeeId: '4', department: 'Numbers', leftOn: '2018-01-01' }),
      ],
      candidateCount: 2,
    },
    { name: null, managerIds: ['77'], reports: 1, departments: ['Else'], candidates: [], candidateCount: 0 },
  ]);
  expect(names).toEqual({ employees: 0, placeholders: 0, nobody: 0, unresolved: 1 });
});

it('takes nobody for a candidate who leads people of the directory', () => {
  const boss = row('1', { department: 'Making', level: 'manager' });
  const people = [
    boss,
    row('5', { managerId: '1' }),
    row('6', { managerId: '7', leftOn: '2018-01-01' }),
    row('7'),
  ];
  const before = applied(emptyDirectory, planImport(emptyDirectory, file('2019-02-28', people), mapping));
  const now = [
    boss,
    row('7', { department: 'Making', level: 'manager' }),
    row('9', { department: 'Making', managerName: 'Who' }),
  ];
  expect(resolve(now, {}, before).unresolved[0]!.candidates.map(({ employeeId }) => employeeId)).toEqual([
    '7',
  ]);
});

it('takes candidates from file and directory, each once, by id', () => {
  const inMaking = (id: string, says: Partial<PersonRow> = {}) => row(id, { department: 'Making', ...says });
  const people = [
    inMaking('11', { level: 'manager' }),
    inMaking('12', { level: 'manager' }),
    inMaking('20', { managerId: '11' }),
  ];
  const before = applied(emptyDirectory, planImport(emptyDirectory, file('2019-02-28', people), mapping));
  // 11 leads nobody any more; their level is what the directory says.
  const now = [
    inMaking('13', { level: 'manager' }),
    inMaking('11'),
    inMaking('20'),
    inMaking('21', { managerName: 'Who' }),
  ];
  expect(resolve(now, {}, before).unresolved[0]!.candidates.map(({ employeeId }) => employeeId)).toEqual([
    '11',
    '12',
    '13',
  ]);
});

it('shows twenty candidates at most, and says how many there are', () => {
  const making = Array.from({ length: 21 }, (_, i) =>
    row(String(i + 10), { department: 'Making', level: 'manager' }),
  );
  const [who] = resolve([...making, row('9', { department: 'Making', managerName: 'Who' })]).unresolved;
  expect([who!.candidates.length, who!.candidateCount]).toEqual([20, 21]);
});

it('counts a name as unresolved where it is so in one row, whichever comes first', () => {
  const conflict = row('8', { managerId: '2', managerName: 'Vera Stone' });
  const counted = (...rows: PersonRow[]) => resolve([vera, hugo, ...rows]).names;
  const unresolved = { employees: 0, placeholders: 0, nobody: 0, unresolved: 1 };
  for (const name of ['Vera Stone', 'Stone, Vera']) {
    expect(counted(conflict, led(null, name))).toEqual(unresolved);
    expect(counted(led(null, name), conflict)).toEqual(unresolved);
  }
});

it('says nothing where no column of managers is mapped', () => {
  expect(resolve([vera, hugo], { manager: undefined }).of).toEqual([undefined, undefined]);
});
