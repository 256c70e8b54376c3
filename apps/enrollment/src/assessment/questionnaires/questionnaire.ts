import { CAIRN_MANAGEMENT_1 } from './cairn-management.v1.js';

/** A statement about behaviour, as the person themself and as others are asked whether they agree. */
export interface Item {
  readonly self: string;
  readonly other: string;
}

export type ThreeItems = readonly [Item, Item, Item];

export interface Questionnaire {
  readonly name: string;
  readonly version: number;
  /** What 1 to 7 mean, in this order. */
  readonly scale: readonly string[];
  readonly themes: Readonly<Record<string, ThreeItems>>;
  /** Asked about a programme's own themes; `{theme}` is the theme's label. */
  readonly ownTheme: ThreeItems;
}

/** Every version that was ever shipped: a follow-up asks what its baseline asked. A text that is changed is a new version. */
const SHIPPED: readonly Questionnaire[] = [CAIRN_MANAGEMENT_1];

/** What new baselines ask. */
export const CURRENT: Questionnaire = CAIRN_MANAGEMENT_1;

/** @throws Error where this release does not know it */
export function questionnaireOf({ name, version }: { name: string; version: number }): Questionnaire {
  const found = SHIPPED.find((one) => one.name === name && one.version === version);
  if (found === undefined) throw new Error(`this release knows no questionnaire ${name}, version ${version}`);
  return found;
}

/** The three items of a theme, in their order. */
export function itemsOf(questionnaire: Questionnaire, theme: string): ThreeItems {
  if (Object.hasOwn(questionnaire.themes, theme)) return questionnaire.themes[theme]!;
  const label = theme.replaceAll('-', ' ');
  const named = (text: string) => text.replaceAll('{theme}', label);
  const [a, b, c] = questionnaire.ownTheme.map(({ self, other }) => ({
    self: named(self),
    other: named(other),
  }));
  return [a!, b!, c!];
}

export const ITEMS_PER_THEME = 3;
export const LOWEST = 1;
export const HIGHEST = 7;
