import { inHalves } from '@cairn/contracts';
import { isAnonymous, type Category, type ThemeResult } from './assessment.events.js';

/** What one rater answered: of each theme three items, 1 to 7. Nothing in it says who. */
export interface Answer {
  readonly category: Category;
  readonly items: Readonly<Record<string, readonly number[]>>;
}

/** An anonymous category is shown from so many distinct raters. */
export const FEWEST_ANONYMOUS = 3;

/**
 * Means by theme and category. An anonymous category with too few raters is left out, and stands in no other figure, since
 * no figure spans categories. Everything is summed in whole numbers, so that the order of the answers cannot show in a last
 * digit.
 */
export function resultsOf(
  themes: readonly string[],
  categories: readonly Category[],
  answers: readonly Answer[],
): ThemeResult[] {
  const shown = categories.flatMap((category) => {
    const given = answers.filter((answer) => answer.category === category);
    const enough = given.length >= (isAnonymous(category) ? FEWEST_ANONYMOUS : 1);
    return enough ? [{ category, given }] : [];
  });
  return themes.flatMap((theme) =>
    shown.map(({ category, given }) => {
      const rows = given.map(({ items }) => items[theme]!);
      const itemMeans = rows[0]!.map(
        (_, item) => rows.reduce((sum, row) => sum + row[item]!, 0) / rows.length,
      );
      return toldOf({ theme, category, raters: rows.length, itemMeans });
    }),
  );
}

/**
 * What is told of a category: of an anonymous one each item's mean in half points, and of a theme the mean of these alone,
 * so that it tells no more. Done twice it is the same: what was released exact is told like this, too. See decision 34.
 */
export function toldOf({
  theme,
  category,
  raters,
  itemMeans,
}: Pick<ThemeResult, 'theme' | 'category' | 'raters' | 'itemMeans'>): ThemeResult {
  const told = isAnonymous(category) ? itemMeans.map(inHalves) : itemMeans;
  const mean = told.reduce((sum, each) => sum + each, 0) / told.length;
  return { theme, category, raters, mean, sd: null, itemMeans: told };
}
