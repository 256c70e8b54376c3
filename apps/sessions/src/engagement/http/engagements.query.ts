import { listing } from '@cairn/http';
import type { Subject } from '@cairn/identity';
import type { Pool } from 'pg';
import { notThere, Values, visibleTo } from '../../access.js';
import type { Cadence } from '../../calendar/series.js';
import type { EngagementsQuery } from './engagement.dto.js';

interface EngagementRow {
  readonly engagementId: string;
  readonly enrollmentId: string;
  readonly programId: string;
  readonly cohortId: string;
  readonly personId: string;
  readonly coachId: string;
  readonly state: string;
  readonly endsOn: string;
  readonly cadence: Cadence;
  readonly zone: string;
  readonly granted: number;
  readonly reserved: number;
  readonly used: number;
}

const COLUMNS = `e.engagement_id AS "engagementId", e.enrollment_id AS "enrollmentId", e.program_id AS "programId",
  e.cohort_id AS "cohortId", e.person_id AS "personId", e.coach_id AS "coachId", e.status AS state,
  e.ends_on::text AS "endsOn", e.cadence, e.zone, e.granted, e.reserved, e.used`;

const engagements = listing('engagements.1', { engagementId: 'id' });

/** The engagements that the subject may see. */
export async function listEngagements(pool: Pool, subject: Subject, query: EngagementsQuery) {
  const values = new Values();
  const where = [visibleTo(subject, values)];
  if (query.enrollmentId) where.push(`e.enrollment_id = ${values.add(query.enrollmentId)}`);
  if (query.programId) where.push(`e.program_id = ${values.add(query.programId)}`);
  if (query.personId) where.push(`e.person_id = ${values.add(query.personId)}`);
  if (query.coachId) where.push(`e.coach_id = ${values.add(query.coachId)}`);
  if (query.state) where.push(`e.status = ${values.add(query.state)}`);
  const after = engagements.under(query).after(query.cursor);
  if (after) where.push(`e.engagement_id > ${values.add(after.engagementId)}`);
  const { rows } = await pool.query<EngagementRow>(
    `SELECT ${COLUMNS} FROM engagements e
      WHERE ${where.join(' AND ')} ORDER BY e.engagement_id LIMIT ${values.add(query.limit + 1)}`,
    values.list,
  );
  return engagements.under(query).page(rows, query.limit, ({ engagementId }) => ({ engagementId }), shown);
}

/** One engagement. @throws RefusedError where the subject may not see it */
export async function readEngagement(pool: Pool, subject: Subject, engagementId: string, now: string) {
  const values = new Values();
  const found = await pool.query<EngagementRow>(
    `SELECT ${COLUMNS} FROM engagements e
      WHERE ${visibleTo(subject, values)} AND e.engagement_id = ${values.add(engagementId)}`,
    values.list,
  );
  const row = found.rows[0];
  if (row === undefined) throw notThere('engagement');
  return { ...shown(row), ...(await overBooked(pool, subject.tenantId, row, now)) };
}

const shown = ({ granted, reserved, used, ...engagement }: EngagementRow) => ({
  ...engagement,
  allotment: { granted, reserved, used, free: Math.max(0, granted - reserved - used) },
});

/**
 * Where sessions were taken back that were booked at the same moment: how many, which to cancel, the last ones first, and
 * how many of them no cancelling brings back, since too few lie ahead.
 */
async function overBooked(pool: Pool, tenantId: string, engagement: EngagementRow, now: string) {
  const { engagementId, granted, reserved, used } = engagement;
  const count = reserved + used - granted;
  if (count <= 0) return {};
  const { rows } = await pool.query<{ id: string }>(
    `SELECT session_id AS id FROM sessions WHERE tenant_id = $1 AND engagement_id = $2 AND state = 'scheduled'
        AND starts_at > $4 ORDER BY starts_at DESC, session_id DESC LIMIT $3`,
    [tenantId, engagementId, count, now],
  );
  const cancelFirst = rows.map(({ id }) => id);
  return { overBooked: { count, cancelFirst, notAhead: count - cancelFirst.length } };
}
