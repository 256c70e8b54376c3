import { CAIRN_NAMESPACE, derivedId, type Actor, type StoredEvent } from '@cairn/event-store';

/** Something that will be so at an instant unless it is cleared before: an expiry, a judgement of silence, a reminder. */
export interface DeadlineToSet {
  /** Unique within the tenant; setting it again moves it. For example `session-<id>/confirm`. */
  readonly key: string;
  /** What is due, for the handler: `invitation-expires`. */
  readonly kind: string;
  /** What it is about. Deadlines of one subject are handled one after the other. */
  readonly subjectId: string;
  /** ISO 8601, UTC. */
  readonly dueAt: string;
  /** Names an open history (an imported enrolment or engagement): handled only as far as that is declared. */
  readonly historyKey?: string;
}

/** What an event of the log means for the deadlines. */
export type DeadlineChange =
  | { readonly set: DeadlineToSet }
  | { readonly clear: string }
  /** The importer has told everything up to `through`, and with `complete` everything there is. */
  | { readonly history: { readonly key: string; readonly through?: string; readonly complete: boolean } };

/** A pure function: the same event always means the same. */
export type DeadlinePlan = (event: StoredEvent) => readonly DeadlineChange[];

/** A deadline that has come. */
export interface Deadline {
  readonly tenantId: string;
  readonly key: string;
  readonly kind: string;
  readonly subjectId: string;
  readonly dueAt: string;
}

/** With what the command of a deadline is given. */
export interface DeadlineContext {
  /** Derived from the deadline, so that handling it again has no second effect. */
  readonly commandId: string;
  readonly tenantId: string;
  /** The deadline itself, however late it is handled. */
  readonly occurredAt: string;
  readonly now: string;
  readonly correlationId: string;
  /** The event that set it. */
  readonly causationId: string;
  readonly actor: Actor;
  readonly traceparent: string;
}

/**
 * Carries out what is due and resolves once it is durable. State decides, not the table: a deadline that has been moved or
 * settled meanwhile is nothing to do. A rejection is tried again later.
 */
export type DeadlineHandler = (deadline: Deadline, context: DeadlineContext) => Promise<unknown>;

/** A deadline that is moved is another one, and so is its command. */
export const deadlineCommandId = (
  service: string,
  { tenantId, key, dueAt }: Pick<Deadline, 'tenantId' | 'key' | 'dueAt'>,
): string => derivedId(CAIRN_NAMESPACE, JSON.stringify(['deadline', service, tenantId, key, dueAt]));
