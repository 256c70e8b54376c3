/** How one case ended: with the event, with something that rules it out, or not yet. */
export interface Case {
  readonly days: number;
  readonly ending: 'event' | 'competing' | 'open';
}

/** Times that differ by rounding alone reach the same quantile. */
const TOLERANCE = 1e-9;

/**
 * The cumulative incidence of the event in the presence of a competing one (Aalen & Johansen 1978), open cases being
 * censored; without competing cases it is 1 − the Kaplan–Meier estimate (Kaplan & Meier 1958). Cases that are censored
 * on a day are still at risk on it.
 * @returns its steps: the share of cases (0…1) that had the event by that day
 */
export function cumulativeIncidence(cases: readonly Case[]): { day: number; incidence: number }[] {
  const days = [...Map.groupBy(cases, (each) => each.days).entries()].sort(([a], [b]) => a - b);
  const steps: { day: number; incidence: number }[] = [];
  let atRisk = cases.length;
  let free = 1;
  let incidence = 0;
  for (const [day, ending] of days) {
    const events = ending.filter((each) => each.ending === 'event').length;
    const competing = ending.filter((each) => each.ending === 'competing').length;
    if (events > 0) {
      incidence += (free * events) / atRisk;
      steps.push({ day, incidence });
    }
    free *= 1 - (events + competing) / atRisk;
    atRisk -= ending.length;
  }
  return steps;
}

/** The first day by which a share `p` of the cases had the event; null where that was not reached. */
export const quantileOf = (steps: ReturnType<typeof cumulativeIncidence>, p: number): number | null =>
  steps.find((step) => step.incidence >= p - TOLERANCE)?.day ?? null;
