import { describeConsumer } from './consumer.js';
import { describePoison } from './poison.js';
import { describePort } from './port.js';
import { quiet } from './quiet.js';
import { describeRewinding } from './rewinding.js';
import { describeStopping } from './stopping.js';
import type { OpenBus } from './under-test.js';

export type { BusUnderTest, OpenBus } from './under-test.js';

/**
 * What every bus must do, by itself and with the consumer on top of it; run over a real server, and together with
 * `describeOperatedBus`, from a file each, so that they run side by side.
 * @param streams how many the specs on poison have; 50 at least
 */
export function describeBus(name: string, open: OpenBus, streams = 1_000): void {
  quiet();
  describePort(name, open);
  describeConsumer(name, open);
  describePoison(name, open, streams);
}

/** Where a consumer stops over every bus, and what an operator may do about it. */
export function describeOperatedBus(name: string, open: OpenBus): void {
  quiet();
  describeRewinding(name, open);
  describeStopping(name, open);
}
