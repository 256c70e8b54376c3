import { EventBatch, type ConsumedBatch } from '@cairn/messaging';
import { Controller, Inject } from '@nestjs/common';
import { INTAKE, IntakeLog } from './log.js';

/** The one way in: every published event goes into analytics' log, in the transaction that moves the checkpoint. */
@Controller()
export class IntakeController {
  constructor(@Inject(IntakeLog) private readonly log: IntakeLog) {}

  @EventBatch(INTAKE)
  async handle({ events, client }: ConsumedBatch): Promise<void> {
    await this.log.appendIn(
      client,
      events.map(({ envelope }) => envelope),
    );
  }
}
