import { expect, it } from '@jest/globals';
import { understand } from './faults.js';

const withCode = (code: string, more: object = {}) => Object.assign(new Error('x'), { code, ...more });

it('a full disk is told as such, however deep it lies; that a database does not answer is another thing', () => {
  const full = withCode('53100');
  for (const error of [full, new Error('y', { cause: Object.assign(new Error('z'), { driverError: full }) })])
    expect(understand(error, 0)).toMatchObject({
      status: 503,
      slug: 'unavailable',
      detail: expect.stringMatching(/disk .* is full/),
      headers: { 'retry-after': '1' },
    });
  const away = new AggregateError([withCode('ECONNREFUSED')]);
  expect(understand(away, 0)).toMatchObject({ status: 503, detail: expect.stringContaining('not answer') });
});
