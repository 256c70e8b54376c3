import { managerBaseline, type BaselineRows, type ManagerFigures } from '@cairn/manager-baseline';
import { Temporal } from 'temporal-polyfill';
import { asOn, type PersonHistory, type Standing } from '../people/person.history.js';
import type { Attributes } from './eligibility.js';

/** What the directory says of a person now, and what it knows of before. */
export interface PersonFacts extends Standing {
  readonly personId: string;
  readonly history: PersonHistory;
}

/**
 * The attributes of these people as of a day ("YYYY-MM-DD"), for the eligibility rules. Those of the baseline are its
 * figures for the 12 months that end with that day, counted by membership (libs/manager-baseline); whoever led nobody on
 * the first of them has zeros.
 *
 * @param rows the baseline's rows of these people and of everybody who ever reported to them
 * @param groups the names of the groups that each is in on that day
 */
export function attributesOf(
  people: readonly PersonFacts[],
  rows: BaselineRows,
  asOf: string,
  groups: ReadonlyMap<string, readonly string[]> = new Map(),
): Map<string, Attributes> {
  const yearEnds = Temporal.PlainDate.from(asOf);
  const from = yearEnds.subtract({ months: 12 }).add({ days: 1 }).toString();
  const figures = (period: { from: string; to: string }) =>
    new Map<string, ManagerFigures>(
      managerBaseline(rows, period).managers.map((manager) => [manager.managerId, manager]),
    );
  const onTheDay = figures({ from: asOf, to: asOf });
  const overTheYear = figures({ from, to: asOf });
  return new Map(
    people.map((person) => {
      const teamSize = onTheDay.get(person.personId)?.teamSizeOnFirstDay ?? 0;
      const year = overTheYear.get(person.personId);
      const { level, department, position, location, onLeave } = asOn(person, person.history, asOf);
      return [
        person.personId,
        {
          level,
          department,
          position,
          location,
          peopleManager: teamSize > 0,
          teamSize,
          tenureMonths: monthsSince(startOf(person.history, asOf), yearEnds),
          onLeave,
          group: groups.get(person.personId) ?? [],
          baselineTeamSize: year?.teamSizeOnFirstDay ?? 0,
          baselineLeft: year?.left ?? 0,
          baselineLeftVoluntarily: year?.leftVoluntarily ?? 0,
          baselineTeamEngagement: year?.engagementMean ?? null,
          baselineBelowStandard: year?.belowStandard ?? 0,
        },
      ];
    }),
  );
}

/** The start of the employment that lasts on that day; null for a placeholder, of whom it is not known. */
const startOf = ({ employments }: PersonHistory, on: string): string | null =>
  employments.findLast(({ start, end }) => (start === null || start <= on) && (end === null || end >= on))
    ?.start ?? null;

const monthsSince = (start: string | null, to: Temporal.PlainDate): number | null =>
  start === null ? null : Temporal.PlainDate.from(start).until(to, { largestUnit: 'months' }).months;
