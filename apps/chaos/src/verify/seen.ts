import type { Acknowledged } from '../load/caller.js';
import type { Known } from './known.js';
import type { Ledger } from './ledger.js';
import type { Places } from './places.js';

/** A published event, wherever it was read. */
export interface Fact {
  readonly id: string;
  /** The service that published it. */
  readonly source: string;
  /** Of its contract. */
  readonly name: string;
  /** Where it belongs: what is sensitive has a topic of its own. */
  readonly topic: string;
  readonly tenantId: string;
  readonly stream: string;
  readonly version: number;
  /** Its place in its service's log: what a consumer tells repeats by. */
  readonly position: string;
  readonly index: number;
  /** The command that began it all, and what it follows from. */
  readonly correlationId: string;
  readonly causationId: string;
}

/** An event as a service's log holds it. */
export interface Stored {
  readonly id: string;
  readonly stream: string;
  readonly version: number;
  readonly recordedAt: string;
  readonly type: string;
  /** ISO 8601, UTC. */
  readonly occurredAt: string;
  // As its service keeps it.
  // eslint-disable-next-line typescript/no-explicit-any
  readonly data: any;
}

/** A fact as a consumer gets it, that reads the topics from the beginning. */
export interface Received extends Fact {
  readonly partition: number;
}

/** Everything that was read of a run when it had become quiet. */
export interface Seen {
  readonly acknowledged: readonly Acknowledged[];
  /** Of each service that publishes, in the order of its log. */
  readonly logs: Readonly<Record<string, readonly Stored[]>>;
  /** The same services' feeds, tenant by tenant. */
  readonly feeds: Readonly<Record<string, readonly Fact[]>>;
  /** In the order of each partition. */
  readonly topics: readonly Received[];
  /** What analytics has taken in, in the order of its log. */
  readonly intake: readonly Fact[];
  /** A hash of each table of analytics, as it has become under fire, and as a clean rebuild makes it. */
  readonly readModels: readonly { readonly table: string; readonly live: string; readonly rebuilt: string }[];
  /** What services keep beside their logs. */
  readonly ledger: Ledger;
  readonly places: Places;
  readonly known: Known;
  /** What consumers have put aside. */
  readonly aside: readonly {
    readonly group: string;
    readonly deadLetters: number;
    readonly held: number;
    readonly stopped: string | null;
  }[];
  /** Processes that ended, though nobody had told them to, and did not just refuse to start. */
  readonly died: readonly string[];
  /** What was answered with 500, each time. */
  readonly failed: readonly string[];
}
