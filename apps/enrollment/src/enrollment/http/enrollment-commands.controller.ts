import { Command, CommandContext, Ctx, Id, versioned, type CommandActor, Versioned } from '@cairn/http';
import { hasRole, Roles } from '@cairn/identity';
import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource, EntityManager } from 'typeorm';
import { requireUnchanged } from '../../if-match.js';
import { keeping } from '../../keeping.js';
import { requireReach } from '../../people/reach.js';
import { dayIn, endOfDay } from '../../programs/calendar.js';
import { withCommandId } from '../../transact.js';
import { noSuchEnrollment } from '../enrollment.errors.js';
import { EnrollmentEntity } from '../enrollment.entity.js';
import { EnrollmentHandler, grantedAt, inviteAt, themesAt, type CommandOf } from '../enrollment.handler.js';
import {
  ActivateDto,
  AllotDto,
  CancelDto,
  DeclineInvitationDto,
  DiscontinueDto,
  ExtendDto,
  FeedbackDto,
  HistoryDto,
  PauseDto,
  PreferencesDto,
  preferencesOf,
  WithdrawDto,
} from './enrollment.dto.js';
import { coachStyles } from '../styles.js';
import { sessionsHeld, unitsInUse } from '../units.js';
import { PUBLIC_URL, shownTo, versionShown } from './enrollment.shown.js';

/** What happens to an enrolment, from the invitation to its end. */
@ApiTags('enrolments')
@Versioned()
@Controller('v1/enrollments')
export class EnrollmentCommandsController {
  constructor(
    private readonly handler: EnrollmentHandler,
    private readonly dataSource: DataSource,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
  ) {}

  @Post(':enrollmentId/invite')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Invite; where no place is free, the person waits in the order of invitation' })
  invite(@Ctx() context: CommandContext, @Id('enrollmentId') enrollmentId: string) {
    return this.give(context, enrollmentId, inviteAt(context));
  }

  @Post(':enrollmentId/activate')
  @Command()
  @Roles('coachee')
  @ApiOperation({
    summary: 'Take up the invitation: accept the privacy notice and give matching preferences',
  })
  activate(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() body: ActivateDto,
  ) {
    const preferences = preferencesOf(body.preferences);
    return this.give(context, enrollmentId, async (_, program, tx) => ({
      kind: 'activate',
      at: context.occurredAt,
      privacyNoticeVersion: body.privacyNoticeVersion,
      preferences,
      coachStyles: await coachStyles(tx, preferences),
      ...grantedAt(program, context.occurredAt),
    }));
  }

  @Post(':enrollmentId/decline')
  @Command()
  @Roles('coachee')
  @ApiOperation({ summary: 'Decline; the reason is never shown to the manager' })
  decline(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { reason }: DeclineInvitationDto,
  ) {
    return this.give(context, enrollmentId, () => ({ kind: 'decline', at: context.occurredAt, reason }));
  }

  @Post(':enrollmentId/preferences')
  @Command()
  @Roles('coachee')
  @ApiOperation({ summary: 'Change the matching preferences' })
  prefer(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() body: PreferencesDto,
  ) {
    const preferences = preferencesOf(body);
    const at = context.occurredAt;
    return this.give(context, enrollmentId, async (_, program, tx) => ({
      kind: 'prefer',
      at,
      preferences,
      coachStyles: await coachStyles(tx, preferences),
      ...themesAt(program, at),
    }));
  }

  @Post(':enrollmentId/withdraw')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Withdraw somebody who is not active yet' })
  withdraw(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { reason }: WithdrawDto,
  ) {
    return this.give(context, enrollmentId, () => ({ kind: 'withdraw', at: context.occurredAt, reason }));
  }

  @Post(':enrollmentId/pause')
  @Command()
  @Roles('coachee', 'hr', 'program-admin')
  @ApiOperation({
    summary: 'Pause: sessions ahead are cancelled without forfeit, and the clock of every metric stops',
  })
  pause(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { reason }: PauseDto,
  ) {
    const at = context.occurredAt;
    return this.giveAsEither(context, enrollmentId, (_, program) => ({
      kind: 'pause',
      at,
      from: dayIn(program.state.values.zone, at),
      reason,
    }));
  }

  @Post(':enrollmentId/resume')
  @Command()
  @Roles('coachee', 'hr', 'program-admin')
  @ApiOperation({ summary: 'Go on after a pause' })
  resume(@Ctx() context: CommandContext, @Id('enrollmentId') enrollmentId: string) {
    const at = context.occurredAt;
    return this.giveAsEither(context, enrollmentId, (_, program) => ({
      kind: 'resume',
      at,
      on: dayIn(program.state.values.zone, at),
    }));
  }

  @Post(':enrollmentId/extend')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Move the last day further out' })
  extend(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { endsOn }: ExtendDto,
  ) {
    return this.give(context, enrollmentId, (_, program) => ({
      kind: 'extend',
      at: context.occurredAt,
      endsOn,
      endsAt: endOfDay(program.state.values.zone, endsOn),
    }));
  }

  @Post(':enrollmentId/discontinue')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'End it for a reason that lies outside the programme' })
  discontinue(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { reason }: DiscontinueDto,
  ) {
    return this.give(context, enrollmentId, () => ({ kind: 'discontinue', at: context.occurredAt, reason }));
  }

  @Post(':enrollmentId/cancel')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'End it because the coachee does not take part' })
  cancel(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { reason }: CancelDto,
  ) {
    return this.give(context, enrollmentId, () => ({ kind: 'cancel', at: context.occurredAt, reason }));
  }

  @Post(':enrollmentId/allot')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Grant more sessions, or take back what is neither used nor booked',
    description:
      'Below what is used and booked: 409 `allotment-in-use`, which names the sessions to cancel first. A booking that is made at the same moment stays, and the engagement then says of itself `overBooked`.',
  })
  allot(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { count }: AllotDto,
  ) {
    return this.give(context, enrollmentId, async (_, __, tx) => ({
      kind: 'allot',
      at: context.occurredAt,
      count,
      inUse: await unitsInUse(tx.client, context.tenantId, enrollmentId, context.now),
    }));
  }

  @Post(':enrollmentId/feedback')
  @Command()
  @Roles('coachee')
  @ApiOperation({
    summary: 'Say how likely you would recommend the programme, once for each moment that it is asked',
    description:
      'After the third session held, and at the end: `feedbackAsked` of the enrolment, which the coachee alone sees, says when. Nobody else sees the answer; it is counted in aggregates of enough people.',
  })
  giveFeedback(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { moment, recommend }: FeedbackDto,
  ) {
    const { occurredAt: at } = context;
    return this.give(context, enrollmentId, async (_, __, tx) => ({
      kind: 'give-feedback',
      at,
      moment,
      recommend,
      held: (await sessionsHeld(tx.manager, context.tenantId, [enrollmentId], at)).get(enrollmentId) ?? 0,
    }));
  }

  @Post(':enrollmentId/history')
  @Command()
  @Roles('integration')
  @ApiOperation({ summary: 'Declare how far imported history has been handed over' })
  declareHistory(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() body: HistoryDto,
  ) {
    return this.give(context, enrollmentId, () => ({
      kind: 'declare-history',
      at: context.now,
      through: body.through,
      complete: body.complete ?? false,
    }));
  }

  /** A command of the coachee and of the staff: whoever is both is the coachee in their own enrolment alone. */
  private async giveAsEither(context: CommandContext, enrollmentId: string, commandOf: CommandOf) {
    const { subject } = context;
    const staff = (['hr', 'program-admin'] as const).find((role) => hasRole(subject, role));
    const own =
      staff === undefined || (await this.handler.isOf(context.tenantId, enrollmentId, subject.personId));
    return this.give(context, enrollmentId, commandOf, own ? context.actor : context.actingAs(staff));
  }

  /** Gives the command; somebody whom its giver does not reach looks like nobody. */
  private async give(
    context: CommandContext,
    enrollmentId: string,
    commandOf: CommandOf,
    actor: CommandActor = context.actor,
  ) {
    const { subject } = context;
    const identity = { ...withCommandId(context, context.commandId), actor };
    const answer = async (enrollment: EnrollmentEntity, { manager }: { manager: EntityManager }) =>
      versioned(await shownTo(manager, subject, enrollment, this.publicUrl), versionShown(enrollment));
    const enrollment = await this.handler.give(
      identity,
      enrollmentId,
      async (found, program, tx) => {
        await requireReach(tx.manager, subject, actor.role, found.personId, noSuchEnrollment());
        requireUnchanged(context, versionShown(found));
        return commandOf(found, program, tx);
      },
      keeping(context, answer),
    );
    return context.completed ?? answer(enrollment, this.dataSource);
  }
}
