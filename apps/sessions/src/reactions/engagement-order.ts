import type { Envelope } from '@cairn/contracts';
import type { PoolClient } from 'pg';
import type { EngagementOrder } from '../engagement/engagement.handler.js';

/** What a reaction asks of an engagement. */
export interface EngagementCommand {
  readonly engagementId: string;
  readonly order: EngagementOrder;
  /** When it happened, where that is not the time of the event that was reacted to. */
  readonly at?: string;
}

/** The envelope of the event that is reacted to: whose tenant's it is. */
type Of = Pick<Envelope, 'tenantid'>;

const OPEN = `status IN ('planned', 'running', 'paused')`;
/** Or over, and not all that follows from that has been done: its sessions ahead are cancelled, and what is left returned. */
const UNSETTLED = `(${OPEN} OR reserved > 0 OR (granted > used AND NOT returned))`;

/** The engagements of an enrolment that are not over; usually one, none before its match has arrived. */
export const openOf = (client: PoolClient, { tenantid }: Of, enrollmentId: string): Promise<string[]> =>
  find(client, tenantid, `enrollment_id = $2 AND ${OPEN}`, enrollmentId);

/** What an end is for: it may have been carried out in part. */
export const unsettledOf = (client: PoolClient, { tenantid }: Of, enrollmentId: string): Promise<string[]> =>
  find(client, tenantid, `enrollment_id = $2 AND ${UNSETTLED}`, enrollmentId);

/** Every engagement of an enrolment, also those that are over. */
export const allOf = (client: PoolClient, { tenantid }: Of, enrollmentId: string): Promise<string[]> =>
  find(client, tenantid, 'enrollment_id = $2', enrollmentId);

/** The same, of a person as a coachee, but for matches that enrolment made later: those may have come by another partition first. */
export const unsettledOfPerson = (
  client: PoolClient,
  { tenantid, recordedtime }: Of & Pick<Envelope, 'recordedtime'>,
  personId: string,
): Promise<string[]> =>
  find(
    client,
    tenantid,
    `person_id = $2 AND ${UNSETTLED} AND coalesce(matched_at <= $3, true)`,
    personId,
    recordedtime,
  );

/** Which of these people have such an engagement: asked of all at once, since a file may have ten thousands of them leave. */
export async function withUnsettled(
  client: PoolClient,
  people: readonly { readonly tenantId: string; readonly personId: string }[],
): Promise<ReadonlySet<string>> {
  if (people.length === 0) return new Set();
  const { rows } = await client.query<{ personId: string }>(
    `SELECT DISTINCT person_id AS "personId"
       FROM engagements JOIN unnest($1::uuid[], $2::uuid[]) AS asked (tenant_id, person_id) USING (tenant_id, person_id)
      WHERE ${UNSETTLED}`,
    [people.map(({ tenantId }) => tenantId), people.map(({ personId }) => personId)],
  );
  return new Set(rows.map(({ personId }) => personId));
}

/**
 * What an enrolment's other engagements have of its units: those that are over what they used or hold still, one that goes
 * on all that it was granted. The rest is an engagement's own.
 */
export async function takenElsewhere(
  client: PoolClient,
  { tenantid }: Of,
  enrollmentId: string,
  engagementId: string,
): Promise<number> {
  const { rows } = await client.query<{ taken: number }>(
    `SELECT coalesce(sum(CASE WHEN ${OPEN} THEN granted ELSE reserved + used END), 0)::int AS taken
       FROM engagements WHERE tenant_id = $1 AND enrollment_id = $2 AND engagement_id <> $3`,
    [tenantid, enrollmentId, engagementId],
  );
  return rows[0]!.taken;
}

/** The same order to each. */
export const toEach = (engagementIds: readonly string[], order: EngagementOrder): EngagementCommand[] =>
  engagementIds.map((engagementId) => ({ engagementId, order }));

async function find(
  client: PoolClient,
  tenantId: string,
  where: string,
  ...values: string[]
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT engagement_id AS id FROM engagements WHERE tenant_id = $1 AND ${where} ORDER BY engagement_id`,
    [tenantId, ...values],
  );
  return rows.map(({ id }) => id);
}
