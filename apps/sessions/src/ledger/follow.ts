import { fold, RefusedError } from '@cairn/decider';
import {
  appendOf,
  WrongExpectedVersion,
  type AppendRequest,
  type Loaded,
  type Origin,
} from '@cairn/event-store';
import type { PoolClient } from 'pg';
import type { EngagementCommand } from '../engagement/engagement.commands.js';
import {
  engagementDecider,
  type EngagementState,
  type KnownEngagement,
} from '../engagement/engagement.decider.js';
import { engagementStream } from '../streams.js';
import type { Sums } from './claim.js';
import { updateEngagement } from './engagement-row.js';

/**
 * What the engagement says to a change of one of its sessions: that it has started, that its allotment is used. Its row
 * is locked and updated here; the append is the caller's, and `before` counts the command's events for other streams.
 * @throws WrongExpectedVersion where the engagement changed after it was loaded: paused or ended meanwhile, say
 */
export async function follow(
  client: PoolClient,
  origin: Origin,
  engagement: Loaded<KnownEngagement>,
  sums: Sums,
  commands: readonly EngagementCommand[],
  before: number,
): Promise<AppendRequest[]> {
  const stream = engagementStream(engagement.state.refs.engagementId);
  if (sums.version !== engagement.version)
    throw new WrongExpectedVersion(stream, engagement.version, sums.version);
  let state: EngagementState = engagement.state;
  const events = commands.flatMap((command) => {
    const decision = engagementDecider.decide(command, state);
    if (!decision.ok) throw new RefusedError(decision.refusal);
    state = fold(engagementDecider, decision.events, state);
    return decision.events;
  });
  if (events.length === 0) return [];
  await updateEngagement(
    client,
    origin.tenantId,
    state as KnownEngagement,
    engagement.version + events.length,
  );
  return [appendOf(origin, stream, engagement.version, events, before)];
}
