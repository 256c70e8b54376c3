import { describe, expect, it } from '@jest/globals';
import { median, percentile, resultOf, type Round } from './result.js';
import { compare } from './rounds.js';

const line = { row: 'append', what: '8 callers', against: 'inserts', goal: { atLeast: 0.9 } };
const round = (ours: number, limit: number, errors = 0): Round => ({
  ours: { perSecond: ours, p50: ours / 100, p99: ours / 10, errors },
  limit: { perSecond: limit, errors: 0 },
});

describe('a result', () => {
  it('is the median of the ratios of neighbours, not the ratio of medians', () => {
    const { ratio, ratios, ours, limit } = resultOf(line, [round(900, 1000), round(100, 400), round(50, 50)]);
    expect({ ratio, ratios, ours, limit }).toEqual({ ratio: 0.9, ratios: [0.25, 1], ours: 100, limit: 400 });
  });

  it('is reached at its goal, and not below', () => {
    expect(resultOf(line, [round(900, 1000)]).reached).toBe(true);
    expect(resultOf(line, [round(899, 1000)]).reached).toBe(false);
  });

  it('is never reached with errors, on either side', () => {
    expect(resultOf(line, [round(900, 1000), round(900, 1000, 1)])).toMatchObject({
      errors: 1,
      reached: false,
    });
    const failing = { ...round(900, 1000), limit: { perSecond: 1000, errors: 2 } };
    expect(resultOf(line, [failing])).toMatchObject({ errors: 2, reached: false });
  });

  it('holds each part of its goal', () => {
    const goal = { atLeast: 0.2, perSecond: 40_000, megabytes: 512 };
    const of = (perSecond: number, megabytes: number) =>
      resultOf({ ...line, goal }, [
        { ours: { perSecond, megabytes, errors: 0 }, limit: { perSecond: 100_000, errors: 0 } },
      ]).reached;
    expect([of(40_000, 512), of(39_999, 512), of(40_000, 513)]).toEqual([true, false, false]);
  });

  it('holds how long most may take, and is not reached where nothing came', () => {
    const of = (p99: number | undefined) =>
      resultOf({ ...line, goal: { p99: 50 } }, [
        { ours: { perSecond: 1000, p99, errors: 0 }, limit: { perSecond: 1000, errors: 0 } },
      ]).reached;
    expect([of(50), of(51), of(undefined)]).toEqual([true, false, false]);
  });

  it('says what the commands of the load pay: the median of the differences within a round', () => {
    const of = (ours: number, limit: number): Round => ({
      ours: { perSecond: 1000, p99: 1, commandsP99: ours, errors: 0 },
      limit: { perSecond: 1000, p99: limit, errors: 0 },
    });
    const { commandsP99 } = resultOf(line, [of(10, 9), of(30, 10), of(13, 8)]);
    expect(commandsP99).toEqual({ ours: 13, limit: 9, added: 5 });
    expect(resultOf(line, [round(1, 1)]).commandsP99).toBeUndefined();
  });

  it('of no rounds is none', () => {
    expect(() => resultOf(line, [])).toThrow(RangeError);
  });
});

describe('median and percentile', () => {
  it('of an even number is the mean of the middle two', () => expect(median([4, 1, 3, 2])).toBe(2.5));
  it('takes the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile([7], 0.99)]).toEqual([50, 99, 7]);
  });
  it('of nothing there is none', () => expect(percentile([], 0.5)).toBeUndefined());
});

describe('compare', () => {
  it('warms both sides, then lets each go first in turn', async () => {
    const turns: string[] = [];
    const turn = (side: string) => (seconds: number) => {
      turns.push(`${side} ${seconds}`);
      return Promise.resolve({ perSecond: 1, errors: 0 });
    };
    await compare(
      { ...line, ours: turn('ours'), limit: turn('limit') },
      { rounds: 3, seconds: 4, within: 60 },
    );
    expect(turns.slice(0, 2)).toEqual(['limit 2', 'ours 2']);
    expect(turns.slice(2)).toEqual(['ours 4', 'limit 4', 'limit 4', 'ours 4', 'ours 4', 'limit 4']);
  });

  it('begins no further round after so many seconds, and the first whatever is asked', async () => {
    let turns = 0;
    const turn = () => Promise.resolve({ perSecond: ++turns, errors: 0 });
    await compare({ ...line, ours: turn, limit: turn }, { rounds: 3, seconds: 4, within: 0, warm: false });
    expect(turns).toBe(2);
  });
});
