import { testDatabase } from '@cairn/testing';
import { describeBus } from '../conformance/index.js';
import { postgresBus } from './index.js';

describeBus('PostgreSQL bus', async () => {
  const database = await testDatabase();
  return {
    connect: () => postgresBus({ connectionString: database.url, partitions: 4 }),
    recreateTopic: async (topic, partitions) => {
      await database.pool.query('DELETE FROM bus.topics WHERE name = $1', [topic]);
      const bus = postgresBus({ connectionString: database.url });
      await bus.ensureTopics([{ name: topic, partitions }]);
      await bus.close();
    },
    database: testDatabase,
    close: () => database.drop(),
  };
});
