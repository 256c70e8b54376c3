export * from './acting.js';
export { isUuid } from './claims.js';
export * from './development-issuer.js';
export * from './guard.js';
export * from './link.js';
export * from './subject.js';
export * from './unauthenticated.js';
export * from './verifier.js';
