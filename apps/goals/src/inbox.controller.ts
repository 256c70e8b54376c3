import { EventBatch, runReactions, type ConsumedBatch } from '@cairn/messaging';
import { Controller } from '@nestjs/common';
import { learn } from './knowledge/learn.js';
import { PulseHandler } from './pulse/pulse.handler.js';
import { goalAgreed, goalRevised, sessionRescheduled, sessionScheduled } from './reactions/ask-pulses.js';

export const INBOX = 'goals.inbox';

/** What goals hears of the other services, and of its own goals. */
@Controller()
export class InboxController {
  constructor(private readonly pulses: PulseHandler) {}

  @EventBatch(INBOX)
  async handle({ events, client }: ConsumedBatch): Promise<void> {
    await learn(client, events);
    const reactions = [sessionScheduled, sessionRescheduled, goalAgreed, goalRevised];
    await runReactions({ client, events }, reactions, {
      about: ({ session }) => session.sessionId,
      send: ({ engagement, session }, context) =>
        this.pulses.ask({ ...context, at: context.occurredAt, exact: false }, engagement, session),
    });
  }
}
