import type { BaselineRows, EngagementScore, PerformanceRating } from './rows.js';
import { type CountedBy, Teams } from './teams.js';

/** Both days belong to it. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** A team's mean score is shown from this many answers on; below, it is withheld. */
export const LEAST_ANSWERS = 5;

export interface ManagerFigures {
  readonly managerId: string;
  /** Reports who were employed and in the team on the first day. */
  readonly teamSizeOnFirstDay: number;
  /** How many of those left within the period. */
  readonly left: number;
  readonly leftVoluntarily: number;
  /** Mean of the latest answers within the period of people then in the team; null: withheld, too few answers. */
  readonly engagementMean: number | null;
  /** How many answers that mean is of; null where it is withheld. */
  readonly engagementAnswers: number | null;
  /** People whose latest rating within the period, then in the team, is below standard. */
  readonly belowStandard: number;
}

export interface BaselineTotals {
  readonly employedOnFirstDay: number;
  readonly left: number;
  readonly leftVoluntarily: number;
  /** Of those employed on the first day: in a manager's team, reporting to nobody, in a team that is not known. */
  readonly inTeams: number;
  readonly withoutManager: number;
  readonly unknownTeam: number;
  /** Of those who left: from a team that is not known. */
  readonly leftFromUnknownTeam: number;
}

export interface ManagerBaseline {
  readonly period: Period;
  readonly countedBy: CountedBy;
  readonly totals: BaselineTotals;
  /** Everybody who led at least one person on the first day, by managerId. */
  readonly managers: readonly ManagerFigures[];
}

/**
 * The manager baseline of a period (definition `manager-baseline`; the README says what each figure means). Pure, and
 * the order of the rows does not matter.
 */
export function managerBaseline(
  rows: BaselineRows,
  period: Period,
  countedBy: CountedBy = 'membership',
): ManagerBaseline {
  const { from, to } = period;
  const teams = new Teams(rows.employments, rows.managerLinks, countedBy);
  const totals = {
    employedOnFirstDay: 0,
    left: 0,
    leftVoluntarily: 0,
    inTeams: 0,
    withoutManager: 0,
    unknownTeam: 0,
    leftFromUnknownTeam: 0,
  };
  const figures = new Map<string, { size: number; left: number; leftVoluntarily: number }>();
  for (const { personId, end, leavingReason } of teams.employedOn(from)) {
    const left = end !== null && end <= to ? 1 : 0;
    const leftVoluntarily = left && leavingReason === 'voluntary' ? 1 : 0;
    const team = teams.teamOn(personId, from);
    totals.employedOnFirstDay += 1;
    totals.left += left;
    totals.leftVoluntarily += leftVoluntarily;
    if (team.is === 'withoutManager') totals.withoutManager += 1;
    else if (team.is === 'unknown') {
      totals.unknownTeam += 1;
      totals.leftFromUnknownTeam += left;
    } else {
      totals.inTeams += 1;
      const known = figures.get(team.managerId) ?? { size: 0, left: 0, leftVoluntarily: 0 };
      figures.set(team.managerId, {
        size: known.size + 1,
        left: known.left + left,
        leftVoluntarily: known.leftVoluntarily + leftVoluntarily,
      });
    }
  }
  const scores = latestByTeam(
    rows.engagementScores,
    (score: EngagementScore) => score.surveyedOn,
    teams,
    period,
  );
  const ratings = latestByTeam(
    rows.performanceRatings,
    (rating: PerformanceRating) => rating.reviewedOn,
    teams,
    period,
  );
  const managers = [...figures]
    .map(([managerId, { size, left, leftVoluntarily }]) => ({
      managerId,
      teamSizeOnFirstDay: size,
      left,
      leftVoluntarily,
      ...engagement([...(scores.get(managerId)?.values() ?? [])].map(({ score }) => score)),
      belowStandard: [...(ratings.get(managerId)?.values() ?? [])].filter((rating) => rating.belowStandard)
        .length,
    }))
    .sort((a, b) => (a.managerId < b.managerId ? -1 : 1));
  return { period, countedBy, totals, managers };
}

/** By manager and person: the latest fact within the period about somebody who was then in the manager's team. */
function latestByTeam<Fact extends { readonly personId: string }>(
  facts: Iterable<Fact>,
  dayOf: (fact: Fact) => string,
  teams: Teams,
  { from, to }: Period,
): Map<string, Map<string, Fact>> {
  const latest = new Map<string, Map<string, Fact>>();
  for (const fact of facts) {
    const day = dayOf(fact);
    if (day < from || day > to || !teams.stretchOn(fact.personId, day)) continue;
    const team = teams.teamOn(fact.personId, day);
    if (team.is !== 'led') continue;
    const people = latest.get(team.managerId) ?? new Map<string, Fact>();
    const known = people.get(fact.personId);
    if (!known || dayOf(known) < day) people.set(fact.personId, fact);
    latest.set(team.managerId, people);
  }
  return latest;
}

function engagement(scores: number[]): Pick<ManagerFigures, 'engagementMean' | 'engagementAnswers'> {
  if (scores.length < LEAST_ANSWERS) return { engagementMean: null, engagementAnswers: null };
  // Added in order of size, so that the same answers give the same bits in whatever order they come.
  const sum = scores.sort((a, b) => a - b).reduce((total, score) => total + score, 0);
  return { engagementMean: sum / scores.length, engagementAnswers: scores.length };
}
