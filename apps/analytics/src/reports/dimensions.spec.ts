import { expect, it } from '@jest/globals';
import { Programme } from '../../test/programme.js';
import { cohortSizes, traitsOf } from './dimensions.js';

it.each([
  ['2026-01-05', 'under 1 year'],
  ['2025-01-06', 'under 1 year'],
  ['2025-01-05', '1–2 years'],
  ['2023-01-06', '1–2 years'],
  ['2023-01-05', '3–5 years'],
  ['2020-01-06', '3–5 years'],
  ['2020-01-05', '6–10 years'],
  ['2015-01-06', '6–10 years'],
  ['2015-01-05', 'over 10 years'],
])('started on %s and nominated on 5 January 2026: %s', (day, tenure) => {
  const view = new Programme().person('p', { day }).enrolled('p', []).asOf('02-01');
  expect([...traitsOf(view).values()]).toMatchObject([{ tenure }]);
});

it.each([
  [10, '≤ 10'],
  [11, '11–50'],
  [50, '11–50'],
  [51, '> 50'],
])('a cohort of %i is one of %s', (people, size) => {
  const made = new Programme();
  for (let n = 0; n < people; n++) made.enrolled(`p${n}`, []);
  expect(new Set(cohortSizes(made.asOf('02-01')).values())).toEqual(new Set([size]));
});
