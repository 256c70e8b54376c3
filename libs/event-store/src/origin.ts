import { derivedId } from './ids.js';
import type { Actor, EventMetadata } from './port.js';

/** Where a command comes from, and when: an HTTP request, a reaction to another service's event, or a deadline. */
export interface Origin {
  readonly commandId: string;
  readonly tenantId: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly traceparent?: string;
  /** When it happened, ISO 8601, UTC. */
  readonly at: string;
  /**
   * True where an importer said when: a fact that is earlier than the stream's last one is then refused. Otherwise "now"
   * was taken before the stream was read, by one of several clocks, and yields to what is there.
   */
  readonly exact: boolean;
}

export const metadataOf = ({
  tenantId,
  commandId,
  correlationId,
  causationId,
  actor,
  traceparent,
}: Omit<Origin, 'at' | 'exact'>): EventMetadata => ({
  tenantId,
  commandId,
  correlationId,
  actor,
  ...(causationId !== undefined && { causationId }),
  ...(traceparent !== undefined && { traceparent }),
});

/** The origin of a further command that this one brings about: sent again, it has the same id. */
export const followedBy = (origin: Origin, name: string): Origin => ({
  ...origin,
  commandId: derivedId(origin.commandId, name),
});

/** When a fact counts as having happened in a stream whose last one was at `lastAt`. */
export const timeIn = (origin: Origin, lastAt: string): string =>
  origin.exact || origin.at > lastAt ? origin.at : lastAt;
