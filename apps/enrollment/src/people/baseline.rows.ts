import type { BaselineRows } from '@cairn/manager-baseline';
import type { EntityManager } from 'typeorm';
import type { PersonHistory } from './person.history.js';

interface HistoryRow {
  readonly person_id: string;
  readonly placeholder: boolean;
  readonly history: PersonHistory;
}

/** Everything that is known of a tenant's people over time, as rows of the manager baseline. */
export async function loadBaselineRows(manager: EntityManager, tenantId: string): Promise<BaselineRows> {
  const people: HistoryRow[] = await manager.query(
    `SELECT person_id, person_key LIKE 'placeholder:%' AS placeholder, history FROM people WHERE tenant_id = $1`,
    [tenantId],
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
