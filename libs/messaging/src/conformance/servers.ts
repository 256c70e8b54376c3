import { kafkaBus } from '../kafka/index.js';
import { kafkaClient } from '../kafka/kafkajs.js';
import { postgresBus } from '../postgres/index.js';
import { sleep } from '../waiting.js';
import type { BusUnderTest, OpenBus } from './under-test.js';

const PARTITIONS = 4;

type Database = Awaited<ReturnType<BusUnderTest['database']>> & { readonly url: string };

/** The PostgreSQL bus, in a database of its own. @param database makes an empty one */
export function openPostgresBus(database: () => Promise<Database>): OpenBus {
  return async () => {
    const { url, pool, drop } = await database();
    return {
      connect: () => postgresBus({ connectionString: url, partitions: PARTITIONS }),
      recreateTopic: async (topic, partitions) => {
        await pool.query('DELETE FROM bus.topics WHERE name = $1', [topic]);
        const bus = postgresBus({ connectionString: url });
        await bus.ensureTopics([{ name: topic, partitions }]);
        await bus.close();
      },
      forget: async (topic) => {
        const keepFor = (ms: number | null) =>
          pool.query('UPDATE bus.topics SET retention_ms = $2 WHERE name = $1', [topic, ms]);
        await keepFor(0);
        const bus = postgresBus({ connectionString: url });
        await bus.expire();
        await bus.close();
        await keepFor(null);
      },
      database,
      close: drop,
    };
  };
}

/** The Kafka bus at these brokers. @param database makes an empty one for a consumer */
export function openKafkaBus(brokers: readonly string[], database: BusUnderTest['database']): OpenBus {
  return async () => {
    const admin = kafkaClient(brokers, 'spec-admin').admin();
    await admin.connect();
    return {
      connect: () => kafkaBus({ brokers, clientId: 'spec', partitions: PARTITIONS }),
      recreateTopic: async (topic, partitions) => {
        await admin.deleteTopics({ topics: [topic] });
        // The deletion is acknowledged before the name is free again. Leaders are waited for apart: where that fails within
        // the call, the topic is there, and is never made again.
        const make = () =>
          admin.createTopics({
            waitForLeaders: false,
            topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }],
          });
        while (!(await make().catch(() => false))) await sleep(100);
        const hasLeaders = async () => (await admin.fetchTopicOffsets(topic)).length === partitions;
        while (!(await hasLeaders().catch(() => false))) await sleep(100);
      },
      forget: async (topic) => {
        const ends = await admin.fetchTopicOffsets(topic);
        const partitions = ends.map(({ partition, high: offset }) => ({ partition, offset }));
        await admin.deleteTopicRecords({ topic, partitions });
      },
      database,
      close: () => admin.disconnect(),
    };
  };
}
