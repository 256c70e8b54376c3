import { contracts, type ReceivedContract } from '@cairn/contracts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const ajv = new Ajv2020({ strict: true });
(addFormats as unknown as (a: Ajv2020) => void)(ajv);

/** Does the event keep to its contract, as a publisher must? Throws with the reason where it does not. */
export function isReceived({ name, data }: ReceivedContract): boolean {
  const { schema } = contracts.get(name)!;
  if (ajv.validate(schema, data)) return true;
  throw new Error(`${name}: ${ajv.errorsText()}`);
}
