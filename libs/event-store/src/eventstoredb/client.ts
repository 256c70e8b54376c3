/**
 * The one place that imports the client: the same calls exist under the server's later name, in @kurrent/kurrentdb-client,
 * where the class is called KurrentDBClient (docs/adr/0017).
 */
import { EventStoreDBClient as Client } from '@eventstore/db-client';

export {
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
  getChannel(): Promise<{ close(): void }>;
}

/** Nothing is sent yet: the first call opens the connection. */
export function openClient(connectionString: string): Client {
  const client = Client.connectionString(connectionString);
  // Else the client sends all appends over one long call (BatchAppend) as soon as the server has it. When that breaks, what
  // waits to be written is rejected where nobody listens, which ends the process, and what was written is never answered.
  (client as unknown as Inside).supports = async () => false;
  return client;
}

/** Ends its calls and its connection: `dispose` leaves the connection open. */
export async function closeClient(client: Client): Promise<void> {
  await client.dispose();
  const channel = await (client as unknown as Inside).getChannel();
  channel.close();
}
