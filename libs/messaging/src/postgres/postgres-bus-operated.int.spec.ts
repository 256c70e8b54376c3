import { testDatabase } from '@cairn/testing';
import { describeOperatedBus } from '../conformance/index.js';
import { openPostgresBus } from '../conformance/servers.js';

describeOperatedBus('PostgreSQL bus', openPostgresBus(testDatabase));
