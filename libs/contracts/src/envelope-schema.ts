import type { Contract } from './contract.js';
import { Instant, INT, Uuid } from './fields.js';

/** The longest that a text of the envelope may be, in characters: consumers keep it in an index. */
export const LONGEST = 255;
const text = { type: 'string', minLength: 1, maxLength: LONGEST };

/** The attributes of `Envelope` as a JSON Schema: around one event's data, or around any. */
export const envelopeSchema = (contract?: Contract) => ({
  type: 'object',
  required: [
    'specversion',
    'id',
    'type',
    'source',
    'subject',
    'time',
    'datacontenttype',
    'dataschema',
    'tenantid',
    'streamversion',
    'recordedtime',
    'correlationid',
    'causationid',
    'log',
    'logposition',
    'logindex',
    'data',
  ],
  properties: {
    specversion: { const: '1.0' },
    id: { ...Uuid, description: 'the same whenever the event is sent again' },
    type: {
      ...(contract ? { const: contract.type } : text),
      description: 'the event and the version of its shape',
    },
    source: { ...text, description: '/cairn/<service>' },
    subject: { ...text, description: 'the stream; also the key of the message' },
    time: { ...Instant, description: 'when it happened in the world' },
    datacontenttype: { const: 'application/json' },
    dataschema: { ...text, description: 'names the schema of data' },
    tenantid: { ...Uuid, description: 'whose event it is' },
    streamversion: {
      type: 'integer',
      minimum: 1,
      maximum: INT,
      description: 'place of its stored event in the stream',
    },
    recordedtime: { ...Instant, description: 'when Cairn learnt it' },
    correlationid: { ...text, description: 'the command from outside that it all began with' },
    causationid: { ...text, description: 'the command or the event that caused it' },
    traceparent: { type: 'string', maxLength: LONGEST, description: 'W3C trace context' },
    log: {
      type: 'string',
      pattern: '^([0-9]{1,9}|1[0-9]{9})$',
      description: 'generation of the publishing log',
    },
    logposition: { ...text, description: 'ordered within a log and partition' },
    logindex: {
      type: 'integer',
      minimum: 0,
      maximum: INT,
      description: 'place among the events that one stored event became',
    },
    data: contract?.schema ?? { type: 'object' },
  },
});
