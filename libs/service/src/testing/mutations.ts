/** What a member of a body may be given instead of what it takes. */
const WRONG: readonly unknown[] = [
  null,
  [],
  {},
  '',
  ' ',
  'x',
  -1,
  1.5,
  1e308,
  true,
  [null],
  [[]],
  [{}],
  { a: 1 },
  'canary\0',
  '\ud800',
  '9999-12-31',
  '9999-12-31T23:59',
  '+275760-09-13T00:00:00Z',
  'x'.repeat(30_000),
];

/** A body as it should be, each time with one member at any depth left out or replaced by what it is not. */
export function* mutationsOf(value: unknown): Generator<unknown> {
  yield* WRONG;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      for (const other of mutationsOf(item)) yield value.with(index, other);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      const { [name]: _, ...others } = value as Record<string, unknown>;
      yield others;
      for (const other of mutationsOf(member)) yield { ...others, [name]: other };
    }
  }
}
