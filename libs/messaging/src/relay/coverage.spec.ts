import { describe, expect, it } from '@jest/globals';
import { Coverage } from './coverage.js';

const at = (second: number) => new Date(second * 1000);

describe('what is covered', () => {
  it('is nothing before anything was observed', () => {
    expect(new Coverage().coveredBy('9')).toBeUndefined();
  });

  it('goes on with the time on an idle log', () => {
    const coverage = new Coverage();
    coverage.observe(at(0), '5');
    expect(coverage.coveredBy('5')).toEqual(at(0));
    coverage.observe(at(2), '5');
    expect(coverage.coveredBy('5')).toEqual(at(2));
  });

  it('stands where publishing has not come to yet', () => {
    const coverage = new Coverage();
    coverage.observe(at(0), '5');
    coverage.observe(at(2), '7');
    coverage.observe(at(4), '9');
    expect(coverage.coveredBy('6')).toEqual(at(0));
    expect(coverage.coveredBy('7')).toEqual(at(2));
    expect(coverage.coveredBy('8')).toEqual(at(2));
    expect(coverage.coveredBy('9')).toEqual(at(4));
  });
});
