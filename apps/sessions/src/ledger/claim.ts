import { RefusedError, type Refusal } from '@cairn/decider';
import type { PoolClient } from 'pg';
import { claimsOf } from '../session/session.claims.js';
import { wordOf, type KnownSession, type SessionState } from '../session/session.state.js';

/** An engagement's sums after a claim, and the version of its stream: its row is locked until the transaction ends. */
export interface Sums {
  readonly version: number;
  readonly granted: number;
  readonly reserved: number;
  readonly used: number;
  readonly completed: number;
  readonly forfeited: number;
}

/** Whether a session that goes from one state to another changes anything in the ledger. */
export function changesLedger(from: SessionState, to: KnownSession): boolean {
  return from.status === 'none' || JSON.stringify(rowOf(from)) !== JSON.stringify(rowOf(to));
}

/**
 * Brings the ledger to what the session now claims (migrations/ledger.sql.ts).
 * @throws RefusedError where a calendar is taken or no unit is left; only ROLLBACK remains then
 */
export async function claim(client: PoolClient, tenantId: string, session: KnownSession): Promise<Sums> {
  try {
    const { rows } = await client.query<Sums>({
      name: 'claim',
      text: `SELECT sums.* FROM engagements e, claim(e.engagement_id, $3, $4, $5, $6, $7, $8, $9, $10) AS sums
              WHERE e.engagement_id = $1 AND e.tenant_id = $2`,
      values: [session.refs.engagementId, tenantId, session.refs.sessionId, ...rowOf(session)],
    });
    if (rows[0] === undefined)
      throw new Error(`engagement ${session.refs.engagementId} is not this tenant's`);
    return rows[0];
  } catch (error) {
    const refusal = REFUSALS[(error as { constraint?: string }).constraint ?? ''];
    throw refusal ? new RefusedError(refusal) : error;
  }
}

/** Nothing is booked any more and nothing is left to book. */
export const isUsedUp = ({ reserved, used, granted }: Sums): boolean => reserved === 0 && used >= granted;

function rowOf(session: KnownSession) {
  const { state, by } = wordOf(session);
  const { slot, unit } = claimsOf(session);
  return [session.startsAt, session.endsAt, session.zone, state, by ?? null, slot !== null, unit];
}

const REFUSALS: Partial<Record<string, Refusal>> = {
  nobody_booked_twice: {
    kind: 'conflict',
    slug: 'slot-taken',
    detail: 'The coachee or the coach has another session at that time; choose a time that is free for both.',
  },
  allotment_not_overdrawn: {
    kind: 'conflict',
    slug: 'no-sessions-left',
    detail:
      'Every session of the allotment is booked, held or forfeited. Cancel one that lies ahead, or have more granted.',
  },
};
