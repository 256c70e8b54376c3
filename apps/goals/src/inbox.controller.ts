import { EventBatch, type ConsumedBatch } from '@cairn/messaging';
import { Controller } from '@nestjs/common';
import { learn } from './knowledge/learn.js';

export const INBOX = 'goals.inbox';

/** What goals hears of the other services. Nothing of it makes goals act by itself. */
@Controller()
export class InboxController {
  @EventBatch(INBOX)
  async handle({ events, client }: ConsumedBatch): Promise<void> {
    await learn(client, events);
  }
}
