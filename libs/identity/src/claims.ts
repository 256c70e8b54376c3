import type { JWTPayload } from 'jose';
import { Unauthenticated } from './unauthenticated.js';
import { isRole, type Subject } from './subject.js';
import { isUuid } from './uuid.js';

/**
 * The subject that verified claims describe. A role that is not Cairn's is passed over: providers add their own.
 * @throws Unauthenticated naming the claim that is missing or malformed
 */
export function subjectOf(claims: JWTPayload): Subject {
  const {
    sub,
    tenant,
    roles,
    person_id: personId,
    coach_id: coachId,
    org_units: orgUnits,
    sensitive,
  } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > 255)
    throw malformed('sub', 'a text of at most 255 characters');
  if (!isUuid(tenant)) throw malformed('tenant', 'a UUID');
  if (!Array.isArray(roles)) throw malformed('roles', 'an array');
  if (personId !== undefined && !isUuid(personId)) throw malformed('person_id', 'a UUID');
  if (coachId !== undefined && !isUuid(coachId)) throw malformed('coach_id', 'a UUID');
  if (orgUnits !== undefined && !isTexts(orgUnits)) throw malformed('org_units', 'an array of texts');
  if (sensitive !== undefined && typeof sensitive !== 'boolean')
    throw malformed('sensitive', 'true or false');
  return {
    tenantId: tenant.toLowerCase(),
    subject: sub,
    roles: [...new Set(roles.filter(isRole))],
    ...(personId === undefined ? {} : { personId: personId.toLowerCase() }),
    ...(coachId === undefined ? {} : { coachId: coachId.toLowerCase() }),
    ...(orgUnits === undefined ? {} : { orgUnits }),
    sensitive: sensitive === true,
  };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const malformed = (claim: string, expected: string) =>
  new Unauthenticated(`The token's claim ${claim} must be ${expected}.`, 'invalid_token');
