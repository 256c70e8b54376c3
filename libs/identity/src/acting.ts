import { RefusedError } from '@cairn/decider';
import { isRole, type Role, type Subject } from './subject.js';
import { isUuid } from './uuid.js';

/**
 * The person in whose name role integration gives a command, from the header `Cairn-On-Behalf-Of: <role>[:<id>]`. The id
 * is a personId, or a coachId for role coach; coachee and coach cannot do without one.
 * @throws RefusedError 403 for any other role and for one that is HR too, 400 where the header is malformed
 */
export function actingFor(integration: Subject, header: string): Subject {
  if (!integration.roles.includes('integration')) {
    throw new RefusedError({
      kind: 'forbidden',
      slug: 'acting-not-allowed',
      detail: 'Only role integration may send Cairn-On-Behalf-Of; leave the header out.',
    });
  }
  if (integration.roles.includes('hr')) {
    throw new RefusedError({
      kind: 'forbidden',
      slug: 'acting-not-allowed',
      detail:
        'Acting for somebody else would leave HR’s limits behind, which hold whatever other role a token has: take a token of role integration without role hr.',
    });
  }
  const [role = '', id, ...rest] = header.trim().split(':');
  if (!isRole(role) || role === 'integration' || rest.length > 0 || (id !== undefined && !isUuid(id)))
    throw malformed();
  if (id === undefined && (role === 'coachee' || role === 'coach')) throw malformed();
  return {
    tenantId: integration.tenantId,
    subject: integration.subject,
    roles: [role],
    ...namedBy(role, id?.toLowerCase()),
    sensitive: false,
  };
}

function namedBy(role: Role, id: string | undefined): Pick<Subject, 'personId' | 'coachId'> {
  if (id === undefined) return {};
  return role === 'coach' ? { coachId: id } : { personId: id };
}

const malformed = () =>
  new RefusedError({
    kind: 'malformed',
    slug: 'bad-on-behalf-of',
    detail:
      'Cairn-On-Behalf-Of names a role and an id: coachee:<personId>, coach:<coachId>, or hr, program-admin with or without :<personId>.',
  });
