import { RefusedError } from '@cairn/decider';
import { SAYS_CONNECTION } from '@cairn/event-store/postgres';

/** The message itself is at fault: no retry can help, it goes to the dead letters. `reason` is a stable slug. */
export class PermanentFault extends Error {
  constructor(
    readonly reason: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(detail, options);
    this.name = 'PermanentFault';
  }
}

/** Something around the message is at fault for now: the partition is paused and the message tried again. */
export class TransientFault extends Error {
  constructor(detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'TransientFault';
  }
}

/** Why a consumer does not go on by itself. */
export type StopReason =
  | 'checkpoint-missing'
  | 'cluster-changed'
  | 'topic-changed'
  | 'checkpoint-past-end'
  | 'messages-gone'
  | 'messages-replaced';

/**
 * The consumer stands where it cannot be trusted to go on: reading further would skip or repeat facts unseen. It stays
 * stopped until an operator has decided; the message names the command.
 */
export class ConsumerStopped extends Error {
  constructor(
    readonly reason: StopReason,
    readonly group: string,
    what: string,
  ) {
    super(
      `consumer ${group} has stopped: ${what}. It never resets by itself. ` +
        `Decide where it goes on: npm run ops -- consumers reset ${group} --to beginning, for all that the topic holds, or ` +
        '--to end, which skips for good what it has not handled. What the topic holds no more is lost to it with both',
    );
    this.name = 'ConsumerStopped';
  }
}

/** A topic is gone, or has fewer partitions than whoever sends believes. Look at the topic, and send all of it again. */
export class PartitionMissing extends Error {
  constructor(readonly partition: string) {
    super(`there is no partition ${partition} (any more): the topic was deleted, or made anew with fewer`);
    this.name = 'PartitionMissing';
  }
}

/** A topic is not there and may not be created by us. */
export class TopicMissing extends Error {
  constructor(
    readonly topic: string,
    partitions: number,
    config: Readonly<Record<string, string>>,
    why: string,
    options?: ErrorOptions,
  ) {
    super(
      `topic ${topic} does not exist and ${why}; create it with ${partitions} partition(s), for example: ` +
        [`kafka-topics.sh --create --topic ${topic} --partitions ${partitions}`, ...configured(config)].join(
          ' ',
        ),
      options,
    );
    this.name = 'TopicMissing';
  }
}

const configured = (config: Readonly<Record<string, string>>): string[] =>
  Object.entries(config).map(([name, value]) => `--config ${name}=${value}`);

/**
 * SQL states that say nothing against the message: connection, serialisation and deadlock, resources, locks, a role or
 * table that is not as it should be (a deployment's fault), internal errors. A limit exceeded (54) is the message's fault:
 * it is too long for an index, or too deep.
 */
const TRANSIENT_SQL = /^(08|25|28|40|42|53|55|57|58|F0|XX)/;
const TRANSIENT_NODE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** A lost race, a log or a call that was ended while the process stops. */
const TRANSIENT_NAMES = new Set(['WrongExpectedVersion', 'LogClosed', 'AbortError', 'TimeoutError']);

const POOL_HAS_ENDED = /after calling end on the pool/;

/** True where trying the same message again later may succeed. */
export function isTransient(error: unknown): boolean {
  if (error instanceof PermanentFault) return false;
  if (error instanceof TransientFault) return true;
  if (error instanceof RefusedError) return error.refusal.kind === 'not-yet-known';
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(isTransient);
  if (!(error instanceof Error)) return false;
  const { code, name, message, cause } = error as Error & { code?: unknown };
  if (TRANSIENT_NAMES.has(name) || name.startsWith('KafkaJS')) return true;
  if (typeof code === 'string') return TRANSIENT_SQL.test(code) || TRANSIENT_NODE.has(code);
  if (SAYS_CONNECTION.test(message) || POOL_HAS_ENDED.test(message)) return true;
  return cause !== undefined && isTransient(cause);
}

/** One line for the operator: the error's name and text, without what PostgreSQL quotes of a row. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'not an error object';
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code)) return `${error.name}: SQL state ${code}`;
  return `${error.name}: ${error.message}`.slice(0, 500);
}
