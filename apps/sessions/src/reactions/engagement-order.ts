import type { PoolClient } from 'pg';
import type { EngagementOrder } from '../engagement/engagement.handler.js';

/** What a reaction asks of an engagement. */
export interface EngagementCommand {
  readonly engagementId: string;
  readonly order: EngagementOrder;
  /** When it happened, where that is not the time of the event that was reacted to. */
  readonly at?: string;
}

const OPEN = `status IN ('planned', 'running', 'paused')`;

/** The engagements of an enrolment that are not over; usually one, none before its match has arrived. */
export const openOf = (client: PoolClient, enrollmentId: string): Promise<string[]> =>
  find(client, `enrollment_id = $1 AND ${OPEN}`, enrollmentId);

/** Every engagement of an enrolment, also those that are over. */
export const allOf = (client: PoolClient, enrollmentId: string): Promise<string[]> =>
  find(client, 'enrollment_id = $1', enrollmentId);

/** The engagements of a person as a coachee that are not over. */
export const openOfPerson = (client: PoolClient, personId: string): Promise<string[]> =>
  find(client, `person_id = $1 AND ${OPEN}`, personId);

/** The same order to each. */
export const toEach = (engagementIds: readonly string[], order: EngagementOrder): EngagementCommand[] =>
  engagementIds.map((engagementId) => ({ engagementId, order }));

async function find(client: PoolClient, where: string, id: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT engagement_id AS id FROM engagements WHERE ${where} ORDER BY engagement_id`,
    [id],
  );
  return rows.map(({ id }) => id);
}
