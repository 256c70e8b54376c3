import { RefusedError, type Refusal } from '@cairn/decider';
import { notFound } from '@cairn/http';
import type { FileProblem } from './import/problems.js';
import type { FileFormat } from './import/reading/hr-file.js';

export const noSuchImport = () => notFound('import');
export const noSuchMapping = () =>
  notFound('mapping; GET /enrollment/v1/people/mappings lists those there are');
export const noSuchPerson = () => notFound('person');

/** The file as a whole cannot be used: each problem says what was expected, and where. */
export const unreadableFile = (reading: {
  readonly problems: readonly FileProblem[];
  readonly detected?: Partial<FileFormat>;
}) =>
  new RefusedError({
    kind: 'invalid',
    slug: 'file-unreadable',
    detail: `The file cannot be used: expected ${reading.problems[0]!.expected}.`,
    extra: { problems: reading.problems, ...(reading.detected ? { detected: reading.detected } : {}) },
  });

export const snapshotTooOld = (problem: FileProblem) =>
  new RefusedError({
    kind: 'conflict',
    slug: 'snapshot-older-than-last',
    detail: `Nothing was imported: expected ${problem.expected}.`,
    extra: { problems: [problem] },
  });

export const notHeld = (state: string): Refusal => ({
  kind: 'conflict',
  slug: 'import-not-held',
  detail: `Only an import that is held waits to be confirmed; this one is ${state}.`,
  extra: { state },
});

export const importOutdated = (): Refusal => ({
  kind: 'conflict',
  slug: 'import-outdated',
  detail:
    'A file that changed something, or a newer one, was imported since this one was planned: send it again to see what it would do now.',
});

export const wholeOrganisationNeeded = (): Refusal => ({
  kind: 'forbidden',
  slug: 'whole-organisation-needed',
  detail: 'An HR file reaches beyond the org units that your token is limited to.',
});

export const notAPlaceholder = (): Refusal => ({
  kind: 'conflict',
  slug: 'not-a-placeholder',
  detail: 'Only a placeholder is completed; what is known of an employee comes from the HR file.',
});

export const alreadyCompleted = (): Refusal => ({
  kind: 'conflict',
  slug: 'already-completed',
  detail: 'This person has been completed already.',
});
