import { describe, it } from '@jest/globals';
import { kafkaOrSkip, testDatabase } from '@cairn/testing';
import { describeBus } from '../conformance/index.js';
import { kafkaBus } from './index.js';
import { kafkaClient } from './kafkajs.js';

const kafka = await kafkaOrSkip();

if (!kafka) describe('Kafka bus', () => it.skip('no Kafka is to be had', () => undefined));
else {
  const { brokers } = kafka;
  describeBus('Kafka bus', async () => {
    const admin = kafkaClient(brokers, 'spec-admin').admin();
    await admin.connect();
    return {
      connect: () => kafkaBus({ brokers, clientId: 'spec', partitions: 4 }),
      recreateTopic: async (topic, partitions) => {
        await admin.deleteTopics({ topics: [topic] });
        for (;;) {
          // The deletion is acknowledged before the name is free again.
          const made = await admin
            .createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }] })
            .catch(() => false);
          if (made) return;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      },
      database: testDatabase,
      close: () => admin.disconnect(),
    };
  });
}
