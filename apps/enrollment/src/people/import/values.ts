import type { ImportMapping, Level } from './mapping.js';

/** How a cell's value is compared with a value in the mapping: without case and doubled spaces. */
export const valueKey = (value: string): string =>
  value.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase();

/** What the values of a column mean, as the mapping lists them. */
export interface ValueLists<Kind extends string> {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly otherwise: Kind | undefined;
  /** All listed values, for the report. */
  readonly shown: string;
}

export function valueLists<Kind extends string>(
  from: { readonly otherwise?: Kind } & Partial<Readonly<Record<Kind, readonly string[]>>>,
  kinds: readonly Kind[],
): ValueLists<Kind> {
  const pairs = kinds.flatMap((kind) => (from[kind] ?? []).map((value) => [value, kind] as const));
  return {
    kinds: new Map(pairs.map(([value, kind]) => [valueKey(value), kind])),
    otherwise: from.otherwise,
    shown: pairs.map(([value]) => JSON.stringify(value)).join(', '),
  };
}

/**
 * The level that a text stands for by the first rule that matches. Rules are words, not patterns: a regular expression
 * from outside could hold the service for minutes on one cell.
 */
export function levelReader(level: NonNullable<ImportMapping['level']>): (text: string) => Level | undefined {
  const inWords = (text: string): string =>
    ` ${valueKey(text)
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()} `;
  const rules = level.rules.map((rule) => ({
    level: rule.level,
    equals: new Set((rule.equals ?? []).map(valueKey)),
    words: (rule.words ?? []).map(inWords),
  }));
  const known = new Map<string, Level | undefined>();
  return (text) => {
    if (known.has(text)) return known.get(text);
    const words = inWords(text);
    const rule = rules.find(
      (each) => each.equals.has(valueKey(text)) || each.words.some((word) => words.includes(word)),
    );
    const found = rule?.level ?? level.otherwise;
    if (known.size < MOST_KEPT) known.set(text, found);
    return found;
  };
}

/** Undefined where the text is no number under that decimal separator. */
export function numberIn(text: string, decimal: '.' | ','): number | undefined {
  const number = decimal === '.' ? /^[+-]?\d+(\.\d+)?$/ : /^[+-]?\d+(,\d+)?$/;
  return number.test(text) ? Number(text.replace(',', '.')) : undefined;
}

/** Caches of texts stop growing here: a column of unique texts must not fill the memory. */
export const MOST_KEPT = 50_000;
