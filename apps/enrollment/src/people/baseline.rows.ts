import type { BaselineRows } from '@cairn/manager-baseline';
import type { EntityManager } from 'typeorm';
import type { PersonHistory } from './person.history.js';

interface HistoryRow {
  readonly person_id: string;
  readonly placeholder: boolean;
  readonly history: PersonHistory;
}

/**
 * What the manager baseline needs to know of these people as managers: their own history, and that of everybody who ever
 * reported to them. An index finds them, so that one person's figures do not cost a reading of the whole directory.
 */
export async function loadBaselineRows(
  manager: EntityManager,
  tenantId: string,
  managerIds: readonly string[],
): Promise<BaselineRows> {
  const people: HistoryRow[] = await manager.query(
    `SELECT person_id, person_key LIKE 'placeholder:%' AS placeholder, history FROM people
      WHERE tenant_id = $1 AND (person_id = ANY ($2::text[]::uuid[])
            OR jsonb_path_query_array(history, '$.managerLinks[*].managerId') ?| $2::text[])`,
    [tenantId, managerIds],
  );
  const of = <Fact extends object>(facts: (history: PersonHistory) => readonly Fact[]) =>
    people.flatMap(({ person_id: personId, history }) =>
      facts(history).map((fact) => ({ personId, ...fact })),
    );
  return {
    employments: people.flatMap(({ person_id: personId, placeholder, history }) =>
      history.employments.map((employment) => ({ personId, placeholder, ...employment })),
    ),
    managerLinks: of(({ managerLinks }) => managerLinks),
    engagementScores: of(({ engagementScores }) => engagementScores),
    performanceRatings: of(({ performanceRatings }) => performanceRatings),
  };
}
