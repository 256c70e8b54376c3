import { topicsOf } from '@cairn/contracts';
import { EventBatch, runReactions, type ConsumedBatch, type ReactionContext } from '@cairn/messaging';
import { Controller } from '@nestjs/common';
import { EngagementHandler } from '../engagement/engagement.handler.js';
import { apply } from '../knowledge/apply.js';
import type { EngagementCommand } from './engagement-order.js';
import { reactions } from './index.js';

/** The service's one consumer group, and what it reads. */
export const INBOX = { group: 'sessions.inbox', topics: [topicsOf('enrollment').open] };

@Controller()
export class InboxController {
  constructor(private readonly engagements: EngagementHandler) {}

  /** Event by event: a reaction knows what was so when its event happened, not what the rest of the batch will say. */
  @EventBatch(INBOX.group)
  async handle({ client, events }: ConsumedBatch): Promise<void> {
    for (const event of events) {
      await apply(client, event);
      await runReactions({ client, events: [event] }, reactions, (command, context) =>
        this.send(command, context),
      );
    }
  }

  private send({ engagementId, order, at }: EngagementCommand, context: ReactionContext): Promise<void> {
    const { occurredAt, ...origin } = context;
    return this.engagements.run({ ...origin, at: at ?? occurredAt, exact: false }, engagementId, order);
  }
}
