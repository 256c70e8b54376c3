import { START } from '@cairn/event-store';
import { openPostgresLog } from '@cairn/event-store/postgres';
import {
  migrate as migrateMessaging,
  startRelay,
  topicSpecsOf,
  type Bus,
  type BusMessage,
} from '@cairn/messaging';
import { kafkaBus } from '@cairn/messaging/kafka';
import { definition as sessions } from '@cairn/sessions/app.module';
import type { Pool } from 'pg';
import { GOALS } from '../goals.js';
import { producerPerfTest } from '../limits/kafka-tools.js';
import { compare } from '../measure/rounds.js';
import type { Measured } from '../measure/result.js';
import type { Row } from '../row.js';
import { seedBookings } from '../seed-log.js';

const PARTITIONS = 6;

/** Sessions' relay over a log of bookings, until Kafka has acknowledged the last, beside Kafka's own producer. */
export const relay: Row = {
  name: 'relay',
  async *results({ servers, pace, events, progress }) {
    const { brokers } = await servers.kafka();
    const database = await servers.database();
    const records = Math.min(events, 100_000);
    await seedBookings(database, records);
    await migrateMessaging(database.pool);
    const store = openPostgresLog({ connectionString: database.url });
    const bus = kafkaBus({ brokers, clientId: 'bench', partitions: PARTITIONS });
    const [{ name: topic }] = topicSpecsOf('sessions') as [{ name: string }];
    await bus.ensureTopics([...topicSpecsOf('sessions'), { name: 'bench.producer', partitions: PARTITIONS }]);
    try {
      let bytes = 0;
      const relayed = async (): Promise<Measured> => {
        await forget(database.pool);
        const counting = countOn(bus, topic, records);
        const began = performance.now();
        const running = startRelay({
          service: 'sessions',
          store,
          pool: database.pool,
          bus: counting.bus,
          publish: sessions.publish!,
        });
        await counting.done;
        const took = performance.now() - began;
        await running.stop();
        bytes = counting.bytes() / records;
        return { perSecond: (records * 1000) / took, errors: 0 };
      };
      // Warms up, and tells how large records are; the other side warms up by itself.
      await relayed();
      yield await compare(
        {
          row: 'relay',
          what: `${Math.round(bytes)} bytes each`,
          against: 'kafka-producer-perf-test, records as large, acks=all, idempotent',
          goal: GOALS.relay[0],
          ours: relayed,
          limit: () =>
            producerPerfTest({ brokers, topic: 'bench.producer', records, log: progress }, Math.round(bytes)),
        },
        { ...pace, warm: false },
      );
    } finally {
      await bus.close();
      await store.close();
      await database.drop();
    }
  },
};

/** The relay begins at the log's first event again. */
const forget = (pool: Pool) => pool.query('UPDATE relay.relays SET position = $1', [START]);

/** The bus, and word of the moment when so many messages of a topic have been acknowledged. */
function countOn(bus: Bus, topic: string, records: number) {
  const { promise: done, resolve } = Promise.withResolvers<void>();
  let acknowledged = 0;
  let bytes = 0;
  const publish = async (messages: readonly BusMessage[]) => {
    const offsets = await bus.publish(messages);
    for (const message of messages)
      if (message.topic === topic) {
        acknowledged += 1;
        bytes += message.value.length + Buffer.byteLength(message.key ?? '');
      }
    if (acknowledged >= records) resolve();
    return offsets;
  };
  const counting = new Proxy(bus, {
    get: (target, name) => {
      if (name === 'publish') return publish;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { bus: counting, done, bytes: () => bytes };
}
