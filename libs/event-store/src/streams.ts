import { RefusedError, type Decider, type DomainEvent } from '@cairn/decider';
import { eventId } from './ids.js';
import { refusalOf, retryOnConflict } from './conflict.js';
import { metadataOf, type Origin } from './origin.js';
import {
  UnstorableEvent,
  WrongExpectedVersion,
  type AppendRequest,
  type EventStore,
  type StoredEvent,
} from './port.js';

export interface Loaded<State> {
  readonly state: State;
  readonly version: number;
  /** The stream holds events of this very command: it was done before. */
  readonly done: boolean;
}

/** Reads a stream into its state. One of another tenant looks as if it had never existed. */
export async function loadStream<State, Event>(
  store: EventStore,
  stream: string,
  reader: { readonly tenantId: string; readonly commandId?: string },
  decider: Pick<Decider<State, never, Event>, 'initialState' | 'evolve'>,
  eventOf: (stored: StoredEvent) => Event,
): Promise<Loaded<State>> {
  let loaded: Loaded<State> = { state: decider.initialState, version: 0, done: false };
  for await (const stored of store.readStream(stream)) {
    if (stored.metadata.tenantId !== reader.tenantId) break;
    loaded = {
      state: decider.evolve(loaded.state, eventOf(stored)),
      version: stored.version,
      done: loaded.done || stored.metadata.commandId === reader.commandId,
    };
  }
  return loaded;
}

/** The events of one command for one stream; `before` counts those that it has for other streams: ids never repeat. */
export const appendOf = (
  origin: Omit<Origin, 'at' | 'exact'>,
  stream: string,
  expectedVersion: number,
  events: readonly DomainEvent[],
  before = 0,
): AppendRequest => ({
  stream,
  expectedVersion,
  events: events.map(({ type, occurredAt, data }, index) => ({
    id: eventId(origin.commandId, before + index),
    type,
    occurredAt,
    data,
    metadata: metadataOf(origin),
  })),
});

/**
 * Loads, decides and writes again when somebody else was first.
 * @throws RefusedError also where the log refuses the events, or where others are always first
 */
export async function untilFirst<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await retryOnConflict(attempt);
  } catch (error) {
    if (error instanceof UnstorableEvent) throw new RefusedError(refusalOf(error));
    if (!(error instanceof WrongExpectedVersion)) throw error;
    throw new RefusedError({
      kind: 'conflict',
      slug: 'changed-meanwhile',
      detail:
        'Others changed this at the same time, again and again. Send it again with the same Idempotency-Key.',
    });
  }
}
