import type { Json } from './api/client.js';
import type { Candidate } from './programme.js';
import { RATERS } from './story/heard.js';

/** Those around a coachee who are asked about them; none of them takes part, so that none leaves in the story. */
export interface Around {
  /** As many of those who report to them as are asked, or nobody where they are fewer. */
  readonly team: readonly string[];
  readonly managerId: string | null;
}

/** By person, of those who take part. @param people all of the directory, as HR sees them */
export function aroundOf(people: readonly Json[], chosen: readonly Candidate[]): Record<string, Around> {
  const takePart = new Set(chosen.map(({ personId }) => personId));
  const others = new Map<string, Json>(
    people
      .filter(({ personId, status }) => status !== 'left' && !takePart.has(personId))
      .map((person) => [person.personId, person]),
  );
  const managerOf = new Map<string, string | null>(
    people.map(({ personId, managerId }) => [personId, managerId]),
  );
  return Object.fromEntries(
    chosen.map(({ personId }) => {
      const reports = [...others.values()]
        .filter(({ managerId, employeeId }) => managerId === personId && employeeId !== null)
        .sort((a, b) => (a.employeeId < b.employeeId ? -1 : 1))
        .slice(0, RATERS)
        .map((report) => report.personId as string);
      const managerId = managerOf.get(personId) ?? null;
      return [
        personId,
        {
          team: reports.length < RATERS ? [] : reports,
          managerId: managerId !== null && others.has(managerId) ? managerId : null,
        },
      ];
    }),
  );
}
