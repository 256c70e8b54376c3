import { fold, RefusedError } from '@cairn/decider';
import {
  appendOf,
  followedBy,
  timeIn,
  untilFirst,
  WrongExpectedVersion,
  type Origin,
} from '@cairn/event-store';
import { transact, type TransactionalLog } from '@cairn/event-store/postgres';
import type { Pool } from 'pg';
import { startOfDay } from '../calendar/day.js';
import { insertEngagement, lockEngagement, updateEngagement } from '../ledger/engagement-row.js';
import type { SessionHandler } from '../session/session.handler.js';
import { engagementStream } from '../streams.js';
import type { EngagementCommand } from './engagement.commands.js';
import { engagementDecider, isOver, type KnownEngagement } from './engagement.decider.js';
import { loadEngagement } from './engagement.load.js';

type Without<C> = C extends EngagementCommand ? Omit<C, 'at'> : never;
/** What enrolment's events ask of an engagement, before its time is added. */
export type EngagementOrder = Exclude<Without<EngagementCommand>, { kind: 'book' | 'use-up' | 'return' }>;
type Order = EngagementOrder | Without<Extract<EngagementCommand, { kind: 'return' }>>;

export class EngagementHandler {
  constructor(
    private readonly pool: Pool,
    private readonly store: TransactionalLog,
    private readonly sessions: SessionHandler,
  ) {}

  /**
   * Runs an order and what follows from it: a pause and an end cancel the sessions ahead, and an end returns the units
   * that are left. Each step is a command of its own with a derived id, so that all of it can be sent again.
   * @throws RefusedError
   */
  async run(origin: Origin, engagementId: string, order: EngagementOrder): Promise<void> {
    const state = await this.step(origin, engagementId, () => order);
    if (order.kind === 'pause' && state.status === 'paused')
      await this.cancelAhead(origin, engagementId, startOfDay(order.from, state.zone));
    if (isOver(state) && (order.kind === 'complete' || order.kind === 'end')) {
      await this.cancelAhead(origin, engagementId, origin.at);
      const back = followedBy(origin, 'return');
      await this.step(back, engagementId, (left) => ({ kind: 'return', count: left }));
    }
  }

  private step(
    origin: Origin,
    engagementId: string,
    orderOf: (left: number) => Order,
  ): Promise<KnownEngagement> {
    const stream = engagementStream(engagementId);
    return untilFirst(async () => {
      const loaded = await loadEngagement(this.store, origin, engagementId);
      if (loaded.done) return loaded.state as KnownEngagement;
      let state = loaded.state;
      await transact(this.pool, this.store, async (client) => {
        const row = await lockEngagement(client, origin.tenantId, engagementId);
        if ((row?.version ?? 0) !== loaded.version)
          throw new WrongExpectedVersion(stream, loaded.version, row?.version ?? 0);
        const at = timeIn(origin, state.status === 'none' ? '' : state.lastAt);
        const order = orderOf(row?.left ?? 0);
        const decision = engagementDecider.decide({ ...order, at }, state);
        if (!decision.ok) throw new RefusedError(decision.refusal);
        if (decision.events.length === 0) return [];
        state = fold(engagementDecider, decision.events, state);
        const version = loaded.version + decision.events.length;
        if (row === undefined) {
          const matchedAt = order.kind === 'plan' ? order.matchedAt : undefined;
          await insertEngagement(client, origin.tenantId, state as KnownEngagement, version, matchedAt);
        } else await updateEngagement(client, origin.tenantId, state as KnownEngagement, version);
        return [appendOf(origin, stream, loaded.version, decision.events)];
      });
      return state as KnownEngagement;
    });
  }

  private async cancelAhead(origin: Origin, engagementId: string, from: string): Promise<void> {
    const { rows } = await this.pool.query<{ id: string }>(
      `SELECT session_id AS id FROM sessions
        WHERE engagement_id = $1 AND tenant_id = $2 AND state = 'scheduled' AND starts_at >= $3 AND starts_at > $4
        ORDER BY starts_at`,
      [engagementId, origin.tenantId, from, origin.at],
    );
    for (const { id } of rows)
      await this.sessions.run(followedBy(origin, `cancel:${id}`), id, () => ({
        kind: 'cancel',
        by: 'cairn',
      }));
  }
}
