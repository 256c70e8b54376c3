import { isAnonymous, type Category, type ThemeResult } from './assessment.events.js';

/** What one rater answered: of each theme three items, 1 to 7. Nothing in it says who. */
export interface Answer {
  readonly category: Category;
  readonly items: Readonly<Record<string, readonly number[]>>;
}

/** An anonymous category is shown from so many distinct raters. */
export const FEWEST_ANONYMOUS = 3;

/**
 * Means and deviations by theme and category. An anonymous category with too few raters is left out, and stands in no
 * other figure, since no figure spans categories. Everything is summed in whole numbers, so that the order of the answers
 * cannot show in a last digit.
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
      const width = rows[0]!.length;
      const sums = rows.map((row) => row.reduce((sum, value) => sum + value, 0));
      const total = sums.reduce((sum, each) => sum + each, 0);
      const squares = sums.reduce((sum, each) => sum + each * each, 0);
      const raters = rows.length;
      return {
        theme,
        category,
        raters,
        mean: total / (width * raters),
        // The sample's: Σx² − (Σx)²/n over n − 1, of the raters' sums, then by the number of items.
        sd:
          raters < 2 ? null : Math.sqrt((raters * squares - total * total) / (raters * (raters - 1))) / width,
        itemMeans: Array.from(
          { length: width },
          (_, item) => rows.reduce((sum, row) => sum + row[item]!, 0) / raters,
        ),
      };
    }),
  );
}
