import { openSchema, type Contract } from '@cairn/contracts';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const ajv = new Ajv2020({ strict: true });
(addFormats as unknown as (to: Ajv2020) => void)(ajv);

const text = { type: 'string', minLength: 1 };
const instant = { type: 'string', format: 'date-time' };

/** CloudEvents 1.0 in structured mode with Cairn's extensions; attributes that a later version adds are let through. */
export const isEnvelope: ValidateFunction = ajv.compile({
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
    id: { type: 'string', format: 'uuid' },
    type: text,
    source: text,
    subject: text,
    time: instant,
    datacontenttype: { const: 'application/json' },
    dataschema: text,
    // Its absence has a reason of its own, so it is looked at apart.
    tenantid: { type: 'string' },
    streamversion: { type: 'integer', minimum: 1 },
    recordedtime: instant,
    correlationid: text,
    causationid: text,
    traceparent: { type: 'string' },
    log: { type: 'string', pattern: '^[0-9]{1,10}$' },
    logposition: text,
    logindex: { type: 'integer', minimum: 0 },
    data: { type: 'object' },
  },
});

const strict = new Map<string, ValidateFunction>();
const open = new Map<string, ValidateFunction>();

function compiled(
  cache: Map<string, ValidateFunction>,
  contract: Contract,
  schema: unknown,
): ValidateFunction {
  let validate = cache.get(contract.type);
  if (!validate) cache.set(contract.type, (validate = ajv.compile(schema as object)));
  return validate;
}

/** The check of a publisher: exactly the contract's fields. */
export const strictSchemaOf = (contract: Contract) => compiled(strict, contract, contract.schema);
/** The check of a consumer: fields that it does not know are let through. */
export const openSchemaOf = (contract: Contract) => compiled(open, contract, openSchema(contract.schema));

/** Where and how a value breaks its schema. Names of fields only, never a value. */
export const pointersOf = (errors: readonly ErrorObject[] | null | undefined): string =>
  (errors ?? []).map((error) => `${error.instancePath || '/'} ${error.message ?? error.keyword}`).join('; ');
