import { topicsOf } from '@cairn/contracts';
import { CLOCK, type Clock } from '@cairn/http';
import { EventBatch, runReactions, type ConsumedBatch, type ReactionContext } from '@cairn/messaging';
import { Controller, Inject } from '@nestjs/common';
import { AssessmentHandler } from '../assessment/assessment.handler.js';
import { CoachHandler } from '../coaches/coach.handler.js';
import { learnCompletions } from '../coaches/reassessments.js';
import { EnrollmentHandler } from '../enrollment/enrollment.handler.js';
import { learnUnits } from '../enrollment/units.js';
import { MatchHandler } from '../matching/match.handler.js';
import { dayAfter } from '../programs/calendar.js';
import { allotmentUsed } from './allotment-used.js';
import { coachRetired } from './coach-retired.js';
import type { ReactionCommand } from './commands.js';
import { personLeft, withoutStrangers } from './person-left.js';
import { promoted, withoutOtherChanges } from './promoted.js';

/** The service's one consumer group, and what it reads: sessions, and its own people. */
export const INBOX = {
  group: 'enrollment.inbox',
  topics: [topicsOf('sessions').open, topicsOf('enrollment').open],
};

@Controller()
export class InboxController {
  constructor(
    private readonly enrollments: EnrollmentHandler,
    private readonly coaches: CoachHandler,
    private readonly matches: MatchHandler,
    private readonly assessments: AssessmentHandler,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @EventBatch(INBOX.group)
  async handle(batch: ConsumedBatch): Promise<void> {
    const { client } = batch;
    for (const event of batch.events) await learnUnits(client, event);
    await learnCompletions(client, batch.events);
    const events = await withoutStrangers(client, withoutOtherChanges(batch.events));
    await runReactions(
      { client, events },
      [allotmentUsed, personLeft, promoted, coachRetired],
      (command, context) => this.send(command, context),
    );
  }

  private send(command: ReactionCommand, context: ReactionContext): Promise<unknown> {
    const identity = { ...context, now: this.clock.now().toISOString() };
    switch (command.kind) {
      case 'complete-early':
        return this.enrollments.completeEarly(identity, command.enrollmentId);
      case 'coachee-left':
        return this.enrollments.leave(identity, command.enrollmentId);
      case 'suspend-coach':
        return this.coaches.suspendLeaver(identity, command.coachId);
      case 'nominate-promoted':
        return this.nominate(identity, command);
      case 'coach-left':
        return this.matches.leave(identity, command.enrollmentId);
      case 'coach-retired':
        return this.matches.giveBack(identity, command.enrollmentId, command.coachId);
      case 'withdraw-assessment':
        return this.assessments.leave(identity, command.assessmentId);
    }
  }

  /** Now, and not when the file says that it was: nobody is nominated into the past. Long after, HR decides. */
  private async nominate(
    { now, ...identity }: ReactionContext & { readonly now: string },
    {
      promotedOn,
      withinDays,
      programId,
      cohortId,
      personId,
    }: Extract<ReactionCommand, { readonly kind: 'nominate-promoted' }>,
  ): Promise<void> {
    if (promotedOn <= dayAfter(now.slice(0, 10), -withinDays)) return;
    await this.enrollments.nominate(
      { ...identity, now, occurredAt: now },
      {
        programId,
        cohortId,
        personId,
        by: 'rule',
        history: false,
        override: false,
        reason: 'promoted-to-manager',
      },
    );
  }
}
