import { standInEventStore } from '@cairn/testing';
import { describeEventStore } from '../conformance/index.js';
import { openEventStoreDb } from './index.js';

describeEventStore('EventStoreDB (its stand-in)', async () => {
  const server = await standInEventStore();
  return {
    open: async () => openEventStoreDb({ connectionString: server.connectionString, log: 'sessions' }),
    dispose: () => server.remove(),
  };
});
