import { sayLoudly } from '../loudly.js';
import { askShared } from '../shared/ask.js';
import { KafkaUnavailable } from './kafka-unavailable.js';
import type { SharedKafkaAnswer } from './shared-kafka.js';

/**
 * The Kafka that a run of Jest shares, or undefined, said loudly, where none is to be had; with `CI=true` that is a
 * failure. Ask at the top of a spec, since it decides whether the spec's tests exist:
 *
 *     const kafka = await kafkaOrSkip();
 *     (kafka ? describe : describe.skip)('over Kafka', () => { … });
 */
export async function kafkaOrSkip(): Promise<{ brokers: string[] } | undefined> {
  const answer = await askShared<SharedKafkaAnswer>('kafka');
  if ('brokers' in answer) return answer;
  const how = 'Set KAFKA_BROKERS, or install Docker, or Java 17 or newer with Maven.';
  if (process.env.CI === 'true') throw new KafkaUnavailable(`${answer.unavailable}. ${how}`);
  sayLoudly(`NOT TESTED OVER KAFKA: ${answer.unavailable}.`, how);
  return undefined;
}
