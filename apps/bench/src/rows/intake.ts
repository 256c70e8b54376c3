import { newId } from '@cairn/event-store';
import type { Bus } from '@cairn/messaging';
import { kafkaBus } from '@cairn/messaging/kafka';
import { GOALS } from '../goals.js';
import { bookingMessages } from '../booking-messages.js';
import { makeIntake, takeIn } from '../intake.js';
import { consumerPerfTest } from '../limits/kafka-tools.js';
import { compare } from '../measure/rounds.js';
import type { Measured } from '../measure/result.js';
import type { Row } from '../row.js';

const PARTITIONS = 6;
const AT_ONCE = 2_000;

/** Kafka → validated → analytics' log, with its checkpoint, beside Kafka's own consumer on the same topic. */
export const intake: Row = {
  name: 'intake',
  async *results({ servers, pace, events, progress }) {
    const { brokers } = await servers.kafka();
    const records = Math.min(events, 100_000);
    const bus = kafkaBus({ brokers, clientId: 'bench', partitions: PARTITIONS });
    const topic = `bench.intake-${newId()}`;
    await bus.ensureTopics([{ name: topic, partitions: PARTITIONS }]);
    await publishBookings(bus, topic, records);
    try {
      yield await compare(
        {
          row: 'intake',
          what: `${PARTITIONS} partitions`,
          against: 'kafka-consumer-perf-test on the same topic',
          goal: GOALS.intake[0],
          ours: async (): Promise<Measured> => {
            const database = await servers.database();
            try {
              const group = `bench.${newId()}`;
              await makeIntake(database.pool, group, [topic]);
              const took = await takeIn({ pool: database.pool, bus, group, topics: [topic] }, records);
              const { rows } = await database.pool.query<{ letters: number; kept: number }>(
                `SELECT (SELECT count(*)::int FROM bus_in.dead_letters) AS letters,
                   (SELECT count(*)::int FROM imported.events) AS kept`,
              );
              const { letters, kept } = rows[0]!;
              return { perSecond: (records * 1000) / took, errors: letters + (records - kept) };
            } finally {
              await database.drop();
            }
          },
          limit: () => consumerPerfTest({ brokers, topic, records, log: progress }),
        },
        pace,
      );
    } finally {
      await bus.close();
    }
  },
};

async function publishBookings(bus: Bus, topic: string, records: number): Promise<void> {
  for (let sent = 0; sent < records; sent += AT_ONCE)
    await bus.publish(bookingMessages(topic, Math.min(AT_ONCE, records - sent), PARTITIONS, sent + 1));
}
