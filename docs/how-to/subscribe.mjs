/** A downstream system: prints what it hears. `node docs/how-to/subscribe.mjs localhost:9092 cairn.sessions.v1 …` */
import { Kafka, logLevel } from 'kafkajs';
import { fileURLToPath } from 'node:url';

/**
 * Hands every event of these topics to `handle`, in order within a stream, from the beginning on.
 * `marks` says how far each partition was handled, and drops what is sent again: see the how-to for where to keep it.
 */
export async function subscribe({ brokers, groupId, topics, marks, handle }) {
  const consumer = new Kafka({ clientId: groupId, brokers, logLevel: logLevel.ERROR }).consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, partition, message }) => {
      const event = JSON.parse(message.value);
      if (!isBeyond(event, marks.get(`${topic}/${partition}`))) return;
      await handle(event);
      marks.set(`${topic}/${partition}`, event);
    },
  });
  return consumer;
}

/** Later in the publisher's log than the last one that was handled? */
function isBeyond({ log, logposition, logindex }, mark) {
  if (mark === undefined) return true;
  if (log !== mark.log) return Number(log) > Number(mark.log);
  if (logposition !== mark.logposition) return logposition > mark.logposition;
  return logindex > mark.logindex;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [brokers = 'localhost:9092', ...topics] = process.argv.slice(2);
  await subscribe({
    brokers: brokers.split(','),
    groupId: 'my-subscriber',
    topics: topics.length > 0 ? topics : ['cairn.enrollment.v1', 'cairn.sessions.v1', 'cairn.goals.v1'],
    marks: new Map(),
    handle: ({ time, type, subject }) => console.log(time, type, subject),
  });
}
