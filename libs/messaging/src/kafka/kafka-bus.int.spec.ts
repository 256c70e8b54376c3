import { describe, it } from '@jest/globals';
import { kafkaOrSkip, testDatabase } from '@cairn/testing';
import { describeBus } from '../conformance/index.js';
import { openKafkaBus } from '../conformance/servers.js';

const kafka = await kafkaOrSkip();

if (kafka) describeBus('Kafka bus', openKafkaBus(kafka.brokers, testDatabase));
else describe('Kafka bus', () => it.skip('no Kafka is to be had', () => undefined));
