import type { Decider, DomainEvent, Refusal } from '@cairn/decider';
import { eventId } from './ids.js';
import {
  EventIdConflict,
  type EventMetadata,
  type EventStore,
  type EventToAppend,
  type Position,
  type StoredEvent,
  UnstorableEvent,
  WrongExpectedVersion,
} from './port.js';

/** What a command came to. `repeated`: its events were there already, from an earlier time that it was sent. */
export type Handled<Event> =
  | {
      readonly ok: true;
      /** The command's own events; none when there was nothing to do. */
      readonly events: readonly Event[];
      /** The stream's version after them. */
      readonly version: number;
      /** Of the last of them; undefined when there are none. */
      readonly position?: Position;
      readonly repeated: boolean;
    }
  | { readonly ok: false; readonly refusal: Refusal };

export interface CommandTarget<State, Command, Event> {
  readonly store: EventStore;
  readonly decider: Decider<State, Command, Event>;
  readonly stream: string;
  /** Tenant, command id, actor and trace, stored with every event of the command. */
  readonly metadata: EventMetadata;
  /** The aggregate's upcaster: a stored event in its latest shape; as it is stored, unless told. */
  readonly upcast?: (stored: StoredEvent) => Event;
}

const asStored = <Event>({ type, occurredAt, data }: StoredEvent): Event =>
  ({ type, occurredAt, data }) as unknown as Event;

/** Tries of one command before it gives up in favour of those who keep changing the stream. */
const TRIES = 16;

/**
 * Load → already done? → decide → append, and again when somebody else was first. A stream of another tenant looks to the
 * decider as if it had never existed.
 */
export async function handle<State, Command, Event extends DomainEvent>(
  target: CommandTarget<State, Command, Event>,
  command: Command,
): Promise<Handled<Event>> {
  const { store, decider, stream, metadata } = target;
  try {
    return await retryOnConflict(async () => {
      const loaded = await load(target);
      if (loaded.own.length > 0) return repeated(loaded.own);
      const decision = decider.decide(command, loaded.state);
      if (!decision.ok) return decision;
      if (decision.events.length === 0)
        return { ok: true, events: [], version: loaded.version, repeated: false };
      const { version, position } = await store.append(
        stream,
        eventsToAppend(decision.events, metadata),
        loaded.version,
      );
      return { ok: true, events: decision.events, version, position, repeated: false };
    });
  } catch (error) {
    if (error instanceof WrongExpectedVersion) return { ok: false, refusal: busy };
    if (error instanceof UnstorableEvent) return { ok: false, refusal: refusalOf(error) };
    throw error;
  }
}

/** A command's events as the log takes them, with the ids that every further try makes again. */
export const eventsToAppend = (events: readonly DomainEvent[], metadata: EventMetadata): EventToAppend[] =>
  events.map(({ type, occurredAt, data }, index) => ({
    id: eventId(metadata.commandId, index),
    type,
    occurredAt,
    data,
    metadata,
  }));

/**
 * Runs `attempt` again, from its loading on, when another writer was first. An id that came with other content is also
 * tried again, once: two tries of one command may run at the same time, and the slower one then finds the other's events.
 */
export async function retryOnConflict<T>(attempt: () => Promise<T>, tries = TRIES): Promise<T> {
  let otherContent = false;
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof EventIdConflict && !otherContent) otherContent = true;
      else if (!(error instanceof WrongExpectedVersion) || left <= 0) throw error;
      // Those who collided come back apart from each other.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** (tries - left), 50)));
    }
  }
}

/** What no log can hold, as the caller of a command is told: 422. */
export const refusalOf = ({ reason, message }: UnstorableEvent): Refusal => ({
  kind: 'invalid',
  slug: reason === 'too-large' ? 'event-too-large' : 'text-not-storable',
  detail: message,
});

const busy: Refusal = {
  kind: 'conflict',
  slug: 'changed-meanwhile',
  detail:
    'Others changed this at the same time, again and again. Send the command again with the same Idempotency-Key.',
};

interface Own<Event> {
  readonly event: Event;
  readonly version: number;
  readonly position: Position;
}

async function load<State, Command, Event extends DomainEvent>({
  store,
  decider,
  stream,
  metadata: { tenantId, commandId },
  upcast = asStored,
}: CommandTarget<State, Command, Event>): Promise<{ state: State; version: number; own: Own<Event>[] }> {
  let state = decider.initialState;
  let version = 0;
  const own: Own<Event>[] = [];
  for await (const stored of store.readStream(stream)) {
    if (stored.metadata.tenantId !== tenantId) break;
    const event = upcast(stored);
    if (stored.metadata.commandId === commandId) {
      own.push({ event, version: stored.version, position: stored.position });
    }
    state = decider.evolve(state, event);
    version = stored.version;
  }
  return { state, version, own };
}

function repeated<Event>(own: readonly Own<Event>[]): Handled<Event> {
  const { version, position } = own.at(-1)!;
  return { ok: true, events: own.map(({ event }) => event), version, position, repeated: true };
}
