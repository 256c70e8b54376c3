import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findJava, kafkaJars } from '@cairn/testing';
import type { Measured } from '../measure/result.js';

const run = promisify(execFile);

async function tool(name: string, args: readonly string[], log: (line: string) => void): Promise<string> {
  const [java, jars] = [await findJava(), await kafkaJars(log)];
  const { stdout } = await run(java, ['-cp', join(jars, '*'), `org.apache.kafka.tools.${name}`, ...args], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

export interface KafkaRun {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly records: number;
  readonly log: (line: string) => void;
}

/** Kafka's own producer-perf-test: records of one size, acknowledged by all, idempotent, after as many to warm up. */
export async function producerPerfTest(
  { brokers, topic, records, log }: KafkaRun,
  bytes: number,
): Promise<Measured> {
  const settings = Object.entries({
    'bootstrap-server': brokers.join(','),
    topic,
    throughput: '-1',
    'num-records': String(2 * records),
    'warmup-records': String(records),
    'record-size': String(bytes),
  }).flatMap(([name, value]) => [`--${name}`, value]);
  const printed = await tool(
    'ProducerPerformance',
    [...settings, '--command-property', 'acks=all', 'enable.idempotence=true'],
    log,
  );
  return { perSecond: readProducerPerf(printed), errors: 0 };
}

/** The last line counts what came after the warm-up. @throws Error where it is no report */
export function readProducerPerf(printed: string): number {
  const rates = [...printed.matchAll(/([\d.]+) records\/sec/g)];
  const last = rates.at(-1)?.[1];
  if (last === undefined) throw new Error(`kafka-producer-perf-test said: ${printed}`);
  return Number(last);
}

/** Kafka's own consumer-perf-test, without the time that joining its group took. */
export async function consumerPerfTest({ brokers, topic, records, log }: KafkaRun): Promise<Measured> {
  const printed = await tool(
    'ConsumerPerformance',
    ['--bootstrap-server', brokers.join(','), '--topic', topic, '--num-records', String(records)],
    log,
  );
  return { perSecond: readConsumerPerf(printed), errors: 0 };
}

/** The column `fetch.nMsg.sec`. @throws Error where it is no report */
export function readConsumerPerf(printed: string): number {
  const lines = printed
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()));
  const header = lines.findIndex((cells) => cells.includes('fetch.nMsg.sec'));
  const rate = Number(lines[header + 1]?.[lines[header]?.indexOf('fetch.nMsg.sec') ?? -1]);
  if (header < 0 || !(rate > 0)) throw new Error(`kafka-consumer-perf-test said: ${printed}`);
  return rate;
}
