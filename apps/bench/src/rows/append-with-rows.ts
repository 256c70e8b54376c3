import { migrate, openPool, openPostgresLog, transact } from '@cairn/event-store/postgres';
import { GOALS } from '../goals.js';
import { booking } from '../events.js';
import { BOOK, bookingsWithRows, LEDGERS, RESERVE, TABLES } from '../limits/booking-with-rows.js';
import { callersFor } from '../measure/callers.js';
import { compare } from '../measure/rounds.js';
import type { Row } from '../row.js';

const CALLERS = 32;

/** Rows and an event in one transaction, as a booking writes them, beside the same statements by pgbench. */
export const appendWithRows: Row = {
  name: 'append-with-rows',
  async *results({ servers, pace }) {
    const database = await servers.database();
    await migrate(database.pool);
    await database.pool.query(TABLES);
    const store = openPostgresLog({ connectionString: database.url });
    const pool = openPool({ connectionString: database.url, max: CALLERS });
    const one = () => {
      const { stream, event } = booking();
      const { sessionId, startsAt } = event.data as Record<string, string>;
      const ledger = 1 + Math.floor(Math.random() * LEDGERS);
      return transact(pool, store, async (client) => {
        await client.query({ name: 'reserve', text: RESERVE, values: [ledger] });
        await client.query({ name: 'book', text: BOOK, values: [sessionId, ledger, startsAt] });
        return [{ stream, events: [event], expectedVersion: 0 }];
      });
    };
    try {
      await one();
      yield await compare(
        {
          row: 'append-with-rows',
          what: `${CALLERS} callers`,
          against: `pgbench, the same statements in the same messages, ${CALLERS} clients`,
          goal: GOALS['append-with-rows'][0],
          ours: (seconds) => callersFor(CALLERS, seconds, one),
          limit: (seconds) => bookingsWithRows(database, booking().event, CALLERS, seconds),
        },
        // Twice as long: each connection of pgbench is new in every turn, and plans the function at its first call.
        { ...pace, seconds: pace.seconds * 2 },
      );
    } finally {
      await pool.end();
      await store.close();
      await database.drop();
    }
  },
};
