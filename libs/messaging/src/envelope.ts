import {
  contractOf,
  contracts,
  topicsOf,
  type ContractEvent,
  type Envelope,
  type ReceivedContract,
} from '@cairn/contracts';
import { derivedId, LOG_RESTORED, type Admission, type StoredEvent } from '@cairn/event-store';
import { PermanentFault } from './faults.js';
import type { Mark } from './mark.js';
import type { BusMessage } from './port.js';
import { partitionOf } from './partition.js';
import { isEnvelope, openSchemaOf, pointersOf, strictSchemaOf } from './schemas.js';

/** A service's publishing rule: what a stored event becomes outside; none, one or several. Pure. */
export type Publishing = (stored: StoredEvent) => readonly ContractEvent[];

export interface Source {
  /** The publishing service: enrollment, sessions, goals. */
  readonly service: string;
  /** The generation of its log. */
  readonly generation: number;
  readonly publish: Publishing;
}

/** An envelope and the topic that it belongs on. */
export interface Addressed {
  readonly topic: string;
  readonly sensitive: boolean;
  readonly envelope: Envelope;
}

/**
 * What is published of a stored event, in order. The relay sends it, the service's feed answers with it.
 * @throws PermanentFault where the mapping breaks the contract: a defect of the publishing service
 */
export function envelopesOf(source: Source, stored: StoredEvent): Addressed[] {
  if (stored.type === LOG_RESTORED) return [];
  const topics = topicsOf(source.service);
  // Rules are switches over the events that a release knows; an event of a later one is for that release to publish.
  const published: readonly ContractEvent[] | undefined = source.publish(stored);
  if (published === undefined)
    throw new PermanentFault(
      'unpublishable',
      `${stored.type} in stream ${stored.stream} at version ${stored.version} is not known to this release of ${source.service}`,
    );
  return published.map((event, index) => {
    const contract = contracts.get(event.name);
    if (!contract) throw unpublishable(event.name, stored, 'no such contract');
    const validate = strictSchemaOf(contract);
    if (!validate(event.data)) throw unpublishable(event.name, stored, pointersOf(validate.errors));
    const envelope: Envelope = {
      specversion: '1.0',
      id: derivedId(stored.id, String(index)),
      type: contract.type,
      source: `/cairn/${source.service}`,
      subject: stored.stream,
      time: stored.occurredAt,
      datacontenttype: 'application/json',
      dataschema: `urn:cairn:schema:${contract.context}:v${contract.version}:${contract.name}`,
      tenantid: stored.metadata.tenantId,
      streamversion: stored.version,
      recordedtime: stored.recordedAt,
      correlationid: stored.metadata.correlationId,
      causationid: stored.metadata.causationId ?? stored.metadata.commandId,
      ...(stored.metadata.traceparent ? { traceparent: stored.metadata.traceparent } : {}),
      log: String(source.generation),
      logposition: stored.position,
      logindex: index,
      data: event.data,
    };
    if (!isEnvelope(envelope)) throw unpublishable(event.name, stored, pointersOf(isEnvelope.errors));
    if (!envelope.tenantid) throw unpublishable(event.name, stored, 'no tenant');
    const sensitive = contract.sensitive(event.data as Record<string, unknown>);
    return { topic: sensitive ? topics.sensitive : topics.open, sensitive, envelope };
  });
}

/**
 * Lets only such events into the log as the relay can send: one that breaks its contract would stop all that follow it, of
 * every tenant. Times and positions that only the log gives play no part in that.
 * @throws PermanentFault as `envelopesOf`
 */
export const publishable =
  (service: string, publish: Publishing): Admission =>
  (stream, version, event) =>
    void envelopesOf(
      { service, generation: 0, publish },
      { ...event, stream, version, position: '0', recordedAt: event.occurredAt },
    );

const unpublishable = (name: string, stored: StoredEvent, detail: string) =>
  new PermanentFault(
    'unpublishable',
    `${name}, made of ${stored.type} in stream ${stored.stream} at version ${stored.version}, breaks its contract: ${detail}`,
  );

/** The envelope as a message of the bus: structured mode, keyed by stream, three headers and no more. */
export function messageOf({ topic, envelope }: Addressed, partitions: number): BusMessage {
  return {
    topic,
    partition: partitionOf(envelope.subject, partitions),
    key: envelope.subject,
    value: Buffer.from(JSON.stringify(envelope), 'utf8'),
    headers: {
      'content-type': 'application/cloudevents+json',
      ce_type: envelope.type,
      tenantid: envelope.tenantid,
    },
  };
}

/** A message as it was understood, or why it cannot be handled. The mark is known even of some that cannot. */
export type Understood =
  | { readonly ok: true; readonly event: ReceivedContract; readonly mark: Mark }
  | { readonly ok: false; readonly fault: PermanentFault; readonly mark?: Mark };

/** No contract comes near it; far beyond, whatever works recursively overflows its stack, PostgreSQL too. */
const DEEPEST = 64;

const isStorable = (value: unknown) =>
  typeof value !== 'string' || (!value.includes('\0') && value.isWellFormed());

/** Why parsed JSON cannot be kept, if it cannot. Goes level by level, so that no depth is too much for itself. */
function unkeepable(parsed: unknown): string | undefined {
  let level = [parsed];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return `is nested deeper than ${DEEPEST} levels`;
    if (!level.every(isStorable)) return 'holds NUL or half of a character, which cannot be kept';
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null ? Object.entries(each).flat() : [],
    );
  }
  return undefined;
}

/** Reads and validates a message. Never throws. */
export function understand(message: Pick<BusMessage, 'key' | 'value'>): Understood {
  let parsed: unknown;
  try {
    parsed = JSON.parse(message.value.toString('utf8'));
  } catch {
    return { ok: false, fault: new PermanentFault('not-json', 'the message is not JSON') };
  }
  if (!isEnvelope(parsed)) {
    const detail = `the message is no CloudEvents envelope: ${pointersOf(isEnvelope.errors)}`;
    return { ok: false, fault: new PermanentFault('not-an-event', detail) };
  }
  const why = unkeepable(parsed);
  if (why) return { ok: false, fault: new PermanentFault('not-an-event', `the message ${why}`) };
  const envelope = parsed as Envelope;
  const mark = { log: Number(envelope.log), position: envelope.logposition, index: envelope.logindex };
  const refuse = (reason: string, detail: string): Understood => ({
    ok: false,
    mark,
    fault: new PermanentFault(reason, detail),
  });
  if (!envelope.tenantid) return refuse('no-tenant', 'the event names no tenant');
  if (message.key !== envelope.subject) {
    // No relay of ours has sent it, so its mark says nothing.
    const fault = new PermanentFault('wrong-key', `the message's key is not its subject ${envelope.subject}`);
    return { ok: false, fault };
  }
  const contract = contractOf(envelope.type);
  if (!contract) {
    const versionless = envelope.type.replace(/\.v\d+$/, '');
    const known = versionless !== envelope.type && contractOf(`${versionless}.v1`);
    return known
      ? refuse('unknown-version', `this version of Cairn knows ${known.type}, not ${envelope.type}`)
      : refuse('unknown-type', `this version of Cairn knows no event type ${envelope.type}`);
  }
  const validate = openSchemaOf(contract);
  if (!validate(envelope.data))
    return refuse('breaks-schema', `${contract.name}: ${pointersOf(validate.errors)}`);
  return {
    ok: true,
    mark,
    event: { name: contract.name, data: envelope.data, envelope } as ReceivedContract,
  };
}
