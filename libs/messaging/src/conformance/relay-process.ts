import type { Context } from '@cairn/contracts';
import { openPool, openPostgresLog } from '@cairn/event-store/postgres';
import { postgresBus } from '../postgres/index.js';
import { startRelay } from '../relay/relay.js';
import { publishAll } from './events.js';

/**
 * A relay as a process of its own, for specs that kill or pause it. Arguments: service, database, bus database, and the
 * number of the publish (from 1) before which it stops itself, between its lease check and its send; 0 for never.
 */
const [service = '', database = '', busDatabase = '', stopBefore = '0'] = process.argv.slice(2);

const pool = openPool({ connectionString: database });
const bus = postgresBus({ connectionString: busDatabase });
const publish = bus.publish.bind(bus);
let published = 0;
bus.publish = async (messages) => {
  const isLog = messages[0]?.topic !== 'cairn.watermarks.v1';
  if (isLog && ++published === Number(stopBefore)) {
    process.send?.('stopping');
    process.kill(process.pid, 'SIGSTOP');
  }
  const acknowledged = await publish(messages);
  if (isLog) process.send?.('published');
  return acknowledged;
};
startRelay({ service: service as Context, store: openPostgresLog({ pool }), pool, bus, publish: publishAll });
