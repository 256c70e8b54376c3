import { describeEventStore } from '../conformance/index.js';
import { MemoryEvents, memoryLog } from './index.js';

describeEventStore('memory', async () => {
  const events = new MemoryEvents();
  return { open: async () => memoryLog(events), dispose: async () => undefined };
});
