import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { stableJson } from './content.js';

const json = fc
  .jsonValue({ maxDepth: 4, stringUnit: 'grapheme' })
  .filter((value) => !JSON.stringify(value).includes('\\u0000'));

/** The same value with the members of every object the other way round. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
};

describe('stableJson', () => {
  it('reads back as JSON.stringify would', () => {
    fc.assert(
      fc.property(json, (value) =>
        expect(JSON.parse(stableJson(value))).toEqual(JSON.parse(JSON.stringify(value))),
      ),
    );
  });

  it('is the same text whatever the order of members', () => {
    fc.assert(fc.property(json, (value) => expect(stableJson(reversed(value))).toBe(stableJson(value))));
  });

  it('leaves out what is undefined and asks what knows its own JSON', () => {
    expect(stableJson({ b: undefined, a: new Date(0), c: [undefined] })).toBe(
      '{"a":"1970-01-01T00:00:00.000Z","c":[null]}',
    );
  });
});
