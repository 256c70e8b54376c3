import { FaultError } from '@cairn/http';

/** What went wrong with a request, as RFC 7644 3.12 (table 9) has it in words. */
type ScimType =
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidSyntax'
  | 'invalidValue'
  | 'mutability'
  | 'noTarget'
  | 'uniqueness';

const SLUGS: Record<ScimType, string> = {
  invalidFilter: 'scim-invalid-filter',
  invalidPath: 'scim-invalid-path',
  invalidSyntax: 'scim-invalid-syntax',
  invalidValue: 'scim-invalid-value',
  mutability: 'scim-mutability',
  noTarget: 'scim-no-target',
  uniqueness: 'scim-uniqueness',
};

export const scimError = (scimType: ScimType, detail: string): FaultError =>
  new FaultError({
    status: scimType === 'uniqueness' ? 409 : 400,
    slug: SLUGS[scimType],
    detail,
    extra: { scimType },
  });

export const changedMeanwhile = (): FaultError =>
  new FaultError({
    status: 412,
    slug: 'stale-version',
    detail: 'It has changed since you read it: read it again and send its new ETag.',
  });

export const importUnderWay = (): FaultError =>
  new FaultError({
    status: 503,
    slug: 'import-under-way',
    detail: 'A file of people is being applied. Send this again in a moment.',
    headers: { 'retry-after': '5' },
  });

export const noSuchResource = (what: 'User' | 'Group'): FaultError =>
  new FaultError({ status: 404, slug: 'not-found', detail: `There is no such ${what}.` });
