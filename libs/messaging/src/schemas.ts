import { envelopeSchema, openSchema, type Contract } from '@cairn/contracts';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const ajv = new Ajv2020({ strict: true });
(addFormats as unknown as (to: Ajv2020) => void)(ajv);

const { required, ...schema } = envelopeSchema();

/** Attributes that a later version adds are let through. The tenant's absence has a reason of its own. */
export const isEnvelope: ValidateFunction = ajv.compile({
  ...schema,
  required: required.filter((name) => name !== 'tenantid'),
});

const strict = new Map<string, ValidateFunction>();
const open = new Map<string, ValidateFunction>();

function compiled(
  cache: Map<string, ValidateFunction>,
  contract: Contract,
  schemaOf: () => unknown,
): ValidateFunction {
  let validate = cache.get(contract.type);
  if (!validate) cache.set(contract.type, (validate = ajv.compile(schemaOf() as object)));
  return validate;
}

/** The check of a publisher: exactly the contract's fields. */
export const strictSchemaOf = (contract: Contract) => compiled(strict, contract, () => contract.schema);
/** The check of a consumer: fields that it does not know are let through. */
export const openSchemaOf = (contract: Contract) =>
  compiled(open, contract, () => openSchema(contract.schema));

/** Where and how a value breaks its schema. Names of fields only, never a value. */
export const pointersOf = (errors: readonly ErrorObject[] | null | undefined): string =>
  (errors ?? []).map((error) => `${error.instancePath || '/'} ${error.message ?? error.keyword}`).join('; ');
