/**
 * Runs a Kafka until it is asked to stop; started by kafka.mjs and test.mjs under the pinned Node.
 * With a port as argument it keeps its topics in .cairn/kafka (of CAIRN_HOME, where that is set); without one it takes a free port and a temporary place.
 * Tells the script that started it where it listens, or why there is none.
 */
import { KafkaUnavailable, startKafka } from '@cairn/testing';
import { join, resolve } from 'node:path';
import { checkout, stateIn } from './checkout.mjs';
import { say } from './progress.mjs';

// Beside the data that goes with it: topics that another installation has written to are not this one's.
const place = () => join(stateIn(resolve(process.env.CAIRN_HOME || checkout)), 'kafka');

const port = process.argv[2] ? Number(process.argv[2]) : undefined;

let kafka;
let stopping = false;
async function stop() {
  if (stopping) return;
  stopping = true;
  await kafka?.stop();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);

try {
  kafka = await startKafka({ own: true, port, dataDir: port && place(), log: say });
} catch (error) {
  const broken = !(error instanceof KafkaUnavailable);
  process.send?.({ unavailable: error.message, broken });
  say(broken ? error.message : `There is no Kafka to be had here: ${error.message}.`);
  process.exit(1);
}
if (stopping) await kafka.stop();

const brokers = kafka.brokers.join(',');
if (port) {
  const kept = kafka.from === 'jars' ? `Its topics are kept in ${place()}.` : 'Its topics end with it.';
  say(`\nKafka is ready at ${brokers}. ${kept} Ctrl-C stops it.`);
  say(`In another terminal:  KAFKA_BROKERS=${brokers} npm start\n`);
}
process.send?.({ brokers });

await kafka.ended?.then(() => {
  if (stopping) return;
  say(`Kafka has ended by itself${port ? `; ${join(place(), 'kafka.log')} may say why` : ''}.`);
  process.exit(1);
});
