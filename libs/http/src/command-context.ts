import type { PoolClient } from 'pg';
import { RefusedError } from '@cairn/decider';
import { CAIRN_NAMESPACE, derivedId, type Actor, type Origin } from '@cairn/event-store';
import type { Authenticated, Role, Subject } from '@cairn/identity';
import { instantOf } from './fields.js';
import { Answer } from './answer.js';

/** Who gave a command, as its events say it: an external coach is known by `coachId`. */
export interface CommandActor extends Actor {
  readonly coachId?: string;
}

/** What a command comes with besides its body. */
export class CommandContext {
  /** What `complete` was given: what is answered instead of what the controller returns. */
  completed: Answer | undefined;

  constructor(
    /** UUIDv5 of tenant, subject, method, path and Idempotency-Key: the same for a retry. Ids of what it makes derive from it. */
    readonly commandId: string,
    /** Who acts: the token's subject, or the person whom integration named. */
    readonly subject: Subject,
    readonly actor: CommandActor,
    /** When it happened in the world, ISO 8601 with milliseconds in UTC: `now`, unless integration said otherwise. */
    readonly occurredAt: string,
    /** When it was received, in the same form. */
    readonly now: string,
    readonly traceparent: string,
    /** The version named by If-Match, or `*`. */
    readonly ifMatch: string | undefined,
    private readonly keep: (client: PoolClient, answer: Answer) => Promise<void>,
  ) {}

  get tenantId(): string {
    return this.subject.tenantId;
  }

  /** A command from outside begins a correlation of its own; reactions hand it on. */
  get correlationId(): string {
    return this.commandId;
  }

  /** What handlers of streams are given; `exact` where integration said when it happened. */
  get origin(): Origin {
    const { commandId, tenantId, actor, correlationId, traceparent, occurredAt } = this;
    return {
      commandId,
      tenantId,
      actor,
      correlationId,
      traceparent,
      at: occurredAt,
      exact: occurredAt !== this.now,
    };
  }

  /** The actor in another role of theirs than the first that the route allows. */
  actingAs(role: Role): CommandActor {
    return actorOf(this.subject, role);
  }

  /**
   * Keeps the command's answer in the caller's transaction, with the rows that it wrote. What is answered is `answer`.
   * @throws RefusedError when somebody else took the command over meanwhile: roll back
   */
  async complete(client: PoolClient, answer: Answer): Promise<void> {
    await this.keep(client, answer);
    this.completed = answer;
  }
}

export function actorOf({ subject, personId, coachId }: Subject, role: Role): CommandActor {
  return { subject, role, ...(personId ? { personId } : {}), ...(coachId ? { coachId } : {}) };
}

/** The id of a command sent from outside. `path` is the request's, without its query. */
export function commandIdOf(
  tenantId: string,
  subject: string,
  method: string,
  path: string,
  idempotencyKey: string,
): string {
  return derivedId(CAIRN_NAMESPACE, JSON.stringify([tenantId, subject, method, path, idempotencyKey]));
}

/** @throws RefusedError 400 where the header is missing or malformed */
export function idempotencyKeyOf(header: string | string[] | undefined): string {
  if (typeof header === 'string' && /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(header))
    return header;
  throw new RefusedError({
    kind: 'malformed',
    slug: header === undefined ? 'idempotency-key-missing' : 'bad-idempotency-key',
    detail:
      'Every command carries a header Idempotency-Key of 1 to 255 printable ASCII characters: a new one for a new command, the same one to send it again.',
  });
}

/**
 * When the command happened: what integration says in Cairn-Occurred-At, otherwise now.
 * @throws RefusedError 403 for other roles, 400 where it is no instant, 422 where it lies in the future
 */
export function occurredAtOf(
  header: string | string[] | undefined,
  { integration }: Authenticated,
  now: string,
): string {
  if (header === undefined) return now;
  if (!integration) {
    throw new RefusedError({
      kind: 'forbidden',
      slug: 'occurred-at-not-allowed',
      detail:
        'Only role integration may say when something happened; leave the header Cairn-Occurred-At out.',
    });
  }
  const occurredAt = instantOf(header);
  if (occurredAt === undefined) {
    throw new RefusedError({
      kind: 'malformed',
      slug: 'bad-occurred-at',
      detail: 'Cairn-Occurred-At must be an instant in UTC, as 2026-03-01T09:00:00Z, from 1900 on.',
    });
  }
  if (occurredAt > now) {
    throw new RefusedError({
      kind: 'invalid',
      slug: 'occurred-in-the-future',
      detail: `Cairn-Occurred-At lies in the future; now is ${now}.`,
    });
  }
  return occurredAt;
}
