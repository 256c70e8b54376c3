import { testDatabase } from '@cairn/testing';
import { describeBus } from '../conformance/index.js';
import { postgresBus } from './index.js';

// The promise of 100 poison messages among 100,000 is kept here in full; over Kafka with a fifth of them.
const STREAMS = 5_000;

const open = async () => {
  const database = await testDatabase();
  return {
    connect: () => postgresBus({ connectionString: database.url, partitions: 4 }),
    recreateTopic: async (topic: string, partitions: number) => {
      await database.pool.query('DELETE FROM bus.topics WHERE name = $1', [topic]);
      const bus = postgresBus({ connectionString: database.url });
      await bus.ensureTopics([{ name: topic, partitions }]);
      await bus.close();
    },
    database: testDatabase,
    close: () => database.drop(),
  };
};

describeBus('PostgreSQL bus', open, STREAMS);
