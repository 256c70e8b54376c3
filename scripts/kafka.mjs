/** `npm run kafka`: a one-node Apache Kafka, the same that the tests use, until Ctrl-C. `KAFKA_PORT` moves it. */
import { bootstrap } from './bootstrap.mjs';
import { portFaults } from './environment.mjs';
import { giveUp } from './progress.mjs';
import { startProgram, supervise } from './supervise.mjs';

const port = process.env.KAFKA_PORT || '9092';
const [fault] = portFaults('KAFKA_PORT', port);
if (fault) giveUp(fault);

const child = startProgram(await bootstrap(), 'scripts/serve-kafka.mjs', [port], {
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
supervise(child, { name: 'Kafka' });
