import type { PoolClient } from 'pg';
import type { KnownEngagement } from '../engagement/engagement.decider.js';

/** The engagement's row, locked until the transaction ends; undefined where it is not planned yet. */
export async function lockEngagement(client: PoolClient, tenantId: string, engagementId: string) {
  const { rows } = await client.query<{ version: number; left: number }>({
    name: 'lock_engagement',
    text: `SELECT version, greatest(granted - reserved - used, 0) AS left
             FROM engagements WHERE engagement_id = $1 AND tenant_id = $2 FOR UPDATE`,
    values: [engagementId, tenantId],
  });
  return rows[0];
}

/** Where another try of the same plan was first, nothing is written here, and the append then finds the stream there. */
export async function insertEngagement(
  client: PoolClient,
  tenantId: string,
  { refs, status, endsOn, cadence, zone, granted, coachPersonId }: KnownEngagement,
  version: number,
  matchedAt?: string,
): Promise<void> {
  const { engagementId, enrollmentId, programId, cohortId, personId, coachId } = refs;
  const values = [engagementId, tenantId, enrollmentId, programId, cohortId, personId, coachId];
  await client.query(
    `INSERT INTO engagements (engagement_id, tenant_id, enrollment_id, program_id, cohort_id, person_id, coach_id,
       coach_person_id, status, ends_on, cadence, zone, granted, allotted, version, matched_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15) ON CONFLICT DO NOTHING`,
    [...values, coachPersonId, status, endsOn, cadence, zone, granted, version, matchedAt ?? null],
  );
}

/** Follows the engagement's events; its row is locked already. What is booked is never below what is allotted. */
export async function updateEngagement(
  client: PoolClient,
  tenantId: string,
  { refs, status, endsOn, granted, returned }: KnownEngagement,
  version: number,
): Promise<void> {
  await client.query({
    name: 'update_engagement',
    text: `UPDATE engagements SET status = $2, ends_on = $3, granted = $4, allotted = greatest($4, reserved + used), version = $5,
                  returned = $7
            WHERE engagement_id = $1 AND tenant_id = $6`,
    values: [refs.engagementId, status, endsOn, granted, version, tenantId, returned],
  });
}
