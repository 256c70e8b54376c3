/** The roles a token may carry. A person often has several. */
export const ROLES = [
  'coachee',
  'coach',
  'manager',
  'hr',
  'program-admin',
  'sponsor',
  'integration',
] as const;

export type Role = (typeof ROLES)[number];

export const isRole = (value: unknown): value is Role => ROLES.includes(value as Role);

/** Who asks, and for which tenant: what a verified token says. */
export interface Subject {
  /** UUID; every query and command is bound to it. */
  readonly tenantId: string;
  /** The token's `sub`, unique at the issuer. */
  readonly subject: string;
  readonly roles: readonly Role[];
  /** UUID of the person in this tenant; an external coach and a machine have none. */
  readonly personId?: string;
  /** UUID of the coach, for role coach. */
  readonly coachId?: string;
  /** The org units that an HR user is limited to; absent means all. */
  readonly orgUnits?: readonly string[];
  /** May read the events of the sensitive topic. */
  readonly sensitive: boolean;
}

export function hasRole(subject: Subject, ...anyOf: Role[]): boolean {
  return anyOf.some((role) => subject.roles.includes(role));
}

/**
 * Whether the subject reads of everybody in its tenant. Never where it is HR too: HR's limits (the own record, the line
 * upwards, the org units) hold whatever other role it has.
 */
export const readsEverybody = (subject: Subject): boolean =>
  hasRole(subject, 'program-admin', 'integration') && !hasRole(subject, 'hr');
