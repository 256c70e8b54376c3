import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.js';

const read = (line: string, env = {}) => readOptions(line.split(' ').filter(Boolean), env);

describe('the options', () => {
  it('have what is usual where nothing is said', () => {
    expect(read('')).toEqual({ months: 6, seed: 1, resume: false, url: 'http://localhost:3000' });
    expect(read('', { CAIRN_URL: 'http://cairn:8080/' })).toMatchObject({ url: 'http://cairn:8080' });
  });
  it('are taken as they are said', () => {
    expect(read('--hris a.csv --mapping b.json --months 12 --start 2024-02-29 --seed 0 --resume')).toEqual({
      hris: 'a.csv',
      mapping: 'b.json',
      months: 12,
      start: '2024-02-29',
      seed: 0,
      resume: true,
      url: 'http://localhost:3000',
    });
  });
  it('are none where the usage is asked for', () => expect(read('--help --seed x')).toBeUndefined());

  it.each([
    ['--year 1', "Unknown option '--year'"],
    ['everything', 'Unexpected argument'],
    ['--months 1', 'One month is too short'],
    ['--months 13', '--months takes a whole number from 2 to 12, not "13"'],
    ['--months six', '--months takes a whole number from 2 to 12, not "six"'],
    ['--seed 1.5', '--seed takes a whole number from 0 to 2147483648, not "1.5"'],
    ['--start 2025-02-30', '--start takes a day that exists, YYYY-MM-DD, not "2025-02-30"'],
    ['--start today', '--start takes a day that exists'],
    ['--url cairn', '--url takes an address such as http://localhost:3000, not "cairn"'],
    ['--url localhost:3000', '--url takes an address such as'],
    ['--mapping b.json', '--mapping belongs to --hris FILE'],
  ])('refuse %s in one sentence', (line, says) => {
    expect(() => read(line)).toThrow(says);
  });
});
