import { migrate, openPostgresLog } from '@cairn/event-store/postgres';
import { GOALS } from '../goals.js';
import { booking } from '../events.js';
import { installMessageDb, writeMessages } from '../limits/message-db.js';
import { callersFor } from '../measure/callers.js';
import { compare } from '../measure/rounds.js';
import type { Row } from '../row.js';

const CALLERS = 32;

/** The store's append beside another store in PostgreSQL that keeps one total order too, on the same server. */
export const messageDb: Row = {
  name: 'message-db',
  async *results({ servers, pace }) {
    const [own, theirs] = [await servers.database(), await servers.database()];
    await migrate(own.pool);
    await installMessageDb(theirs);
    const store = openPostgresLog({ connectionString: own.url });
    const { event: example } = booking();
    try {
      yield await compare(
        {
          row: 'message-db',
          what: `${CALLERS} callers`,
          against: `Message DB's write_message, called by pgbench, prepared, ${CALLERS} clients`,
          goal: GOALS['message-db'][0],
          ours: (seconds) =>
            callersFor(CALLERS, seconds, () => {
              const { stream, event } = booking();
              return store.append(stream, [event], 0);
            }),
          limit: (seconds) => writeMessages(theirs, example, CALLERS, seconds),
        },
        pace,
      );
    } finally {
      await store.close();
      await own.drop();
      await theirs.drop();
    }
  },
};
