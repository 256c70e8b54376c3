import type { ReceivedEvent } from '@cairn/messaging';
import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';

/** From so many completed engagements on, a coach is reassessed, and then every year. */
export const FIRST_AFTER = 3;

/** When the next reassessment of coach `c` is or was due; null before the third completed engagement. In SQL. */
export const DUE_AT = `CASE WHEN c.reassessed_at IS NULL
    THEN (SELECT e.completed_at FROM completed_engagements e
           WHERE e.tenant_id = c.tenant_id AND e.coach_id = c.coach_id
           ORDER BY e.completed_at, e.engagement_id OFFSET ${FIRST_AFTER - 1} LIMIT 1)
    ELSE c.reassessed_at + interval '1 year' END`;

/** When the next reassessment of these coaches is or was due; coaches of whom it is not known yet are not in it. */
export async function reassessmentsDue(
  manager: EntityManager,
  coachIds: readonly string[],
): Promise<Map<string, Date>> {
  if (coachIds.length === 0) return new Map();
  const rows: { coach_id: string; due_at: Date | null }[] = await manager.query(
    `SELECT c.coach_id, ${DUE_AT} AS due_at FROM coaches c WHERE c.coach_id = ANY ($1)`,
    [coachIds],
  );
  return new Map(rows.flatMap(({ coach_id, due_at }) => (due_at === null ? [] : [[coach_id, due_at]])));
}

/** Keeps which engagements sessions says are complete; passes over the rest. */
export async function learnCompletions(client: PoolClient, events: readonly ReceivedEvent[]): Promise<void> {
  const completed = events.filter((event) => event.name === 'EngagementCompleted');
  if (completed.length === 0) return;
  const column = <T>(of: (event: (typeof completed)[number]) => T) => completed.map(of);
  await client.query(
    `INSERT INTO completed_engagements (engagement_id, tenant_id, coach_id, completed_at)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[]) ON CONFLICT DO NOTHING`,
    [
      column(({ data }) => data.engagementId),
      column(({ envelope }) => envelope.tenantid),
      column(({ data }) => data.coachId),
      column(({ envelope }) => envelope.time),
    ],
  );
}
