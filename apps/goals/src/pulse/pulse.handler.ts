import { RefusedError } from '@cairn/decider';
import { appendOf, derivedId, followedBy, loadStream, untilFirst, type Origin } from '@cairn/event-store';
import { inTransaction, transact, type TransactionalLog } from '@cairn/event-store/postgres';
import type { Pool } from 'pg';
import { dayOf } from '../day.js';
import type { GoalHandler } from '../goal/goal.handler.js';
import { sessionsAhead, type KnownEngagement, type SessionAhead } from '../knowledge/known.js';
import { ENOUGH } from './batch.js';
import { pulseDecider } from './pulse.decider.js';
import { enoughFrom } from './pulse.rows.js';
import { pulseEventOf } from './pulse.upcasters.js';

export const pulseStream = (pulseId: string): string => `pulse-${pulseId}`;

/** Pulses are requested by reactions and with the approval of raters; nobody asks for one by hand. */
export class PulseHandler {
  constructor(
    private readonly pool: Pool,
    private readonly store: TransactionalLog,
    private readonly goals: GoalHandler,
  ) {}

  /** Asks about each open goal of the engagement before each of its sessions that lie ahead. */
  async askAhead(origin: Origin, engagement: KnownEngagement): Promise<void> {
    const { engagementId } = engagement.refs;
    const sessions = await inTransaction(this.pool, (client) =>
      sessionsAhead(client, origin.tenantId, engagementId, origin.at),
    );
    // Where it stands now may be another day already; what is asked is moved by whoever tells of that.
    for (const session of sessions) await this.ask(origin, engagement, session, 'anew');
  }

  /**
   * Asks about each open goal of the engagement before this session; where it was asked already, by the day that the
   * session has now and about the theme that the goal has. One pulse for each session and goal, whoever asks and however often.
   */
  async ask(
    origin: Origin,
    engagement: KnownEngagement,
    session: SessionAhead,
    which: 'all' | 'anew' = 'all',
  ): Promise<void> {
    const { engagementId } = engagement.refs;
    const { rows } = await this.pool.query<{ goalId: string }>(
      'SELECT goal_id AS "goalId" FROM goals WHERE tenant_id = $1 AND engagement_id = $2 ORDER BY created_at, goal_id',
      [origin.tenantId, engagementId],
    );
    const { at, raters } = await enoughFrom(this.pool, engagementId, origin.at, ENOUGH);
    const today = dayOf(at, engagement.zone);
    const dueOn = dayBefore(session.startsAt, engagement.zone);
    for (const { goalId } of rows) {
      const { goal } = await this.goals.read(origin.tenantId, goalId);
      if (goal.status !== 'agreed' && goal.status !== 'inProgress') continue;
      const pulseId = derivedId(session.sessionId, `pulse ${goalId}`);
      const refs = { pulseId, sessionId: session.sessionId, ...goal.refs };
      const asked = { refs, theme: goal.terms.theme, dueOn, today, raters };
      await this.request(followedBy({ ...origin, at }, pulseId), asked, which);
    }
  }

  private request(
    origin: Origin,
    asked: Omit<Extract<Parameters<typeof pulseDecider.decide>[0], { kind: 'request' }>, 'kind' | 'at'>,
    which: 'all' | 'anew',
  ): Promise<void> {
    const { pulseId, goalId, engagementId, sessionId } = asked.refs;
    const { tenantId } = origin;
    return untilFirst(async () => {
      const stream = pulseStream(pulseId);
      const { state, version, done } = await loadStream(
        this.store,
        stream,
        origin,
        pulseDecider,
        pulseEventOf,
      );
      if (done || (which === 'anew' && version > 0)) return;
      const decision = pulseDecider.decide({ kind: 'request', at: origin.at, ...asked }, state);
      if (!decision.ok) throw new RefusedError(decision.refusal);
      const event = decision.events[0];
      if (event?.type !== 'PulseRequested') return;
      const { theme, dueOn } = event.data;
      await transact(this.pool, this.store, async (client) => {
        await client.query(
          `INSERT INTO pulses (pulse_id, tenant_id, engagement_id, goal_id, session_id, theme, due_on)
           VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (pulse_id) 
           DO UPDATE SET due_on = excluded.due_on, theme = excluded.theme`,
          [pulseId, tenantId, engagementId, goalId, sessionId, theme, dueOn],
        );
        return [appendOf(origin, stream, version, decision.events)];
      });
    });
  }
}

/** The day before the one on which `instant` falls in the zone. */
function dayBefore(instant: string, zone: string): string {
  const day = new Date(`${dayOf(instant, zone)}T00:00:00.000Z`);
  day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}
