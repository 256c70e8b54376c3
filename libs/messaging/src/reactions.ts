import { RefusedError } from '@cairn/decider';
import { derivedId } from '@cairn/event-store';
import { inSpan } from '@cairn/telemetry';
import type { EventName, Published, Envelope } from '@cairn/contracts';
import type { PoolClient } from 'pg';
import type { ConsumedBatch, ReceivedEvent } from './consumer/received.js';
import { PermanentFault } from './faults.js';

/** One published event of the given name. */
export type EventOf<Name extends EventName> = {
  readonly name: Name;
  readonly data: Published<Name>;
  readonly envelope: Envelope;
};

/**
 * What a service does because of an event of another: a pure function from the event, and what the service knows, to
 * commands. One file each, `reactions/<event>.ts`.
 */
export interface Reaction<Name extends EventName = EventName, Known = unknown, Command = unknown> {
  /** Stable: it is part of the commands' ids. */
  readonly name: string;
  readonly event: Name;
  /** Reads what the decision needs, from what the service itself keeps. */
  readonly known: (client: PoolClient, event: EventOf<Name>) => Promise<Known>;
  readonly commands: (event: EventOf<Name>, known: Known) => readonly Command[];
  /** Slugs of refusals that mean that there is nothing left to do. Any other refusal is a dead letter. */
  readonly settledBy?: readonly string[];
}

/** With what a reaction's command is sent. */
export interface ReactionContext {
  /** Derived from the reaction, the event and what the command is about, so that redelivery has no second effect. */
  readonly commandId: string;
  readonly tenantId: string;
  /** The event's own time in the world. */
  readonly occurredAt: string;
  readonly correlationId: string;
  /** The id of the event. */
  readonly causationId: string;
  readonly actor: { readonly subject: string; readonly role: 'system' };
  readonly traceparent: string;
}

/** How a service carries out what its reactions ask for. */
export interface ReactionCommands<Command> {
  /**
   * What is done, and to what: no two commands of one event say the same, and each says the same when the event comes
   * again, however many of the others have been carried out by then.
   */
  readonly about: (command: Command) => string;
  /** Carries out one; rejects with a `RefusedError` where it is refused. */
  readonly send: (command: Command, context: ReactionContext) => Promise<unknown>;
}

/** Declares a reaction with its types inferred. */
export const react = <Name extends EventName, Known, Command>(
  reaction: Reaction<Name, Known, Command>,
): Reaction<Name, Known, Command> => reaction;

/**
 * Runs, for each event in order, the reactions to it in the order given, and awaits every command; call it last in the
 * handler, so that the checkpoint moves after. Events that come again after a reset run none.
 *
 * `known` reads in the batch's transaction, while a command has a transaction of its own: it cannot see rows that this
 * batch has not committed yet. A command that needs them is refused as not yet known and comes again in a smaller batch.
 */
export async function runReactions<Command>(
  batch: Pick<ConsumedBatch, 'client'> & { readonly events: readonly ReceivedEvent[] },
  // Each reaction has its own event and knowledge; what they have in common are the commands.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  reactions: readonly Reaction<any, any, Command>[],
  commands: ReactionCommands<Command>,
): Promise<void> {
  for (const event of batch.events) {
    if (event.replay) continue;
    for (const reaction of reactions) {
      if (reaction.event !== event.name) continue;
      const known: unknown = await reaction.known(batch.client, event);
      for (const command of reaction.commands(event, known)) {
        await batch.client.query('SELECT'); // that this process works, and does not stand still: STANDS_SECONDS
        await sendOne(reaction, event.envelope, command, commands);
      }
    }
  }
}

/** The id of a reaction's command: the same event can cause it only once, whoever handles it and however often. */
export const reactionCommandId = (reaction: string, eventId: string, about: string): string =>
  derivedId(eventId, `reaction ${reaction} ${about}`);

async function sendOne<Command>(
  { name, settledBy = [] }: Pick<Reaction, 'name' | 'settledBy'>,
  envelope: Envelope,
  command: Command,
  { about, send }: ReactionCommands<Command>,
): Promise<void> {
  const context = {
    commandId: reactionCommandId(name, envelope.id, about(command)),
    tenantId: envelope.tenantid,
    occurredAt: envelope.time,
    correlationId: envelope.correlationid,
    causationId: envelope.id,
    actor: { subject: `reaction:${name}`, role: 'system' as const },
  };
  try {
    await inSpan(`reaction ${name}`, envelope.traceparent, {}, (traceparent) =>
      send(command, { ...context, traceparent }),
    );
  } catch (error) {
    if (!(error instanceof RefusedError) || error.refusal.kind === 'not-yet-known') throw error;
    if (settledBy.includes(error.refusal.slug)) return;
    throw new PermanentFault(`reaction-refused: ${error.refusal.slug}`, `${name}: ${error.refusal.detail}`, {
      cause: error,
    });
  }
}
