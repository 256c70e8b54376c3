/** `npm run kafka`: a one-node Apache Kafka, the same that the tests use, until Ctrl-C. `KAFKA_PORT` moves it. */
import { bootstrap } from './bootstrap.mjs';
import { giveUp } from './progress.mjs';
import { startProgram, supervise } from './supervise.mjs';

const port = process.env.KAFKA_PORT || '9092';
if (!(Number.isInteger(Number(port)) && Number(port) > 0 && Number(port) < 65536))
  giveUp(`KAFKA_PORT must be a whole number from 1 to 65535; it is "${port}".`);

const child = startProgram(await bootstrap(), 'scripts/serve-kafka.mjs', [port], {
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
supervise(child, { name: 'Kafka' });
