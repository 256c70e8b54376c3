import { expect, it } from '@jest/globals';
import { Programme } from '../../test/programme.js';
import { traitsOf } from './dimensions.js';

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
