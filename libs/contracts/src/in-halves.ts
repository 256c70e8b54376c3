/**
 * A mean of anonymous raters' answers, 1 to 7, as it may leave a service: to the nearest half, from 1.5 to 6.5. What lies
 * between two goes to the whole one, which leans to neither end of the scale. Done twice it is the same. See decision 34.
 */
export function inHalves(mean: number): number {
  const doubled = 2 * mean;
  const below = Math.floor(doubled);
  const nearest = doubled - below === 0.5 ? below + (below % 2) : Math.round(doubled);
  return Math.min(Math.max(nearest / 2, 1.5), 6.5);
}
