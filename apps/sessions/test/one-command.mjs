// Gives one command to the service's handlers, in a process of its own that the spec kills: see killed-between.int.spec.ts
import { openEventStoreDbBesideRows } from '@cairn/event-store/eventstoredb';
import { openPool } from '@cairn/event-store/postgres';
import { SessionHandler } from '../dist/session/session.handler.js';
import { flushCompileCache } from 'node:module';

// Who is killed leaves nothing in the compile cache at its end: the next one would compile all of it again.
flushCompileCache();

const { databaseUrl, connectionString, origin, engagementId, booking, cancel } = JSON.parse(process.argv[2]);
const store = await openEventStoreDbBesideRows({ connectionString, log: 'sessions', databaseUrl });
const sessions = new SessionHandler(openPool({ connectionString: databaseUrl }), store);
await (cancel
  ? sessions.run(origin, cancel, () => ({ kind: 'cancel', by: 'coachee' }))
  : sessions.book(origin, engagementId, { ...booking, by: () => 'coachee' }));
process.stdout.write('done');
process.exit(0);
