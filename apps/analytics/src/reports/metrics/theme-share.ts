import { isWithin, measure, ratioOf, shareOf, type Definition, type Measure, type Share } from './measure.js';

export interface Themed extends Share {
  readonly theme: string;
}

/** Of agreed goals, which all have a theme, those with each theme; by the day on which they were agreed. */
export const themeShare: Definition<Themed> = {
  id: 'theme-share',
  source: 'self-reported',
  looksAt: 'period',
  overTime: 'states',
  counts: 'people',
  shares: (view, period) =>
    view.participants.flatMap(({ goals }) =>
      goals
        .filter((goal) => goal.agreedAt !== undefined && isWithin(goal.agreedAt, period, view))
        .map((goal) => ({ ...shareOf(goal, true), theme: goal.theme })),
    ),
  value: ratioOf,
};

/** Each theme's share of the goals, by theme. */
export function themeShares(shares: readonly Themed[]): { theme: string; measure: Measure }[] {
  const themes = [...new Set(shares.map((share) => share.theme))].sort();
  return themes.map((theme) => {
    const of = (share: Themed) => (share.theme === theme ? 1 : 0);
    const counted = measure(
      themeShare,
      shares.map((share) => ({ ...share, numerator: of(share) })),
    );
    return { theme, measure: { ...counted, n: new Set(shares.filter(of).map((s) => s.personId)).size } };
  });
}
