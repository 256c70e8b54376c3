import type { ContractEvent } from './catalogue.js';

/**
 * A published event on the wire: CloudEvents 1.0 in structured mode (`application/cloudevents+json`).
 * Attribute names are CloudEvents' own or lower-case extensions of Cairn's.
 */
export interface Envelope<Body = unknown> {
  readonly specversion: '1.0';
  /** UUIDv5 of the stored event's id and the index among what was made of it: the same whenever it is sent again. */
  readonly id: string;
  readonly type: string;
  /** `/cairn/<service>` */
  readonly source: string;
  /** The stream, which is also the message's key. */
  readonly subject: string;
  /** When it happened in the world. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  readonly tenantid: string;
  readonly streamversion: number;
  /** When Cairn learnt it. */
  readonly recordedtime: string;
  readonly correlationid: string;
  readonly causationid: string;
  readonly traceparent?: string;
  /** Generation of the publisher's log, position in it, and index: what a consumer has seen, it drops. */
  readonly log: string;
  readonly logposition: string;
  readonly logindex: number;
  readonly data: Body;
}

/** An envelope as a handler sees it: `name` narrows `data`. */
export type ReceivedContract = ContractEvent & { readonly envelope: Envelope };
