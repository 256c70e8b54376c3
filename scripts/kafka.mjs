/** `npm run kafka`: a one-node Apache Kafka, the same that the tests use, until Ctrl-C. `KAFKA_PORT` moves it. */
import { bootstrap } from './bootstrap.mjs';
import { startProgram, supervise } from './supervise.mjs';

const child = startProgram(await bootstrap(), 'scripts/serve-kafka.mjs', [process.env.KAFKA_PORT || '9092'], {
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
supervise(child, { name: 'Kafka' });
