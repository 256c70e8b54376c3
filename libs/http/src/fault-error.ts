import type { Fault } from './problem.js';

/** Carries to the filter what is not a refusal of the domain: HTTP's own statuses, such as 413 and 503. */
export class FaultError extends Error {
  constructor(
    readonly fault: Fault,
    options?: ErrorOptions,
  ) {
    super(`${fault.slug}: ${fault.detail}`, options);
    this.name = 'FaultError';
  }
}
