import { describe, expect, it } from '@jest/globals';
import { at, Programme } from '../../../test/programme.js';

describe('an enrolment with a pause', () => {
  const paused = new Programme().active('p', '01-05', [
    ['01-10', { fact: 'paused', day: '2026-01-17', reason: 'workload' }],
    ['02-10', { fact: 'resumed', day: '2026-02-16' }],
  ]);
  const on = (when: string) => {
    const { status, since } = paused.asOf(when).participants[0]!.enrollment;
    return [status, since];
  };
  it('is active until the first day of the pause, whenever that was asked for', () => {
    expect(on('01-16 23:59')).toEqual(['active', at('01-05')]);
    expect(on('01-17')).toEqual(['paused', at('01-17')]);
  });
  it('is active again from the day on which it was resumed, and since then', () => {
    expect(on('02-15 23:59')).toEqual(['paused', at('01-17')]);
    expect(on('02-16')).toEqual(['active', at('02-16')]);
    expect(on('04-01')).toEqual(['active', at('02-16')]);
  });
});
