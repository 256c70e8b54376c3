import { isUuid } from '@cairn/identity';

/** What a token is asked for with, as far as it says whose it is. */
export interface Named {
  readonly tenant?: string | undefined;
  readonly employee?: string | undefined;
  readonly person?: string | undefined;
  readonly coach?: string | undefined;
}

/** What was given and cannot be what it stands for: a sentence, or undefined where all can. */
export function faultIn(named: Named): string | undefined {
  for (const flag of ['tenant', 'person'] as const) {
    const value = named[flag];
    if (value !== undefined && !isUuid(value))
      return `--${flag} takes a UUID, as 0190a1b2-0000-7000-8000-000000000001; it is "${value}".`;
  }
  for (const flag of ['employee', 'coach'] as const)
    if (named[flag]?.trim() === '') return `--${flag} names nobody: it is empty.`;
  return undefined;
}

/** What a token of these roles needs to be of any use, and was not given: a sentence, or undefined where nothing is. */
export function missingFor(roles: readonly string[], { employee, person, coach }: Named): string | undefined {
  const isPerson = employee !== undefined || person !== undefined;
  if (roles.includes('coach') && coach === undefined)
    return 'Role coach needs to know which one: add --coach REF, the external reference of a coach.';
  for (const role of ['coachee', 'manager'])
    if (roles.includes(role) && !isPerson)
      return `Role ${role} needs to know who: add --employee ID, of a person of an imported file, or --person UUID.`;
  return undefined;
}
