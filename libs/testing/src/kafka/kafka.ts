/** A Kafka that runs, wherever it comes from. */
export interface Kafka {
  /** host:port of each broker. */
  brokers: string[];
  /** Where it comes from. */
  from: 'KAFKA_BROKERS' | 'docker' | 'jars';
  /** The broker's process id, where it is a process of this machine. */
  readonly pid?: number;
  /** Settles when that process ends, whoever ended it; with a `restart` there is another. */
  readonly ended?: Promise<unknown>;
  /** Ends the broker; one that `KAFKA_BROKERS` names is left alone. */
  stop(): Promise<void>;
  /** Stops the broker where it runs, and starts it on the same port with the same topics. */
  restart(): Promise<void>;
}
