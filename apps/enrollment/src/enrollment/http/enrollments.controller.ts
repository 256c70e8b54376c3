import { RefusedError } from '@cairn/decider';
import { Command, created, Ctx, Id, listing, versioned, type CommandContext } from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { dayIn, endOfDay } from '../../programs/calendar.js';
import { EnrollmentEntity } from '../enrollment.entity.js';
import { noSuchEnrollment } from '../enrollment.errors.js';
import type { Nominator } from '../enrollment.events.js';
import { endOf, EnrollmentHandler, type CommandOf } from '../enrollment.handler.js';
import {
  ActivateDto,
  AllotDto,
  CancelDto,
  DiscontinueDto,
  EnrollmentsQuery,
  ExtendDto,
  HistoryDto,
  NominateDto,
  PreferencesDto,
  preferencesOf,
  ReasonDto,
  WithdrawDto,
} from './enrollment.dto.js';

const enrollments = listing('enrollments.1', { enrollmentId: 'id' });

/** An enrolment as its API shows it: the coachee's own reasons stay out of what HR reads of others. */
const shown = ({ enrollmentId, programId, cohortId, personId, status, state }: EnrollmentEntity) => ({
  enrollmentId,
  programId,
  cohortId,
  personId,
  status,
  invitationDeadline: status === 'invited' ? state.deadline : null,
  activatedAt: state.activatedAt,
  endsOn: state.endsOn,
  sessionsAllotted: state.allotted,
  preferences: state.preferences,
  history: state.history,
});

@ApiTags('enrolments')
@Controller('v1')
export class EnrollmentsController {
  constructor(
    private readonly handler: EnrollmentHandler,
    private readonly dataSource: DataSource,
  ) {}

  @Post('programs/:programId/enrollments')
  @Command({ status: 201 })
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Nominate a person' })
  async nominate(
    @Ctx() context: CommandContext,
    @Id('programId') programId: string,
    @Body() body: NominateDto,
  ) {
    const enrollment = await this.handler.nominate(context, {
      programId,
      cohortId: body.cohortId,
      personId: body.personId,
      by: context.actor.role as Nominator,
      history: body.history ?? false,
    });
    return created(
      `/enrollment/v1/enrollments/${enrollment.enrollmentId}`,
      shown(enrollment),
      enrollment.version,
    );
  }

  @Get('enrollments')
  @Roles('hr', 'program-admin', 'integration', 'coachee')
  @ApiOperation({ summary: 'List enrolments; a coachee sees their own' })
  async list(@CurrentSubject() subject: Subject, @Query() query: EnrollmentsQuery) {
    const after = enrollments.after(query.cursor);
    const all = seesAll(subject);
    const rows = await this.dataSource
      .createQueryBuilder(EnrollmentEntity, 'e')
      .where('e.tenant_id = :tenantId', { tenantId: subject.tenantId })
      .andWhere(all ? 'true' : 'e.person_id = :own', { own: subject.personId ?? null })
      .andWhere(query.programId ? 'e.program_id = :programId' : 'true', { programId: query.programId })
      .andWhere(query.personId ? 'e.person_id = :personId' : 'true', { personId: query.personId })
      .andWhere(query.status ? 'e.status = :status' : 'true', { status: query.status })
      .andWhere(after ? 'e.enrollment_id > :after' : 'true', { after: after?.enrollmentId })
      .orderBy('e.enrollment_id')
      .take(query.limit + 1)
      .getMany();
    return enrollments.page(rows, query.limit, ({ enrollmentId }) => ({ enrollmentId }), shown);
  }

  @Get('enrollments/:enrollmentId')
  @Roles('hr', 'program-admin', 'integration', 'coachee')
  @ApiOperation({ summary: 'Read an enrolment' })
  async read(@CurrentSubject() subject: Subject, @Id('enrollmentId') enrollmentId: string) {
    const { tenantId } = subject;
    const enrollment = await this.dataSource
      .getRepository(EnrollmentEntity)
      .findOneBy({ enrollmentId, tenantId });
    if (enrollment === null || !(seesAll(subject) || enrollment.personId === subject.personId))
      throw new RefusedError(noSuchEnrollment());
    return versioned(shown(enrollment), enrollment.version);
  }

  @Post('enrollments/:enrollmentId/invite')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Invite; where no place is free, the person waits in the order of invitation' })
  async invite(@Ctx() context: CommandContext, @Id('enrollmentId') enrollmentId: string) {
    const enrollment = await this.handler.invite(context, enrollmentId);
    return versioned(shown(enrollment), enrollment.version);
  }

  @Post('enrollments/:enrollmentId/activate')
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
    return this.give(context, enrollmentId, (_, program) => ({
      kind: 'activate',
      at: context.occurredAt,
      privacyNoticeVersion: body.privacyNoticeVersion,
      preferences: preferencesOf(body.preferences),
      allotment: program.state.values.allotment,
      ...endOf(program),
    }));
  }

  @Post('enrollments/:enrollmentId/decline')
  @Command()
  @Roles('coachee')
  @ApiOperation({ summary: 'Decline; the reason is never shown to the manager' })
  decline(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { reason }: ReasonDto,
  ) {
    return this.give(context, enrollmentId, () => ({ kind: 'decline', at: context.occurredAt, reason }));
  }

  @Post('enrollments/:enrollmentId/preferences')
  @Command()
  @Roles('coachee')
  @ApiOperation({ summary: 'Change the matching preferences' })
  prefer(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() body: PreferencesDto,
  ) {
    const preferences = preferencesOf(body);
    return this.give(context, enrollmentId, () => ({ kind: 'prefer', at: context.occurredAt, preferences }));
  }

  @Post('enrollments/:enrollmentId/withdraw')
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

  @Post('enrollments/:enrollmentId/pause')
  @Command()
  @Roles('coachee', 'hr', 'program-admin')
  @ApiOperation({
    summary: 'Pause: sessions ahead are cancelled without forfeit, and the clock of every metric stops',
  })
  pause(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { reason }: ReasonDto,
  ) {
    const at = context.occurredAt;
    return this.give(context, enrollmentId, (_, program) => ({
      kind: 'pause',
      at,
      from: dayIn(program.state.values.zone, at),
      reason,
    }));
  }

  @Post('enrollments/:enrollmentId/resume')
  @Command()
  @Roles('coachee', 'hr', 'program-admin')
  @ApiOperation({ summary: 'Go on after a pause' })
  resume(@Ctx() context: CommandContext, @Id('enrollmentId') enrollmentId: string) {
    const at = context.occurredAt;
    return this.give(context, enrollmentId, (_, program) => ({
      kind: 'resume',
      at,
      on: dayIn(program.state.values.zone, at),
    }));
  }

  @Post('enrollments/:enrollmentId/extend')
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

  @Post('enrollments/:enrollmentId/discontinue')
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

  @Post('enrollments/:enrollmentId/cancel')
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

  @Post('enrollments/:enrollmentId/allot')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Grant more sessions, or take back what is not used' })
  allot(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { count }: AllotDto,
  ) {
    return this.give(context, enrollmentId, () => ({ kind: 'allot', at: context.occurredAt, count }));
  }

  @Post('enrollments/:enrollmentId/history')
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

  /** Gives the command; to a coachee, somebody else's enrolment looks like one that never existed. */
  private async give(context: CommandContext, enrollmentId: string, commandOf: CommandOf) {
    const { subject } = context;
    const enrollment = await this.handler.give(context, enrollmentId, (found, program, tx) => {
      const own = subject.personId !== undefined && subject.personId === found.personId;
      if (context.actor.role === 'coachee' && !own) throw new RefusedError(noSuchEnrollment());
      return commandOf(found, program, tx);
    });
    return versioned(shown(enrollment), enrollment.version);
  }
}

const seesAll = ({ roles }: Subject) =>
  roles.some((role) => ['hr', 'program-admin', 'integration'].includes(role));
