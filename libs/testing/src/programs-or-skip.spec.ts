import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { programsOrSkip } from './programs-or-skip.js';

const { CI } = process.env;
afterEach(() => {
  jest.restoreAllMocks();
  if (CI === undefined) delete process.env['CI'];
  else process.env['CI'] = CI;
});

const heard = () => {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => write.mock.calls.map(([chunk]) => String(chunk)).join('');
};

describe('where a program is missing', () => {
  it('the spec is skipped, and it is said loudly which', () => {
    delete process.env['CI'];
    const said = heard();
    expect(programsOrSkip('the tutorial', 'sh', 'no-such-program')).toBe(false);
    expect(said()).toContain(
      '!! NOT TESTED: the tutorial. It needs no-such-program, not to be found here.\n',
    );
  });

  it('CI=true fails', () => {
    process.env['CI'] = 'true';
    expect(() => programsOrSkip('the tutorial', 'no-such-program')).toThrow(/NOT TESTED: the tutorial/);
  });
});

it('where all are there, nothing is said', () => {
  const said = heard();
  expect(programsOrSkip('the tutorial', 'sh')).toBe(true);
  expect(said()).toBe('');
});
