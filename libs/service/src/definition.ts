import type { Context, ContractEvent } from '@cairn/contracts';
import type { StoredEvent } from '@cairn/event-store';
import type { TransactionalLog } from '@cairn/event-store/postgres';
import type { Clock, ErrorForm } from '@cairn/http';
import type { Bus } from '@cairn/messaging';
import type { FlowCheck } from '@cairn/telemetry';
import type { DynamicModule } from '@nestjs/common';
import type { Pool } from 'pg';
import type { ServiceConfig } from './config.js';
import type { Showing } from './person-reads.js';

/** What a running service is made of; its module gets these, and injects them by the tokens below. */
export interface ServiceParts {
  readonly config: ServiceConfig;
  /** The service's own database. */
  readonly pool: Pool;
  /** The service's log. Analytics keeps a log of its own kind and has none here. */
  readonly log: TransactionalLog;
  readonly bus: Bus;
  readonly clock: Clock;
  /** Asked by `/health/flow`; a module adds its own parts (sweepers, projections). */
  readonly flow: FlowCheck[];
}

export const POOL = Symbol('Pool');
export const LOG = Symbol('Log');
export const PARTS = Symbol('ServiceParts');

/** Everything by which one service differs from another. Each `app.module.ts` exports one. */
export interface ServiceDefinition {
  readonly name: Context | 'analytics';
  /** For the API document. */
  readonly title: string;
  readonly description: string;
  /** Keeps private text, and so needs TEXT_KEY. */
  readonly holdsText: boolean;
  /** Its state is its events, so its log may be in EventStoreDB (EVENT_STORE); else it is in the service's database. */
  readonly eventSourced?: true;
  /** Where the schemas of its answers are, as docs/reference/answers.mjs has made them. */
  readonly answers?: URL;
  /** Media types whose bodies are handed to controllers unread. */
  readonly streams?: readonly string[];
  /** Media types that are read as JSON is, beside its own. */
  readonly jsonTypes?: readonly string[];
  /** Of protocols that do not have problem documents. */
  readonly errorForms?: readonly ErrorForm[];
  /** The service's own tables; those of the libraries are there already. */
  migrate(parts: ServiceParts): Promise<void>;
  module(parts: ServiceParts): DynamicModule;
  /** What the relay publishes of a stored event; a service without it has no relay. */
  publish?(stored: StoredEvent): readonly ContractEvent[];
  /** The event by which it says whom it showed by name; its module is given `PersonReads` then. */
  readonly showing?: Showing;
  /** The consumer group whose handler (`@EventBatch(group)`) the module declares. */
  readonly inbox?: { readonly group: string; readonly topics: readonly string[] };
}
