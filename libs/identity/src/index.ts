export * from './acting.js';
export * from './development-issuer.js';
export * from './guard.js';
export * from './link.js';
export * from './subject.js';
export * from './unauthenticated.js';
export { isUuid } from './uuid.js';
export * from './verifier.js';
