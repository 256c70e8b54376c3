import { openLog, PROJECTIONS } from '@cairn/analytics/app.module';
import { inTransaction } from '@cairn/event-store/postgres';
import { START } from '@cairn/event-store';
import { installProjections, type Projection } from '@cairn/projections';
import type { Pool } from 'pg';
import { GOALS } from '../goals.js';
import { emptyTables, foldStatement, rowsWritten } from '../limits/fold-in-database.js';
import { compare } from '../measure/rounds.js';
import { percentile, type Measured } from '../measure/result.js';
import type { Row } from '../row.js';
import { fillImported } from '../workload.js';

const BATCH = 1_000;
type Logged = Parameters<(typeof PROJECTIONS)[number]['apply']>[1][number];
const PARTICIPATION: Projection<Logged> = PROJECTIONS.find(({ name }) => name === 'participation')!;

/** Batches that were read before, folded and written, beside the same rows written by one statement in the database. */
export const projection: Row = {
  name: 'projection',
  async *results({ servers, pace, events }) {
    const database = await servers.database();
    const { pool } = database;
    const filled = await fillImported(pool, Math.min(events, 100_000));
    await installProjections(pool, [PARTICIPATION]);
    const statement = await foldStatement(pool, filled.events);
    const batches = await batchesOf(pool);
    await pool.query(statement);
    const expected = await rowsWritten(pool);
    try {
      yield await compare(
        {
          row: 'projection',
          what: `batches of ${BATCH.toLocaleString('en')}, five tables`,
          against: 'one INSERT … SELECT over the same events, inside the database',
          goal: GOALS.projection[0],
          ours: async (): Promise<Measured> => {
            await emptyTables(pool);
            const measured = await foldAndWrite(pool, batches, filled.events);
            return { ...measured, errors: Math.abs((await rowsWritten(pool)) - expected) };
          },
          limit: async (): Promise<Measured> => {
            await emptyTables(pool);
            const began = performance.now();
            await pool.query(statement);
            return { perSecond: (filled.events * 1000) / (performance.now() - began), errors: 0 };
          },
        },
        pace,
      );
    } finally {
      await database.drop();
    }
  },
};

async function batchesOf(pool: Pool): Promise<Logged[][]> {
  const log = openLog(pool);
  const batches: Logged[][] = [];
  for (let position = START; ; position = batches.at(-1)!.at(-1)!.position) {
    const batch = await log.readAll(position, BATCH);
    if (batch.length === 0) break;
    batches.push(batch);
  }
  await log.close();
  return batches;
}

/** A transaction for each batch, as the runner makes them; p50 and p99 are of batches. */
async function foldAndWrite(pool: Pool, batches: readonly Logged[][], events: number): Promise<Measured> {
  const times: number[] = [];
  const began = performance.now();
  for (const batch of batches) {
    const asked = performance.now();
    await inTransaction(pool, (client) => PARTICIPATION.apply(client, batch));
    times.push(performance.now() - asked);
  }
  return {
    perSecond: (events * 1000) / (performance.now() - began),
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    errors: 0,
  };
}
