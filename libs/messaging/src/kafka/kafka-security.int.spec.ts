import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@cairn/embedded';
import { dockerAnswers, findJava, kafkaOrSkip, startKafka, type Kafka } from '@cairn/testing';
import { uniqueName } from '../conformance/events.js';
import { quiet } from '../conformance/quiet.js';
import type { Bus } from '../port.js';
import { kafkaBus, type KafkaSecurity } from './index.js';

quiet();

const run = promisify(execFile);

const kafkaToBeHad = await kafkaOrSkip();

/** From its jars: what runs in Docker has one port for others, and does not see the key. */
(kafkaToBeHad && !(await dockerAnswers()) ? describe : describe.skip)(
  'a Kafka that asks who is there',
  () => {
    let directory: string;
    let kafka: Kafka | undefined;
    let secure: string;
    const trusted = getCACertificates('default');
    const open: Bus[] = [];

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'cairn-kafka-security-'));
      const [port, securePort, controller] = [await freePort(), await freePort(), await freePort()];
      secure = `localhost:${securePort}`;
      const store = join(directory, 'broker.p12');
      const java = await findJava();
      const keytool = java === 'java' ? 'keytool' : join(dirname(java), 'keytool');
      const kept = ['-keystore', store, '-storepass', 'secret', '-alias', 'broker'];
      const names = ['-dname', 'CN=localhost', '-ext', 'san=dns:localhost'];
      await run(keytool, ['-genkeypair', '-keyalg', 'RSA', '-storetype', 'PKCS12', ...kept, ...names]);
      const { stdout: certificate } = await run(keytool, ['-exportcert', '-rfc', ...kept]);
      setDefaultCACertificates([...trusted, certificate]);
      kafka = await startKafka({
        own: true,
        port,
        settings: {
          listeners: `PLAINTEXT://127.0.0.1:${port},SECURE://127.0.0.1:${securePort},CONTROLLER://127.0.0.1:${controller}`,
          'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},SECURE://${secure}`,
          'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT',
          'controller.quorum.voters': `1@127.0.0.1:${controller}`,
          'ssl.keystore.location': store,
          'ssl.keystore.password': 'secret',
          'ssl.keystore.type': 'PKCS12',
          'listener.name.secure.sasl.enabled.mechanisms': 'PLAIN',
          'listener.name.secure.plain.sasl.jaas.config':
            'org.apache.kafka.common.security.plain.PlainLoginModule required user_cairn="open sesame";',
        },
      });
    });
    afterAll(async () => {
      await Promise.all(open.map((bus) => bus.close()));
      await kafka?.stop();
      setDefaultCACertificates(trusted);
      await rm(directory, { recursive: true, force: true });
    });

    const busOf = (security?: KafkaSecurity): Bus => {
      const bus = kafkaBus({ brokers: [secure], clientId: 'spec', partitions: 1, security });
      open.push(bus);
      return bus;
    };
    const sasl = { mechanism: 'plain', username: 'cairn', password: 'open sesame' } as const;

    it('is written and read with TLS, name and password', async () => {
      const bus = busOf({ tls: true, sasl });
      const topic = `cairn.${uniqueName()}.v1`;
      await bus.ensureTopics([{ name: topic }]);
      const value = Buffer.from('told');
      await bus.publish([{ topic, partition: 0, key: 'a', value, headers: {} }]);
      const { promise: heard, resolve: hear } = Promise.withResolvers<string>();
      const consumption = bus.consume({
        group: uniqueName(),
        topics: [topic],
        position: async () => new Map([[`${topic}/0`, 0]]),
        handle: async ({ messages, next }) => {
          for (const message of messages) hear(String(message.value));
          return { next };
        },
        trouble: () => undefined,
      });
      expect(await heard).toBe('told');
      await consumption.close();
    });

    it.each([
      ['another password', { tls: true, sasl: { ...sasl, password: 'open barley' } }],
      ['no name', { tls: true }],
      ['no TLS', { tls: false, sasl }],
    ])('does not answer to %s', async (_, security) => {
      await expect(busOf(security).describe(['cairn.any.v1'])).rejects.toThrow();
    });
  },
);
