import { startKafka } from '@cairn/testing';
import { GOALS } from '../goals.js';
import { HttpLoad } from '../load/http-load.js';
import { Probe } from '../load/probe.js';
import { compare } from '../measure/rounds.js';
import { percentile, type Goal, type Result } from '../measure/result.js';
import type { Bench, Row } from '../row.js';
import { seedCheckIns } from '../services/check-ins.js';
import { benchIssuer } from '../services/issuer.js';
import { startServiceProcess, type ServiceSettings } from '../services/service-process.js';
import { fillWatched } from '../services/watched-program.js';

const RATE = 1_000;
/** One is free when a request is due, unless answers take an eighth of a second. */
const CONNECTIONS = 128;

type Bus = ServiceSettings['bus'];

/**
 * A check-in from goals' acknowledgement, over relay, bus, intake and projections, to HR's answer that shows it, under a
 * load of as many commands as a burst brings. Beside the same load without analytics: what the commands pay for it.
 */
export const freshness: Row = {
  name: 'freshness',
  async *results(bench) {
    const database = await bench.servers.database();
    try {
      yield await overBus(bench, 'PostgreSQL bus', GOALS.freshness[0], database);
    } finally {
      await database.drop();
    }
    // One of its own: analytics would take in what other rows have published.
    const kafka = await startKafka({ own: true, log: bench.progress });
    try {
      yield await overBus(bench, 'Kafka', GOALS.freshness[1], kafka);
    } finally {
      await kafka.stop();
    }
  },
};

async function overBus(
  { servers, pace, events, progress }: Bench,
  what: string,
  goal: Goal,
  bus: Bus,
): Promise<Result> {
  const [commands, reports] = [await servers.database(), await servers.database()];
  const issuer = await benchIssuer();
  const program = await fillWatched(reports.pool);
  const requests = await seedCheckIns(commands, issuer, Math.min(5_000, events / 20), program);
  const goals = await startServiceProcess('goals', { databaseUrl: commands.url, issuer, bus });
  const load = await HttpLoad.start(goals.port, requests, progress);
  const probe = await Probe.of(program, issuer, goals.port);
  try {
    return await compare(
      {
        row: 'freshness',
        what,
        against: 'the same load with the projections off: analytics does not run',
        goal,
        ours: async (seconds) => {
          const analytics = await startServiceProcess('analytics', {
            databaseUrl: reports.url,
            issuer,
            bus,
          });
          try {
            // It takes in first what was said while it was off.
            await probe.caughtUp(analytics.port);
            await load.run(CONNECTIONS, seconds / 4, RATE);
            const loaded = load.run(CONNECTIONS, seconds, RATE);
            const [ofCommands, { waits, errors }] = await probe.during(loaded, analytics.port, (error) =>
              progress(error.message),
            );
            progress(`${what}: ${waits.length} check-ins waited for`);
            return {
              perSecond: ofCommands.perSecond,
              commandsP99: ofCommands.p99,
              p50: percentile(waits, 0.5),
              p99: percentile(waits, 0.99),
              errors: ofCommands.errors + errors,
            };
          } finally {
            await analytics.stop();
          }
        },
        limit: async (seconds) => {
          await load.run(CONNECTIONS, seconds / 4, RATE);
          return load.run(CONNECTIONS, seconds, RATE);
        },
      },
      { ...pace, rounds: 1, seconds: pace.seconds * 5, warm: false },
    );
  } finally {
    load.stop();
    await goals.stop();
    await issuer.remove();
    await commands.drop();
    await reports.drop();
  }
}
