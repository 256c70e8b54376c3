import { testDatabase } from '@cairn/testing';
import { describeBus } from '../conformance/index.js';
import { openPostgresBus } from '../conformance/servers.js';

// The promise of 100 poison messages among 100,000 is kept here in full; over Kafka with a fifth of them.
const STREAMS = 5_000;

describeBus('PostgreSQL bus', openPostgresBus(testDatabase), STREAMS);
