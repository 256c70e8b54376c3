import { describe, expect, it } from '@jest/globals';
import { readConsumerPerf, readProducerPerf } from './limits/kafka-tools.js';
import { readPgbench } from './limits/pgbench.js';
import { resultOf } from './measure/result.js';
import { amount, tableOf } from './report.js';

describe('the table', () => {
  it('says what was measured, beside what, and whether the goal was reached', () => {
    const of = (what: string, ours: number, errors: number) =>
      resultOf({ row: 'append', what, against: 'inserts', goal: { atLeast: 0.9, perSecond: 1000 } }, [
        { ours: { perSecond: ours, p50: 1.25, p99: 20, errors }, limit: { perSecond: 10_000, errors: 0 } },
      ]);
    const results = [of('8 callers', 12_345.6, 0), of('32 callers', 40.21, 3), of('128 callers', 8_990, 0)];
    expect(tableOf(results).split('\n')).toEqual([
      'row                      ours     limit  ratio     p50      p99  goal',
      'append  8 callers    12,346/s  10,000/s   1.23  1.3 ms  20.0 ms  ≥ 0.9, ≥ 1,000/s  ✓',
      'append  32 callers     40.2/s  10,000/s   0.00  1.3 ms  20.0 ms  ≥ 0.9, ≥ 1,000/s  ✗ 3 errors',
      'append  128 callers   8,990/s  10,000/s   0.90  1.3 ms  20.0 ms  ≥ 0.9, ≥ 1,000/s  ✗',
    ]);
  });

  it('says what is added to the commands of the load', () => {
    const goal = { perSecond: 990, p99: 50 };
    const of = (commandsP99: number) =>
      resultOf({ row: 'freshness', what: 'Kafka', against: 'without', goal }, [
        {
          ours: { perSecond: 1000, p99: 40, commandsP99, errors: 0 },
          limit: { perSecond: 1000, p99: 8, errors: 0 },
        },
      ]);
    const [, more, less] = tableOf([of(9.25), of(7.5)]).split('\n');
    expect(more).toMatch(/ ≥ 990\/s, p99 ≤ 50 ms {2}✓ commands’ p99 \+1\.3 ms$/);
    expect(less).toMatch(/ ✓ commands’ p99 −0\.5 ms$/);
  });

  it('says how good matches are', () => {
    const measured = resultOf(
      { row: 'matching', what: '10 coachees', against: 'HiGHS', goal: {}, unit: ' coachees/s' },
      [{ ours: { perSecond: 1000, errors: 0 }, limit: { perSecond: 100, errors: 0 } }],
    );
    const [greedy, ceiling] = [
      { fit: 0.7, matched: 0.95 },
      { fit: 0.9, matched: 1 },
    ];
    const quality = { fit: 0.7654, matched: 0.981, greedy, ceiling, limitMegabytes: 100 };
    expect(tableOf([{ ...measured, quality }])).toMatch(/ ✓ fit 0\.765, 98\.1 % matched$/);
  });

  it('gives no more digits than it knows', () => {
    expect([amount(1234.5), amount(99.95), amount(0.012345)]).toEqual(['1,235', '100', '0.0123']);
  });
});

describe('what the limits print', () => {
  it('is read from pgbench', () => {
    const printed = `number of failed transactions: 2 (0.1%)\nlatency average = 1.2 ms\ntps = 4321.5 (without initial connection time)\n`;
    expect(readPgbench(printed)).toEqual({ perSecond: 4321.5, errors: 2 });
    expect(() => readPgbench('tps = nan')).toThrow('pgbench said');
  });

  it('is read from producer-perf-test: its last line, which leaves out the warm-up', () => {
    const printed = `5000 records sent, 999.5 records/sec (0.9 MB/sec), 1.2 ms avg latency\n100000 records sent, 45000.25 records/sec (42.9 MB/sec)`;
    expect(readProducerPerf(printed)).toBe(45000.25);
    expect(() => readProducerPerf('')).toThrow('kafka-producer-perf-test said');
  });

  it('is read from consumer-perf-test: the rate without the rebalance', () => {
    const printed = `start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec
2026-01-01 00:00:00:000, 2026-01-01 00:00:02:000, 110.1, 55.0, 100000, 50000.0, 500, 1500, 73.4, 66666.6\n`;
    expect(readConsumerPerf(printed)).toBe(66666.6);
    expect(() => readConsumerPerf('nothing')).toThrow('kafka-consumer-perf-test said');
  });
});
