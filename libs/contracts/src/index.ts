export * from './catalogue.js';
export { openSchema, type Context, type Contract } from './contract.js';
export * from './envelope.js';
export { envelopeSchema, LONGEST } from './envelope-schema.js';
export { type SessionPolicy } from './fields.js';
export { type Outcome } from './sessions/v1/sessions.js';
export { asyncApiDocument } from './asyncapi.js';
export { goldenOf } from './golden.js';
export { inHalves } from './in-halves.js';
