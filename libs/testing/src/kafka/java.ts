import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KafkaUnavailable } from './kafka-unavailable.js';

const run = promisify(execFile);

/** The oldest Java that Apache Kafka 4 runs its broker on. */
const OLDEST = 17;

/** The path of a Java that can run the broker: `JAVA_HOME`'s, else the one on the path. */
export async function findJava(): Promise<string> {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const output = await run(java, ['-version']).then(
    ({ stderr, stdout }) => stderr + stdout,
    () => undefined,
  );
  if (output === undefined) throw new KafkaUnavailable(`Java ${OLDEST} or newer is not installed`);
  const major = Number(/version "(\d+)/.exec(output)?.[1] ?? 0);
  if (major < OLDEST)
    throw new KafkaUnavailable(`Java ${OLDEST} or newer is needed, and ${java} is Java ${major}`);
  return java;
}
