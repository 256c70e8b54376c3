import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { START } from '../port.js';
import { Positions, type Restore } from './position.js';

const commits = fc.bigInt(0n, 10n ** 12n);
/** Restores at growing places of the file, each of whose bases is above all positions before it. */
const histories = fc
  .array(fc.record({ at: commits, beyond: fc.bigInt(1n, 10n ** 12n) }), { maxLength: 4 })
  .map((drawn) => {
    const restores: Restore[] = [];
    for (const { at, beyond } of drawn.sort((a, b) => (a.at < b.at ? -1 : 1)))
      if (restores.at(-1)?.at !== at)
        restores.push({ at, base: BigInt(new Positions(restores).of(at)) + beyond });
    return new Positions(restores);
  });

describe('positions of a log in EventStoreDB', () => {
  it('are the offsets of the server, padded, where it was never restored', () => {
    expect(new Positions().of(1234n)).toBe('0000000000001234');
    expect(new Positions().onServer('0000000000001234')).toEqual({ commit: 1234n, prepare: 1234n });
    expect(new Positions().onServer(START)).toBe('start');
  });

  it('grow with the offsets of the server, and lead back to them, whatever was restored', () => {
    fc.assert(
      fc.property(histories, commits, commits, (positions, a, b) => {
        expect(positions.of(a) < positions.of(b)).toBe(a < b);
        expect(positions.onServer(positions.of(a))).toEqual({ commit: a, prepare: a });
      }),
    );
  });

  it('that only a lost history had lead to the restore: all that came after it lies beyond, and nothing before it', () => {
    const positions = new Positions([{ at: 100n, base: 5_000n }]);
    expect(positions.of(100n)).toBe('0000000000000100');
    expect(positions.of(101n)).toBe('0000000000005001');
    expect(positions.onServer('0000000000000170')).toEqual({ commit: 100n, prepare: 100n });
    expect(positions.onServer('0000000000004999')).toEqual({ commit: 100n, prepare: 100n });
    expect(positions.onServer('0000000000005001')).toEqual({ commit: 101n, prepare: 101n });
  });

  it('are refused where they are none, or beyond what compares', () => {
    for (const position of ['1', 'x'.repeat(16), '00000000000001234'])
      expect(() => new Positions().onServer(position)).toThrow('is no position of this log');
    expect(() => new Positions().of(10n ** 16n)).toThrow('beyond 16 digits');
  });
});
