/** Whether two values are the same JSON: the order of members does not count, since a database gives them back in its own. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = definedOf(a);
  const right = definedOf(b);
  return (
    left.length === right.length &&
    left.every(([key, value]) => Object.hasOwn(b, key) && same(value, (b as Record<string, unknown>)[key]))
  );
}

/** JSON knows no undefined: such a member is not there. */
const definedOf = (value: object) => Object.entries(value).filter(([, member]) => member !== undefined);
