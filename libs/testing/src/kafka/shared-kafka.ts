import { KafkaUnavailable } from './kafka-unavailable.js';
import { startKafka } from './start-kafka.js';

/** What a spec that asks for the shared Kafka is told. */
export type SharedKafkaAnswer = { brokers: string[] } | { unavailable: string };

/** The Kafka that all specs of a run share, or why there is none. */
export async function sharedKafka(
  log: (line: string) => void,
): Promise<{ answer: SharedKafkaAnswer; stop(): Promise<void> }> {
  try {
    const kafka = await startKafka({ log });
    return { answer: { brokers: kafka.brokers }, stop: kafka.stop };
  } catch (error) {
    if (!(error instanceof KafkaUnavailable)) throw error;
    return { answer: { unavailable: error.message }, stop: async () => undefined };
  }
}
