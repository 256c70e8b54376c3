import { expect, it } from '@jest/globals';
import { missingFor } from './whose.js';

it.each([
  [['coach'], {}, /--coach/],
  [['coach'], { employee: '10158' }, /--coach/],
  [['hr', 'coachee'], {}, /--employee/],
  [['manager'], { coach: 'C-1' }, /--employee/],
])('a token for %j that names %j cannot work: it says what is missing', (roles, named, missing) => {
  expect(missingFor(roles, named)).toMatch(missing);
});

it.each([
  [['hr'], {}],
  [['coach'], { coach: 'C-1' }],
  [['coachee', 'coach'], { coach: 'C-1', person: '0190a1b2-0000-7000-8000-000000000001' }],
  [['manager'], { employee: '10158' }],
])('one for %j that names %j lacks nothing', (roles, named) => {
  expect(missingFor(roles, named)).toBeUndefined();
});
