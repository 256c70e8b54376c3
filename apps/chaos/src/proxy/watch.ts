import type { LostAnswer } from '../plan.js';
import { kafkaFrames, postgresAnswers } from './frames.js';

/** Looks at what passes through one connection, and finds the moment at which an answer is to be lost. */
export interface Watch {
  /** Which service's connection it is, where the protocol says so. */
  readonly client: string | undefined;
  /** @param wanted the answer to be lost, if any; true where `bytes` ask for it: the answer is kept back from here on */
  asked(bytes: Buffer, wanted: LostAnswer | undefined): boolean;
  /** Of an answer that is kept back: whether it says that all is done, or that it is to be given after all, or neither yet. */
  answered(bytes: Buffer): 'done' | 'give' | 'more';
}

/** What a request for each holds, as the services send it. */
const STATEMENTS: Partial<Record<LostAnswer, readonly string[]>> = {
  append: ['log.append'],
  owed: ['INSERT INTO owed.appends'],
  'relay-checkpoint': ['UPDATE relay.relays SET log'],
  'consumer-checkpoint': ['bus_in.move'],
  'projection-checkpoint': ['projections.move'],
};

/** ReadyForQuery outside of a transaction, and an error. */
const READY = 0x5a;
const IDLE = 0x49;
const ERROR = 0x45;

/**
 * PostgreSQL's wire protocol. A statement within a transaction marks it: what is lost is the answer to its COMMIT, and
 * those before are given, each when it is whole.
 */
export function watchPostgres(client: string): Watch {
  const answers = postgresAnswers();
  let marked = false;
  let failed = false;
  return {
    client,
    asked(bytes, wanted) {
      const statements = wanted === undefined ? undefined : STATEMENTS[wanted];
      if (!marked && statements) {
        const text = bytes.toString('latin1');
        // Watermarks come every two seconds, and nothing rests on them.
        marked =
          !text.includes('cairn.watermarks.') && statements.some((statement) => text.includes(statement));
        failed = false;
      }
      return marked;
    },
    answered(bytes) {
      for (const frame of answers.push(bytes)) {
        if (frame[0] === ERROR) failed = true;
        if (frame[0] !== READY) continue;
        const idle = frame[5] === IDLE;
        const done = marked && idle && !failed;
        if (idle) marked = false;
        return done ? 'done' : 'give';
      }
      return 'more';
    },
  };
}

const PRODUCE = 0;

/** Kafka's: a produce request of events, not of watermarks, and the answer that has its correlation id. */
export function watchKafka(): Watch {
  const requests = kafkaFrames();
  const answers = kafkaFrames();
  let client: string | undefined;
  let correlation: number | undefined;
  return {
    get client() {
      return client;
    },
    asked(bytes, wanted) {
      for (const frame of requests.push(bytes)) {
        const length = frame.readInt16BE(12);
        client ??= frame.toString('latin1', 14, 14 + length).replace(/^cairn-/, '');
        const isEvents =
          frame.readInt16BE(4) === PRODUCE && frame.includes(`cairn.${client}.`, 14 + length, 'latin1');
        if (wanted === 'publish' && isEvents) correlation = frame.readInt32BE(8);
      }
      return correlation !== undefined;
    },
    answered(bytes) {
      const frames = answers.push(bytes);
      if (correlation === undefined) return 'give';
      if (!frames.some((frame) => frame.readInt32BE(4) === correlation)) return 'more';
      correlation = undefined;
      return 'done';
    },
  };
}

/** HTTP: whatever comes back after a command was sent. */
export function watchHttp(service: string): Watch {
  return {
    client: service,
    asked: (bytes, wanted) =>
      wanted === 'command' && /^(POST|PUT|PATCH) /.test(bytes.toString('latin1', 0, 6)),
    answered: () => 'done',
  };
}

/** A connection of which no answer is looked for. */
export const watchNothing = (client: string): Watch => ({
  client,
  asked: () => false,
  answered: () => 'give',
});
