/** What a token is asked for with, as far as it says whose it is. */
export interface Named {
  readonly employee?: string | undefined;
  readonly person?: string | undefined;
  readonly coach?: string | undefined;
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
