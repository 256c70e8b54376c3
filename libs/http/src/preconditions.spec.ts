import { describe, expect, it } from '@jest/globals';
import { RefusedError, type Refusal } from '@cairn/decider';
import { etagOf } from './answer.js';
import { ifMatchOf, isUnchanged, requireVersion } from './preconditions.js';

function refusal(run: () => unknown): Refusal {
  try {
    run();
  } catch (error) {
    return (error as RefusedError).refusal;
  }
  throw new Error('it was accepted');
}

describe('If-Match', () => {
  it('names one version, as its ETag', () => {
    expect(ifMatchOf(undefined)).toBeUndefined();
    expect(ifMatchOf(etagOf(3))).toBe('3');
    expect(ifMatchOf('*')).toBe('*');
  });

  it.each(['3', 'W/"3"', '"1", "2"', '', '"'])('is malformed as %j', (header) => {
    expect(refusal(() => ifMatchOf(header)).kind).toBe('malformed');
  });

  it('is required, and must be current', () => {
    expect(() => requireVersion('3', 3)).not.toThrow();
    expect(() => requireVersion('*', 3)).not.toThrow();
    expect(refusal(() => requireVersion(undefined, 3)).kind).toBe('precondition-required');
    expect(refusal(() => requireVersion('2', 3))).toMatchObject({
      kind: 'stale',
      extra: { currentVersion: 3 },
    });
  });
});

describe('If-None-Match', () => {
  it.each([
    ['"3"', true],
    ['W/"3"', true],
    ['"1", "3"', true],
    ['*', true],
    ['"4"', false],
    [undefined, false],
  ])('%j of "3" is unchanged: %p', (header, unchanged) => expect(isUnchanged(header, '"3"')).toBe(unchanged));

  it('is nothing without a version', () => expect(isUnchanged('*', undefined)).toBe(false));
});
