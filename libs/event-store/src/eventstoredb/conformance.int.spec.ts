import { describe, it } from '@jest/globals';
import { eventStoreDbOrSkip, standInEventStore } from '@cairn/testing';
import { describeEventStore } from '../conformance/index.js';
import { newId } from '../ids.js';
import { openEventStoreDb } from './index.js';

describeEventStore('EventStoreDB (its stand-in)', async () => {
  const server = await standInEventStore();
  return {
    open: async () => openEventStoreDb({ connectionString: server.connectionString, log: 'sessions' }),
    dispose: () => server.remove(),
  };
});

const real = await eventStoreDbOrSkip();
if (real === undefined) describe.skip('EventStoreDB', () => it.todo('EVENTSTOREDB_URL, or Docker'));
else {
  describeEventStore('EventStoreDB', async () => {
    const { connectionString, stop } = await real.start();
    const log = `conformance-${newId()}`; // the server may be there for longer than this run
    return { open: async () => openEventStoreDb({ connectionString, log }), dispose: stop };
  });
}
