import { expect, it } from '@jest/globals';
import { faultIn, missingFor } from './whose.js';

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

const UUID = '0190a1b2-0000-7000-8000-000000000001';
it.each([
  [{ tenant: 'abc' }, /^--tenant takes a UUID.*"abc"/],
  [{ tenant: '' }, /^--tenant takes a UUID/],
  [{ person: `${UUID}0` }, /^--person takes a UUID/],
  [{ employee: ' ' }, /^--employee names nobody/],
  [{ coach: '' }, /^--coach names nobody/],
])('%j cannot be: it says why', (named, fault) => expect(faultIn(named)).toMatch(fault));

it('takes UUIDs, in capitals too, and ids of the file', () => {
  expect(faultIn({ tenant: UUID, person: UUID.toUpperCase() })).toBeUndefined();
  expect(faultIn({ tenant: UUID, employee: '10158', coach: 'C-1' })).toBeUndefined();
});
