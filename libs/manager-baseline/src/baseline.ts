import type { BaselineRows, EngagementScore, PerformanceRating } from './rows.js';
import { type CountedBy, Teams } from './teams.js';

/** Both days belong to it. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** A team's answers are shown in lots of at least so many people's; fewer are withheld. */
export const LEAST_ANSWERS = 5;

export interface ManagerFigures {
  readonly managerId: string;
  /** Reports who were employed and in the team on the first day. */
  readonly teamSizeOnFirstDay: number;
  /** How many of those left within the period. */
  readonly left: number;
  readonly leftVoluntarily: number;
  /** Mean of the answers in the lots that lie within the period; null: withheld, there is none. */
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
  // Whatever the teams are counted by: two ways to count would be one way to subtract.
  const members =
    countedBy === 'membership' ? teams : new Teams(rows.employments, rows.managerLinks, 'membership');
  const answers = answersByTeam(rows.engagementScores, members);
  const ratings = latestRatings(rows.performanceRatings, teams, period);
  const managers = [...figures]
    .map(([managerId, { size, left, leftVoluntarily }]) => ({
      managerId,
      teamSizeOnFirstDay: size,
      left,
      leftVoluntarily,
      ...engagement(answers.get(managerId) ?? [], period),
      belowStandard: [...(ratings.get(managerId)?.values() ?? [])].filter((rating) => rating.belowStandard)
        .length,
    }))
    .sort((a, b) => (a.managerId < b.managerId ? -1 : 1));
  return { period, countedBy, totals, managers };
}

/** By manager: all answers of people who were then in the team, whenever that was. */
function answersByTeam(
  scores: Iterable<EngagementScore>,
  teams: Teams,
): ReadonlyMap<string, readonly EngagementScore[]> {
  const answers = new Map<string, EngagementScore[]>();
  for (const score of scores) {
    const managerId = leaderOf(teams, score.personId, score.surveyedOn);
    if (managerId === undefined) continue;
    const others = answers.get(managerId);
    if (others) others.push(score);
    else answers.set(managerId, [score]);
  }
  return answers;
}

/**
 * Answers in the order of their days, cut into lots that do not depend on any period: a lot is full at the end of the day
 * by which enough people have answered in it. Two periods then differ by whole lots or not at all, and nothing that one
 * person answered can be had by subtraction.
 */
function lotsOf(answers: readonly EngagementScore[]): EngagementScore[][] {
  const days = Map.groupBy(answers, ({ surveyedOn }) => surveyedOn);
  const lots: EngagementScore[][] = [[]];
  for (const day of [...days.keys()].sort()) {
    const lot = lots.at(-1)!;
    lot.push(...days.get(day)!);
    if (new Set(lot.map(({ personId }) => personId)).size >= LEAST_ANSWERS) lots.push([]);
  }
  lots.pop(); // not full yet, or empty
  return lots;
}

function engagement(
  answers: readonly EngagementScore[],
  { from, to }: Period,
): Pick<ManagerFigures, 'engagementMean' | 'engagementAnswers'> {
  const scores = lotsOf(answers)
    .filter((lot) => lot[0]!.surveyedOn >= from && lot.at(-1)!.surveyedOn <= to)
    .flatMap((lot) => lot.map(({ score }) => score));
  if (scores.length === 0) return { engagementMean: null, engagementAnswers: null };
  // Added in order of size, so that the same answers give the same bits in whatever order they come.
  const sum = scores.sort((a, b) => a - b).reduce((total, score) => total + score, 0);
  return { engagementMean: sum / scores.length, engagementAnswers: scores.length };
}

/** By manager and person: the latest rating within the period of somebody who was then in the manager's team. */
function latestRatings(
  ratings: Iterable<PerformanceRating>,
  teams: Teams,
  { from, to }: Period,
): ReadonlyMap<string, ReadonlyMap<string, PerformanceRating>> {
  const latest = new Map<string, Map<string, PerformanceRating>>();
  for (const rating of ratings) {
    const { personId, reviewedOn: day } = rating;
    if (day < from || day > to) continue;
    const managerId = leaderOf(teams, personId, day);
    if (managerId === undefined) continue;
    const people = latest.get(managerId) ?? new Map<string, PerformanceRating>();
    const known = people.get(personId);
    if (!known || known.reviewedOn < day) people.set(personId, rating);
    latest.set(managerId, people);
  }
  return latest;
}

/** In whose team somebody was on a day on which they were employed. */
function leaderOf(teams: Teams, personId: string, day: string): string | undefined {
  if (!teams.stretchOn(personId, day)) return undefined;
  const team = teams.teamOn(personId, day);
  return team.is === 'led' ? team.managerId : undefined;
}
