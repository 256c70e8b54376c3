import { migrate, openPostgresLog } from '@cairn/event-store/postgres';
import { booking } from '../events.js';
import { singleRowInserts } from '../limits/single-row-inserts.js';
import { callersFor } from '../measure/callers.js';
import { compare } from '../measure/rounds.js';
import type { Row } from '../row.js';

const GOALS = [
  [1, 0.5],
  [8, 0.9],
  [32, 1.4],
  [128, 1.4],
] as const;

/** The store's append, one event to a new stream each, beside bare inserts into the same table by as many clients. */
export const append: Row = {
  name: 'append',
  async *results({ servers, pace }) {
    const database = await servers.database();
    await migrate(database.pool);
    const store = openPostgresLog({ connectionString: database.url });
    const one = () => {
      const { stream, event } = booking();
      return store.append(stream, [event], 0);
    };
    try {
      await one();
      for (const [callers, atLeast] of GOALS)
        yield await compare(
          {
            row: 'append',
            what: `${callers} ${callers === 1 ? 'caller' : 'callers'}`,
            against: `pgbench, prepared single-row inserts into the same table, ${callers} clients`,
            goal: { atLeast },
            ours: (seconds) => callersFor(callers, seconds, one),
            limit: (seconds) => singleRowInserts(database, callers, seconds),
          },
          pace,
        );
    } finally {
      await store.close();
      await database.drop();
    }
  },
};
