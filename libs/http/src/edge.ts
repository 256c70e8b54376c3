import type { Pool } from 'pg';
import type { FlowCheck, ServerCheck } from '@cairn/telemetry';
import type { Verifier } from '@cairn/identity';
import type { Clock } from './clock.js';
import type { Fault } from './problem.js';

/** JSON Schemas of answers, by operation (`Controller_method`), and those that they refer to. */
export interface Answers {
  readonly operations: Readonly<Record<string, object>>;
  readonly schemas: Readonly<Record<string, object>>;
}

/** How a protocol with a form of its own for errors has them, whatever went wrong and where. */
export interface ErrorForm {
  /** Of its paths, behind the service's name: `scim/v2`. */
  readonly under: string;
  readonly mediaType: string;
  bodyOf(fault: Fault, traceId: string): object;
}

/** What the HTTP edge of one service is made with. */
export interface EdgeOptions {
  /** `enrollment`, `sessions`, …: the first segment of every path, and a label of logs and metrics. */
  readonly service: string;
  /** For the API document. */
  readonly title: string;
  readonly description: string;
  /** The service's own database: command keys live in it, and readiness asks it. Has an error listener. */
  readonly pool: Pool;
  readonly verifier: Verifier;
  /** The system's clock unless given. */
  readonly clock?: Clock;
  /** What `/health/flow` asks; read on each request, so that parts may be added later. */
  readonly flow?: FlowCheck[];
  /** What the service needs; `/health/flow` says which of it answers. */
  readonly servers?: readonly ServerCheck[];
  /** What the operations answer with, for the API document. */
  readonly answers?: Answers;
  /** Media types whose bodies are handed over unread, for `@BodyStream()`. */
  readonly streams?: readonly string[];
  /** Media types that are read as JSON is, beside its own. */
  readonly jsonTypes?: readonly string[];
  /** In place of problem documents. */
  readonly errorForms?: readonly ErrorForm[];
}

export interface Edge extends EdgeOptions {
  readonly clock: Clock;
  readonly flow: FlowCheck[];
  readonly servers: readonly ServerCheck[];
  /** Bytes of a body that is read whole. */
  readonly bodyLimit: number;
}

export const EDGE = Symbol('Edge');
