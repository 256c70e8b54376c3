import { topicsOf } from '@cairn/contracts';
import { derivedId } from '@cairn/event-store';
import { CLOCK, type Clock } from '@cairn/http';
import { EventBatch, runReactions, type ConsumedBatch, type ReactionContext } from '@cairn/messaging';
import { Controller, Inject } from '@nestjs/common';
import { AssessmentHandler } from '../assessment/assessment.handler.js';
import { CoachHandler } from '../coaches/coach.handler.js';
import { learnCompletions } from '../coaches/reassessments.js';
import { EnrollmentHandler, inviteAt } from '../enrollment/enrollment.handler.js';
import { learnUnits } from '../enrollment/units.js';
import { MatchHandler } from '../matching/match.handler.js';
import { learnCourses } from '../matching/courses.js';
import { learnRatings } from '../matching/fit-signals.js';
import { RematchHandler } from '../matching/rematch.handler.js';
import { dayAfter } from '../programs/calendar.js';
import { allotmentUsed } from './allotment-used.js';
import { coachUnavailable } from './coach-unavailable.js';
import { about, type ReactionCommand } from './commands.js';
import { matchAtRisk } from './match-at-risk.js';
import { sessionsReturned } from './sessions-returned.js';
import { personLeft, withoutStrangers } from './person-left.js';
import { promoted, withoutOtherChanges } from './promoted.js';

/** The service's one consumer group, and what it reads: sessions, and its own people. */
export const INBOX = {
  group: 'enrollment.inbox',
  topics: [topicsOf('sessions').open, topicsOf('sessions').sensitive, topicsOf('enrollment').open],
};

@Controller()
export class InboxController {
  constructor(
    private readonly enrollments: EnrollmentHandler,
    private readonly coaches: CoachHandler,
    private readonly matches: MatchHandler,
    private readonly rematches: RematchHandler,
    private readonly assessments: AssessmentHandler,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @EventBatch(INBOX.group)
  async handle(batch: ConsumedBatch): Promise<void> {
    const { client } = batch;
    for (const event of batch.events) await learnUnits(client, event);
    await learnCompletions(client, batch.events);
    const news = await learnCourses(client, batch.events, this.clock.now().toISOString());
    const events = await withoutStrangers(client, withoutOtherChanges(batch.events));
    await runReactions(
      { client, events },
      [allotmentUsed, personLeft, promoted, ...coachUnavailable, sessionsReturned, ...matchAtRisk(news)],
      { about, send: (command, context) => this.send(command, context) },
    );
    // After the commands: one of them may wait for the coachee's word on the same match, which takes the same row.
    await learnRatings(client, batch.events);
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
        return this.begin(identity, command);
      case 'coach-left':
        return this.matches.leave(identity, command.enrollmentId, command.coachId);
      case 'grant-again':
        return this.enrollments.grantAgain(identity, command.enrollmentId, command.count);
      case 'judge-match':
        return this.rematches.judge(identity, command.enrollmentId, command.engagementId, command);
      case 'give-back':
        return this.matches.giveBack(identity, command.enrollmentId, command.coachId);
      case 'withdraw-assessment':
        return this.assessments.leave(identity, command.assessmentId);
    }
  }

  /**
   * Nominates and invites, now, and not when the file says that it was: nobody is nominated into the past. Long after, HR
   * decides.
   */
  private async begin(
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
    const context = { ...identity, now, occurredAt: now };
    const { enrollmentId } = await this.enrollments.nominate(context, {
      programId,
      cohortId,
      personId,
      by: 'rule',
      history: false,
      override: false,
      reason: 'promoted-to-manager',
    });
    const invitation = { ...context, commandId: derivedId(context.commandId, 'invitation') };
    await this.enrollments.give(invitation, enrollmentId, inviteAt(invitation));
  }
}
