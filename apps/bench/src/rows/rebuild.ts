import { PROJECTIONS } from '@cairn/analytics/app.module';
import { GOALS } from '../goals.js';
import { emptyTables, foldStatement, indexes } from '../limits/fold-in-database.js';
import { compare } from '../measure/rounds.js';
import type { Round } from '../measure/result.js';
import { installEmpty, rebuild } from '../rebuild/rebuild.js';
import type { Row } from '../row.js';
import { fillImported } from '../workload.js';

const ALL = PROJECTIONS.map(({ name }) => name);
const WHAT = [
  { what: 'one projection', names: ['participation'], goal: GOALS.rebuild[0] },
  { what: 'all projections', names: ALL, goal: GOALS.rebuild[1] },
] as const;

/**
 * Projections built from the whole log by the runner, in a process of its own, beside one statement in the database;
 * both make the indexes when the rows are there.
 */
export const rebuilding: Row = {
  name: 'rebuild',
  async *results({ servers, pace, events, progress }) {
    const database = await servers.database();
    const { pool } = database;
    const filled = await fillImported(pool, Math.min(events, 200_000));
    await installEmpty(database);
    const statement = await foldStatement(pool, filled.events);
    try {
      for (const { what, names, goal } of WHAT)
        yield await compare(
          {
            row: 'rebuild',
            what,
            against: 'the same fold of participation as one statement inside the database',
            goal,
            ours: async (): Promise<Round['ours']> => {
              const { milliseconds, megabytes, faults } = await rebuild(database, names);
              progress(`${what}: at most ${Math.round(megabytes)} MB`);
              return { perSecond: (filled.events * 1000) / milliseconds, megabytes, errors: faults };
            },
            limit: async () => {
              await emptyTables(pool);
              await pool.query(indexes.drop);
              const began = performance.now();
              await pool.query(statement);
              await pool.query(indexes.make);
              return { perSecond: (filled.events * 1000) / (performance.now() - began), errors: 0 };
            },
          },
          { ...pace, warm: false },
        );
    } finally {
      await database.drop();
    }
  },
};
