import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { columnsOf, type ImportMapping } from './mapping.js';
import { checkMapping } from './mapping-check.js';

const least = {
  name: 'x',
  employeeId: 'Id',
  fullName: 'Name',
  hiredOn: { column: 'Hired', formats: ['M/D/YYYY'] },
};

const faults = (change: object): [string, string][] => {
  const checked = checkMapping({ ...least, ...change });
  return checked.ok ? [] : checked.problems.map(({ pointer, code }) => [pointer, code]);
};

it('accepts the least there can be', () => {
  expect(checkMapping(least)).toEqual({ ok: true, mapping: least });
});

it.each<[string, unknown]>([
  ['null', null],
  ['a list', []],
  ['a text', 'mapping'],
])('refuses %s', (_, value) => {
  expect(checkMapping(value).ok).toBe(false);
});

it('names every key that it does not know, with those it does', () => {
  const checked = checkMapping({
    ...least,
    hired_on: 'x',
    leftOn: { column: 'a', formats: ['M/D/YYYY'], format: 'b' },
  });
  expect(checked).toMatchObject({
    ok: false,
    problems: [
      { pointer: '/hired_on', code: 'unknown-key', expected: expect.stringContaining('hiredOn') },
      { pointer: '/leftOn/format', code: 'unknown-key', expected: expect.stringContaining('formats') },
    ],
  });
  expect(checkMapping(JSON.parse('{"__proto__": {}}')).ok).toBe(false);
});

it.each<[string, object, [string, string][]]>([
  ['no hire date', { hiredOn: undefined }, [['/hiredOn', 'wrong-type']]],
  ['no way to the name', { fullName: undefined }, [['/fullName', 'wrong-type']]],
  ['two ways to the name', { givenName: 'G', familyName: 'F' }, [['/fullName', 'missing-key']]],
  [
    'an unknown date format',
    { hiredOn: { column: 'H', formats: ['M/D'] } },
    [['/hiredOn/formats/0', 'not-allowed']],
  ],
  ['no date format', { hiredOn: { column: 'H', formats: [] } }, [['/hiredOn/formats', 'wrong-type']]],
  [
    'two-digit years without a pivot',
    { hiredOn: { column: 'H', formats: ['M/D/YY'] } },
    [['/hiredOn/pivot', 'not-allowed']],
  ],
  [
    'a pivot for nothing',
    { hiredOn: { column: 'H', formats: ['M/D/YYYY'], pivot: 30 } },
    [['/hiredOn/pivot', 'not-allowed']],
  ],
  ['a snapshot date that is no day', { snapshotDate: '2019-02-30' }, [['/snapshotDate', 'not-allowed']]],
  ['an encoding that is not offered', { encoding: 'ebcdic' }, [['/encoding', 'not-allowed']]],
  ['a manager without columns', { manager: {} }, [['/manager', 'missing-key']]],
  [
    'a level rule without words',
    { level: { column: 'P', rules: [{ level: 'manager' }] } },
    [['/level/rules/0', 'missing-key']],
  ],
  [
    'a level that is none',
    { level: { column: 'P', rules: [{ level: 'boss', words: ['x'] }] } },
    [['/level/rules/0/level', 'not-allowed']],
  ],
  [
    'a value of two meanings',
    { status: { column: 'S', active: ['A'], voluntary: [' a'] } },
    [['/status/voluntary/0', 'not-allowed']],
  ],
  [
    'a rating of two meanings',
    {
      performanceRating: { column: 'R', reviewedOn: least.hiredOn, standard: ['ok'], belowStandard: ['OK'] },
    },
    [['/performanceRating/standard/0', 'not-allowed']],
  ],
  [
    'a scale upside down',
    { engagementScore: { column: 'E', surveyedOn: '2019-01-01', scale: { lowest: 5, highest: 1 } } },
    [['/engagementScore/scale', 'not-allowed']],
  ],
  [
    'a survey that has no day',
    { engagementScore: { column: 'E', surveyedOn: 'last year', scale: { lowest: 1, highest: 5 } } },
    [['/engagementScore/surveyedOn', 'not-allowed']],
  ],
  [
    'a name settled twice',
    { manager: { name: 'M' }, placeholders: ['Stone, Vera'], notAPerson: ['Vera Stone'] },
    [['/notAPerson/0', 'not-allowed']],
  ],
  [
    'names settled without a column of names',
    { manager: { id: 'M' }, placeholders: ['Vera Stone'] },
    [['/manager/name', 'missing-key']],
  ],
  ['a header without a column that it reads', { header: ['Id', 'Name'] }, [['/header', 'not-allowed']]],
])('refuses %s', (_, change, expected) => {
  expect(faults(change)).toEqual(expected);
});

const shipped = new URL('../../../mappings/', import.meta.url);
it.each(readdirSync(shipped).filter((file) => file.endsWith('.json')))(
  'the shipped mapping %s is sound and names its header',
  (file) => {
    const mapping = JSON.parse(readFileSync(new URL(file, shipped), 'utf8')) as ImportMapping;
    expect(checkMapping(mapping)).toEqual({ ok: true, mapping });
    expect(mapping.header).toEqual(expect.arrayContaining(columnsOf(mapping)));
  },
);
