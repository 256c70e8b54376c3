/** `npm run kafka`: a one-node Apache Kafka, the same that the tests use, until Ctrl-C. `KAFKA_PORT` moves it. */
import { bootstrap } from './bootstrap.mjs';
import { homeFaults, portFaults } from './environment.mjs';
import { giveUp } from './progress.mjs';
import { startProgram, supervise } from './supervise.mjs';

const port = process.env.KAFKA_PORT || '9092';
const faults = [...portFaults('KAFKA_PORT', port), ...homeFaults(process.env.CAIRN_HOME)];
if (faults.length > 0) giveUp(faults.join('\n'));

const child = startProgram(await bootstrap(), 'scripts/serve-kafka.mjs', [port], {
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
supervise(child, { name: 'Kafka' });
