import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isRunning, waitForEnd } from '@cairn/embedded';
import kafkajs from 'kafkajs';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kafkaOrSkip, startKafka, type Kafka } from '../index.js';

const run = promisify(execFile);

const shared = await kafkaOrSkip();
const whereKafkaIs = shared ? describe : describe.skip;

const clientOf = (brokers: string[]) =>
  new kafkajs.Kafka({
    brokers,
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 10, maxRetryTime: 1000 },
  });

async function send(brokers: string[], topic: string, value: string): Promise<void> {
  const producer = clientOf(brokers).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    await producer.send({ topic, messages: [{ value }] });
  } finally {
    await producer.disconnect();
  }
}

/** How many messages each partition holds, and the cluster's id. */
async function look(brokers: string[], topic: string) {
  const admin = clientOf(brokers).admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    return { messages: offsets.map(({ high }) => high), cluster: (await admin.describeCluster()).clusterId };
  } finally {
    await admin.disconnect();
  }
}

async function makeTopic(brokers: string[], topic: string): Promise<void> {
  const admin = clientOf(brokers).admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
  } finally {
    await admin.disconnect();
  }
}

whereKafkaIs('the Kafka that a run shares', () => {
  it('is one for all who ask, and takes messages', async () => {
    expect(await kafkaOrSkip()).toEqual(shared);
    const topic = `testing-${Date.now()}`;
    await makeTopic(shared!.brokers, topic);
    await send(shared!.brokers, topic, 'hello');
    expect((await look(shared!.brokers, topic)).messages).toEqual(['1']);
  });

  it('makes no topic by being named', async () => {
    await expect(send(shared!.brokers, `nobody-made-this-${Date.now()}`, 'hello')).rejects.toThrow(
      /does not host this topic-partition/,
    );
  });
});

whereKafkaIs('a Kafka of one’s own', () => {
  let kafka: Kafka | undefined;
  afterAll(async () => {
    await kafka?.stop();
  });

  it('keeps topics and messages over a restart and over a SIGKILL, on the same port', async () => {
    kafka = await startKafka({ own: true });
    const { brokers } = kafka;
    await makeTopic(brokers, 'kept');
    await send(brokers, 'kept', 'one');
    const before = await look(brokers, 'kept');

    await kafka.restart();
    expect(await look(brokers, 'kept')).toEqual(before);
    await send(brokers, 'kept', 'two');

    if (kafka.pid !== undefined) {
      process.kill(kafka.pid, 'SIGKILL');
      await waitForEnd(kafka.pid, 5000);
      await kafka.restart();
      expect((await look(brokers, 'kept')).messages).toEqual(['2']);
    }
    const { pid } = kafka;
    await kafka.stop();
    if (pid !== undefined) expect(await isRunning(pid)).toBe(false);
  }, 180_000);

  it('says which port is taken', async () => {
    const listener = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => listener.once('listening', resolve));
    const { port } = listener.address() as { port: number };
    try {
      await expect(startKafka({ own: true, port })).rejects.toThrow(`Port ${port}`);
    } finally {
      listener.close();
    }
  });
});

describe('where no Kafka can be had', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'cairn-no-kafka-'));
  });
  afterAll(async () => {
    await rm(home, { recursive: true, force: true });
  });

  /** What `startKafka` says in a process that finds only these programs, each a line of shell. */
  async function complaint(programs: Record<string, string>): Promise<string> {
    const path = await mkdtemp(join(home, 'bin-'));
    for (const [name, line] of Object.entries(programs))
      await writeFile(join(path, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
    const script = `
      const { startKafka } = await import(process.argv[1]);
      await startKafka({ own: true }).catch((error) => console.log(error.name + ': ' + error.message));`;
    const built = join(import.meta.dirname, '../../dist/index.js');
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script, built], {
      env: { PATH: path, XDG_CACHE_HOME: join(home, 'cache'), HOME: home },
    });
    return stdout.trim();
  }

  it('says what is missing: Java, one that is new enough, or Maven', async () => {
    expect(await complaint({})).toBe('KafkaUnavailable: Java 17 or newer is not installed');
    const old = { java: `echo 'openjdk version "11.0.2"' >&2` };
    expect(await complaint(old)).toBe('KafkaUnavailable: Java 17 or newer is needed, and java is Java 11');
    const recent = { java: `echo 'openjdk version "21.0.1"' >&2` };
    expect(await complaint(recent)).toBe('KafkaUnavailable: Apache Maven (mvn) is not installed');
    const offline = { ...recent, mvn: `echo '[ERROR] Unknown host'; exit 1` };
    expect(await complaint(offline)).toBe(
      'KafkaUnavailable: Apache Kafka could not be fetched with Maven: [ERROR] Unknown host',
    );
  });
});
