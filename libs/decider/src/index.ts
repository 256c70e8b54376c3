export { refusalsOf } from './refusals.js';

/** One thing that happened in one stream, before it is stored. `occurredAt` is an ISO 8601 instant in UTC. */
export interface DomainEvent<Type extends string = string, Body extends object = object> {
  readonly type: Type;
  readonly occurredAt: string;
  readonly data: Body;
}

/**
 * Why a command was refused. HTTP turns `kind` into a status in one place (libs/http); `slug` is stable and public;
 * `detail` names the fix in plain English and never repeats private text.
 */
export interface Refusal {
  readonly kind: RefusalKind;
  readonly slug: string;
  readonly detail: string;
  /** JSON pointers into the command's body, where single fields are at fault. */
  readonly errors?: readonly { pointer: string; detail: string }[];
  /** Further public members of the problem document, for example `state` or `currentVersion`. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export type RefusalKind =
  /** the state does not allow it, or somebody else was first: 409 */
  | 'conflict'
  /** names something whose event has not arrived here yet: 409 with Retry-After */
  | 'not-yet-known'
  /** well-formed but not acceptable: 422 */
  | 'invalid'
  /** malformed request: 400 */
  | 'malformed'
  /** not there, not this tenant's, or not one's own: 404 */
  | 'not-found'
  /** the role may never do this: 403 */
  | 'forbidden'
  /** stale If-Match: 412 */
  | 'stale'
  /** a precondition header is required: 428 */
  | 'precondition-required';

/** The result of a decision is a type, not an exception: an empty list means "already so, nothing to do". */
export type Decision<Event> =
  | { readonly ok: true; readonly events: readonly Event[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** A pure aggregate: no clock, no randomness, no I/O. Times, ids and prices arrive in the command. */
export interface Decider<State, Command, Event> {
  readonly initialState: State;
  /** Folds one event; ignores types it does not know. */
  evolve(state: State, event: Event): State;
  decide(command: Command, state: State): Decision<Event>;
}

export const accept = <Event>(...events: Event[]): Decision<Event> => ({ ok: true, events });
export const refuse = (refusal: Refusal): Decision<never> => ({ ok: false, refusal });

/** The state after `events`, from the beginning or from `state`. */
export function fold<State, Event>(
  decider: Pick<Decider<State, unknown, Event>, 'initialState' | 'evolve'>,
  events: Iterable<Event>,
  state: State = decider.initialState,
): State {
  for (const event of events) state = decider.evolve(state, event);
  return state;
}

/** Thrown where a refusal has to travel through code that returns something else; HTTP renders it the same way. */
export class RefusedError extends Error {
  constructor(readonly refusal: Refusal) {
    super(`${refusal.slug}: ${refusal.detail}`);
    this.name = 'RefusedError';
  }
}
