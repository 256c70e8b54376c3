import { describeConsumer } from './consumer.js';
import { describePoison } from './poison.js';
import { describePort } from './port.js';
import { quiet } from './quiet.js';
import { describeStopping } from './stopping.js';
import type { OpenBus } from './under-test.js';

export type { BusUnderTest, OpenBus } from './under-test.js';

/** What every bus must do, by itself and with the consumer on top of it; run over a real server. */
export function describeBus(name: string, open: OpenBus): void {
  quiet();
  describePort(name, open);
  describeConsumer(name, open);
  describePoison(name, open);
  describeStopping(name, open);
}
