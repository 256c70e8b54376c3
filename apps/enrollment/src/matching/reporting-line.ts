/**
 * A person's managers from the direct one to the top. Ends where a manager is unknown or, in a directory with a circle,
 * before a person comes a second time.
 */
export function managerChain(
  personId: string,
  managerOf: (personId: string) => string | null | undefined,
): string[] {
  const chain: string[] = [];
  const seen = new Set([personId]);
  for (let above = managerOf(personId); above != null && !seen.has(above); above = managerOf(above)) {
    seen.add(above);
    chain.push(above);
  }
  return chain;
}
