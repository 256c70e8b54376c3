import { openPool } from '@cairn/event-store/postgres';
import { BatchConsumer } from '../consumer/batch-consumer.js';
import { postgresBus } from '../postgres/index.js';
import { writeEffects } from './effects.js';

/**
 * A member of a group as a process of its own, for specs that kill or pause it. Arguments: its name in its effects,
 * database, bus database, group, topic.
 */
const [who = '', database = '', busDatabase = '', group = '', topic = ''] = process.argv.slice(2);

new BatchConsumer({
  bus: postgresBus({ connectionString: busDatabase }),
  pool: openPool({ connectionString: database }),
  group,
  topics: [topic],
  handle: writeEffects(who),
}).start();
