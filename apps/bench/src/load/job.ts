import type { Measured } from '../measure/result.js';

/** One request: everything before the header that makes it new, and its body. */
export interface PreparedRequest {
  /** Request line and headers, each ended by CRLF. */
  readonly head: string;
  readonly body: string;
}

/** What the generator is told, in this order: the requests once, then each run. */
export type Order =
  | { readonly kind: 'prepare'; readonly port: number; readonly requests: readonly PreparedRequest[] }
  | {
      readonly kind: 'run';
      readonly connections: number;
      readonly seconds: number;
      /** Requests per second of all connections together; as many as are answered without it. */
      readonly rate?: number;
    };

/** What a run gave, and the statuses of the answers that were no success. */
export type LoadReport = Measured & { readonly failures: Readonly<Record<number, number>> };
