import { readFileSync } from 'node:fs';
import type { Contract } from './contract.js';
import type { Envelope } from './envelope.js';

/** The golden example of an event, as it stands on the wire. It ships with the package. */
export const goldenOf = (contract: Pick<Contract, 'context' | 'name'>): Envelope =>
  JSON.parse(
    readFileSync(new URL(`../golden/${contract.context}/v1/${contract.name}.json`, import.meta.url), 'utf8'),
  );
