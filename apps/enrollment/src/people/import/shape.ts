/** What is wrong with a mapping, and where: a JSON pointer into it. */
export interface MappingProblem {
  readonly pointer: string;
  readonly code: 'unknown-key' | 'missing-key' | 'wrong-type' | 'not-allowed';
  /** What was expected, in plain English. */
  readonly expected: string;
}

/** Checks the value at a pointer. A problem per fault; none means that it has the shape. */
export type Shape = (value: unknown, pointer: string) => MappingProblem[];

const wrong = (pointer: string, expected: string): MappingProblem[] => [
  { pointer, code: 'wrong-type', expected },
];
const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

export const text: Shape = (value, pointer) =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 4000 && !value.includes('\0')
    ? []
    : wrong(pointer, 'a text that is not empty');

export const flag: Shape = (value, pointer) =>
  typeof value === 'boolean' ? [] : wrong(pointer, 'true or false');

export const number: Shape = (value, pointer) => (Number.isFinite(value) ? [] : wrong(pointer, 'a number'));

/** A text that `allowed` accepts; `expected` says which. */
export const textThat =
  (expected: string, allowed: (value: string) => boolean): Shape =>
  (value, pointer) =>
    typeof value === 'string' && allowed(value) ? [] : [{ pointer, code: 'not-allowed', expected }];

export const oneOf = (values: readonly string[]): Shape =>
  textThat(`one of ${values.map((value) => JSON.stringify(value)).join(', ')}`, (value) =>
    values.includes(value),
  );

/** Both: the first that finds fault speaks. */
export const both =
  (first: Shape, second: Shape): Shape =>
  (value, pointer) => {
    const problems = first(value, pointer);
    return problems.length > 0 ? problems : second(value, pointer);
  };

export const listOf =
  (item: Shape, least = 0): Shape =>
  (value, pointer) =>
    Array.isArray(value) && value.length >= least && value.length <= 10_000
      ? value.flatMap((entry, i) => item(entry, `${pointer}/${i}`))
      : wrong(pointer, least > 0 ? `a list of at least ${least}` : 'a list');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with free keys. */
export const mapOf =
  (item: Shape): Shape =>
  (value, pointer) =>
    isRecord(value)
      ? Object.entries(value).flatMap(([key, entry]) => [
          ...text(key, `${pointer}/${escaped(key)}`),
          ...item(entry, `${pointer}/${escaped(key)}`),
        ])
      : wrong(pointer, 'an object');

/** An object with these keys and no others. */
export function object(required: Record<string, Shape>, optional: Record<string, Shape> = {}): Shape {
  const shapes = new Map(Object.entries({ ...required, ...optional }));
  const allowed = `one of the keys ${[...shapes.keys()].join(', ')}`;
  return (value, pointer) => {
    if (!isRecord(value))
      return wrong(pointer, `an object with the keys ${Object.keys(required).join(', ')}`);
    const problems: MappingProblem[] = [];
    for (const key of Object.keys(required)) {
      if (!Object.hasOwn(value, key)) {
        problems.push({ pointer: `${pointer}/${key}`, code: 'missing-key', expected: `the key ${key}` });
      }
    }
    for (const [key, entry] of Object.entries(value)) {
      const at = `${pointer}/${escaped(key)}`;
      const shape = shapes.get(key);
      problems.push(
        ...(shape ? shape(entry, at) : [{ pointer: at, code: 'unknown-key' as const, expected: allowed }]),
      );
    }
    return problems;
  };
}
