import {
  managerBaseline,
  type BaselineRows,
  type Employment,
  type EngagementScore,
  type ManagerBaseline,
  type ManagerLink,
  type PerformanceRating,
  type Period,
} from '@cairn/manager-baseline';
import { inStreamOrder } from '../projections/fact.js';
import type { PersonFact } from '../projections/people/person-facts.js';
import { EVER, isKnown, type Moment } from './as-of/moment.js';

/** Before every day: a placeholder's manager has led it for as long as it is known. */
const BEFORE_ALL = '0001-01-01';

/** Whom the reader's baseline leaves out (domain: nobody in HR sees their own record or their line upwards). */
export interface LeftOut {
  /** The reader and their line upwards: neither they nor the teams that they lead are counted. */
  readonly people: ReadonlySet<string>;
  /** The departments that the reader is limited to, if any: of who was in one on the first day, and is in one now. */
  readonly orgUnits?: readonly string[];
  /** The day of the present: YYYY-MM-DD. */
  readonly today: string;
}

type Rows = {
  readonly [Key in keyof BaselineRows]: BaselineRows[Key] extends Iterable<infer Row> ? Row[] : never;
};

/** What the facts of a tenant's people say, as rows of the formula. What was told later replaces what was told before of the same day. */
export function baselineRows(facts: readonly PersonFact[], moment: Moment): Rows {
  const rows: Rows = { employments: [], managerLinks: [], engagementScores: [], performanceRatings: [] };
  const known = facts.filter((fact) => isKnown(fact, moment));
  for (const own of Map.groupBy(known, (fact) => fact.personId).values()) {
    own.sort(inStreamOrder);
    rows.employments.push(...employmentsOf(own));
    rows.managerLinks.push(...linksOf(own));
    rows.engagementScores.push(...latestOfDay<EngagementScore>(own, 'engagementScore'));
    rows.performanceRatings.push(...latestOfDay<PerformanceRating>(own, 'rating'));
  }
  return rows;
}

/** @param facts of one person, in stream order */
export function employmentsOf(facts: readonly PersonFact[]): Employment[] {
  const stretches: Employment[] = [];
  const begin = (personId: string, start: string | null, placeholder: boolean) => {
    // A placeholder that turns up in a file was a person all along.
    if (stretches.at(-1)?.end === null) stretches.pop();
    stretches.push({ personId, start, end: null, leavingReason: null, placeholder });
  };
  for (const fact of facts) {
    const last = stretches.at(-1);
    if (fact.fact === 'added') begin(fact.personId, fact.day ?? null, fact.placeholder);
    else if (!last) continue;
    else if (fact.fact === 'left') stretches[stretches.length - 1] = { ...last, end: fact.day };
    else if (fact.fact === 'changed' && fact.kind === 'returned' && last.end !== null)
      begin(fact.personId, fact.day, false);
  }
  // The reason is published apart and may come before or after the leaving itself: the day is what joins them.
  const reasons = new Map(
    facts.filter((fact) => fact.fact === 'leavingReason').map(({ day, reason }) => [day, reason]),
  );
  return stretches.map((each) => ({
    ...each,
    leavingReason: each.end === null ? null : (reasons.get(each.end) ?? null),
  }));
}

function linksOf(facts: readonly PersonFact[]): ManagerLink[] {
  let links: ManagerLink[] = [];
  // From its day on the link that was told last holds, whatever was told before of that day or of later ones.
  const since = (link: ManagerLink) => (links = [...links.filter(({ from }) => from < link.from), link]);
  for (const fact of facts) {
    const { personId } = fact;
    if (fact.fact === 'added' && fact.managerId !== undefined)
      since({ personId, managerId: fact.managerId, from: fact.day ?? BEFORE_ALL });
    else if (fact.fact === 'changed' && fact.kind === 'managerChanged')
      since({ personId, managerId: fact.managerId ?? null, from: fact.day });
  }
  return links;
}

function latestOfDay<Row>(facts: readonly PersonFact[], kind: 'engagementScore' | 'rating'): Row[] {
  const byDay = new Map<string, unknown>();
  for (const fact of facts) {
    const { personId } = fact;
    if (fact.fact !== kind) continue;
    if (fact.fact === 'engagementScore')
      byDay.set(fact.day, { personId, score: fact.score, surveyedOn: fact.day });
    else if (fact.fact === 'rating')
      byDay.set(fact.day, { personId, belowStandard: fact.belowStandard, reviewedOn: fact.day });
  }
  return [...byDay.values()] as Row[];
}

export interface BaselineShown extends ManagerBaseline {
  /** Of those employed on the first day: whose team the rule of memberships calls unknown, however it is counted. */
  readonly unknownTeamByMembership: number;
}

/** The baseline of a period for one reader. */
export function baselineFor(
  facts: readonly PersonFact[],
  moment: Moment,
  period: Period,
  countedBy: 'membership' | 'managerNamed',
  leftOut: LeftOut,
): BaselineShown {
  const rows = without(baselineRows(facts, moment), facts, moment, period.from, leftOut);
  const baseline = managerBaseline(rows, period, countedBy);
  const byMembership = countedBy === 'membership' ? baseline : managerBaseline(rows, period, 'membership');
  return { ...baseline, unknownTeamByMembership: byMembership.totals.unknownTeam };
}

/** The first and the last day, up to `today`, that known facts speak of: from when to when there is data at all. */
export function daysTold(
  facts: readonly PersonFact[],
  moment: Moment,
  today: string,
): { from: string; to: string } | undefined {
  let [from, to]: (string | undefined)[] = [];
  for (const fact of facts) {
    const { day } = fact;
    if (day === undefined || day > today || !isKnown(fact, moment)) continue;
    if (from === undefined || day < from) from = day;
    if (to === undefined || day > to) to = day;
  }
  return from === undefined || to === undefined ? undefined : { from, to };
}

/**
 * Who is left out still leads, so that others' memberships hold; but is counted nowhere. Answers go by the department of
 * their own day, not of the period's first: else two periods could differ by one person's.
 */
function without(
  rows: Rows,
  facts: readonly PersonFact[],
  moment: Moment,
  from: string,
  { people, orgUnits, today }: LeftOut,
): Rows {
  const led = new Set(
    rows.managerLinks
      .filter(({ managerId }) => managerId && people.has(managerId))
      .map((link) => link.personId),
  );
  const factsOf = Map.groupBy(facts.toSorted(inStreamOrder), (fact) => fact.personId);
  const isElsewhere = (personId: string, day: string, known: Moment) =>
    orgUnits !== undefined && !orgUnits.includes(departmentOn(factsOf.get(personId) ?? [], day, known) ?? '');
  const isOut = (personId: string, day = from) =>
    people.has(personId) ||
    led.has(personId) ||
    isElsewhere(personId, today, EVER) ||
    isElsewhere(personId, day, moment);
  return {
    employments: rows.employments.map((each) =>
      isOut(each.personId) ? { ...each, placeholder: true } : each,
    ),
    managerLinks: rows.managerLinks,
    engagementScores: rows.engagementScores.filter((each) => !isOut(each.personId, each.surveyedOn)),
    performanceRatings: rows.performanceRatings.filter((each) => !isOut(each.personId)),
  };
}

/** A person's department on a day, or their first one where they came later; null where it is not known any more. */
function departmentOn(facts: readonly PersonFact[], day: string, moment: Moment): string | null | undefined {
  let department: string | null | undefined;
  for (const fact of facts) {
    if (!isKnown(fact, moment) || (fact.fact !== 'added' && fact.fact !== 'changed')) continue;
    const isCleared = fact.fact === 'changed' && fact.cleared?.includes('department');
    const said = isCleared ? null : fact.department;
    if (said === undefined) continue;
    if (fact.fact === 'added' || fact.day <= day || department === undefined) department = said;
  }
  return department;
}
