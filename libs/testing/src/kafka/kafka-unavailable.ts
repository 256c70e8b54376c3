/** Why no Kafka can be had on this machine, in a sentence for a person. */
export class KafkaUnavailable extends Error {
  constructor(reason: string, options?: { cause?: unknown }) {
    super(reason, options);
    this.name = 'KafkaUnavailable';
  }
}
