import { migrate, openPostgresLog } from '@cairn/event-store/postgres';
import { GOALS } from '../goals.js';
import { booking } from '../events.js';
import { singleRowInserts } from '../limits/single-row-inserts.js';
import { callersFor } from '../measure/callers.js';
import { compare } from '../measure/rounds.js';
import type { Row } from '../row.js';

const CALLERS = [1, 8, 32, 128];

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
      for (const [index, callers] of CALLERS.entries())
        yield await compare(
          {
            row: 'append',
            what: `${callers} ${callers === 1 ? 'caller' : 'callers'}`,
            against: `pgbench, prepared single-row inserts into the same table, ${callers} clients`,
            goal: GOALS.append[index]!,
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
