import { freePort } from '@cairn/embedded';
import { setTimeout as delay } from 'node:timers/promises';
import { answersAt } from './ready.js';
import { brokerSettings, KAFKA_IMAGE, newId } from './settings.js';
import type { Kafka } from './kafka.js';

/**
 * Runs one Kafka node in Docker, with the settings that the jars get. The port on the host is fixed beforehand:
 * a broker tells its clients where it is, and a restart must not move it.
 */
export async function startContainer(options: {
  port?: number;
  advertised?: string;
  settings?: Readonly<Record<string, string>>;
  log: (line: string) => void;
}): Promise<Kafka> {
  options.log(`Starting ${KAFKA_IMAGE} in Docker`);
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers');
  const { host } = (await getContainerRuntimeClient()).info.containerRuntime;
  const port = options.port ?? (await freePort());
  const address = `${host}:${port}`;
  const settings = {
    ...brokerSettings({
      advertised: options.advertised ?? address,
      listener: '0.0.0.0:9092',
      controller: 'localhost:9093',
      logDirectory: '/tmp/kafka-log',
    }),
    ...options.settings,
  };
  // The image turns KAFKA_SOME_NAME into some.name.
  const environment = Object.entries(settings).map(([name, value]) => [
    `KAFKA_${name.replaceAll('.', '_').toUpperCase()}`,
    value,
  ]);
  const container = await new GenericContainer(KAFKA_IMAGE)
    .withEnvironment({
      ...Object.fromEntries(environment),
      CLUSTER_ID: newId(),
    })
    .withExposedPorts({ container: 9092, host: port })
    .withWaitStrategy(Wait.forListeningPorts())
    .start();
  const ready = async () => {
    while (!(await answersAt(address))) await delay(100);
  };
  await ready();
  return {
    brokers: [address],
    from: 'docker',
    stop: async () => {
      await container.stop();
    },
    restart: async () => {
      await container.restart();
      await ready();
    },
  };
}
