/**
 * The one place that imports the client: the same calls exist under the server's later name, in @kurrent/kurrentdb-client,
 * where the class is called KurrentDBClient (docs/adr/0017).
 */
import { EventStoreDBClient as Client } from '@eventstore/db-client';
import { setTimeout as sleep } from 'node:timers/promises';

export {
  AccessDeniedError,
  BACKWARDS,
  END,
  FORWARDS,
  jsonEvent,
  MaxAppendSizeExceededError,
  NO_STREAM,
  NotLeaderError,
  START as LOG_START,
  streamNameFilter,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
export type { AllStreamResolvedEvent, Position as LogPosition, StreamingRead } from '@eventstore/db-client';
export type { Client };

/** What the client keeps to itself and we cannot do without. */
interface Inside {
  supports: () => Promise<boolean>;
  createChannel: () => Promise<{ close(): void }>;
}

export interface Connection {
  readonly client: Client;
  /** Ends its calls and the connection itself, which the client's `dispose` leaves open. */
  close(): Promise<void>;
}

/** Nothing is sent yet: the first call connects. */
export function connect(connectionString: string): Connection {
  const client = Client.connectionString(connectionString);
  const inside = client as unknown as Inside;
  // Else the client sends all appends over one long call (BatchAppend) as soon as the server has it. When that breaks, what
  // waits to be written is rejected where nobody listens, which ends the process, and what was written is never answered.
  inside.supports = async () => false;
  const { createChannel } = inside;
  let channel: { close(): void } | undefined;
  let closed = false;
  inside.createChannel = async () => {
    channel = await createChannel();
    if (closed) channel.close();
    return channel;
  };
  return {
    client,
    async close() {
      closed = true;
      // It would wait for ever for some reads that were left before their end, though it has cancelled them.
      const waited = new AbortController();
      await Promise.race([
        client.dispose(),
        sleep(1_000, undefined, { signal: waited.signal }).catch(() => {}),
      ]);
      waited.abort();
      channel?.close();
    },
  };
}
