import { RefusedError } from '@cairn/decider';
import { Answer, Command, CommandContext, created, Ctx, Id, listing } from '@cairn/http';
import { answerLink, CurrentSubject, hasRole, Roles, type Subject } from '@cairn/identity';
import { PersonReads } from '@cairn/service';
import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { PUBLIC_URL } from '../../enrollment/http/enrollment.shown.js';
import { noSuchEnrollment } from '../../enrollment/enrollment.errors.js';
import { keeping } from '../../keeping.js';
import { requireReach, type Condition } from '../../people/reach.js';
import { withCommandId, type Transaction } from '../../transact.js';
import { AssessmentEntity, RaterEntity } from '../assessment.entity.js';
import { noSuchAssessment, notInState } from '../assessment.errors.js';
import { AssessmentHandler, type IntentOf } from '../assessment.handler.js';
import {
  AssessmentsQuery,
  NominateRaterDto,
  PrioritiesDto,
  RequestAssessmentDto,
  ShareResultsDto,
  WithdrawAssessmentDto,
} from './assessment.dto.js';
import {
  coachedBy,
  isOwn,
  ratersVisibleTo,
  raterShown,
  resultsShown,
  resultsVisibleTo,
  shown,
  visibleTo,
} from './assessment.shown.js';

const assessments = listing('assessments.1', { assessmentId: 'id' });

@ApiTags('assessments')
@Controller('v1')
export class AssessmentsController {
  constructor(
    private readonly handler: AssessmentHandler,
    private readonly dataSource: DataSource,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
    private readonly reads: PersonReads,
  ) {}

  @Post('enrollments/:enrollmentId/assessments')
  @Command({ status: 201 })
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Ask for an assessment: by the coachee, their manager and other raters, in any combination',
  })
  async request(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() body: RequestAssessmentDto,
  ) {
    const answer = (one: AssessmentEntity) =>
      created(`/enrollment/v1/assessments/${one.assessmentId}`, shown(context.subject, one));
    const one = await this.handler.request(
      context,
      enrollmentId,
      body,
      async (personId, { manager }) => {
        const { subject, actor } = context;
        if (isOwn(subject, { personId })) throw new RefusedError(noSuchEnrollment());
        await requireReach(manager, subject, actor.role, personId, noSuchEnrollment());
      },
      keeping(context, answer),
    );
    return context.completed ?? answer(one);
  }

  @Get('assessments')
  @Roles('hr', 'program-admin', 'integration', 'coachee', 'coach')
  @ApiOperation({
    summary:
      'List assessments and how far they are; a coachee sees their own, a coach those shared with them',
  })
  async list(@CurrentSubject() subject: Subject, @Query() query: AssessmentsQuery) {
    const after = assessments.under(query).after(query.cursor);
    const rows = await this.select(subject, visibleTo(subject))
      .andWhere(query.enrollmentId ? 'a.enrollment_id = :enrollmentId' : 'true', {
        enrollmentId: query.enrollmentId,
      })
      .andWhere(query.programId ? 'a.program_id = :programId' : 'true', { programId: query.programId })
      .andWhere(query.status ? 'a.status = :status' : 'true', { status: query.status })
      .andWhere(after ? 'a.assessment_id > :after' : 'true', { after: after?.assessmentId })
      .orderBy('a.assessment_id')
      .take(query.limit + 1)
      .getMany();
    const page = assessments.under(query).page(rows, query.limit, ({ assessmentId }) => ({ assessmentId }));
    await this.reads.record(subject, 'assessment', page.items);
    const coached = await coachedBy(this.dataSource.manager, subject, page.items);
    return { ...page, items: page.items.map((one) => shown(subject, one, coached)) };
  }

  @Get('assessments/:assessmentId')
  @Roles('hr', 'program-admin', 'integration', 'coachee', 'coach')
  @ApiOperation({ summary: 'Read how far an assessment is; what was answered is in no part of it' })
  async read(@CurrentSubject() subject: Subject, @Id('assessmentId') assessmentId: string) {
    const assessment = await this.find(subject, visibleTo(subject), assessmentId);
    await this.reads.record(subject, 'assessment', [assessment]);
    return shown(subject, assessment, await coachedBy(this.dataSource.manager, subject, [assessment]));
  }

  @Get('assessments/:assessmentId/raters')
  @Roles('hr', 'program-admin', 'integration', 'coachee')
  @ApiOperation({
    summary: 'List who is asked',
    description:
      'While answering goes on, those who remind see who has answered; the coachee and their coach, who read the results, do not.',
  })
  async raters(@CurrentSubject() subject: Subject, @Id('assessmentId') assessmentId: string) {
    const assessment = await this.find(subject, ratersVisibleTo(subject), assessmentId);
    await this.reads.record(subject, 'assessment', [assessment]);
    const raters = await this.dataSource.manager.find(RaterEntity, {
      where: { assessmentId },
      order: { raterId: 'ASC' },
    });
    const coached = await coachedBy(this.dataSource.manager, subject, [assessment]);
    return { items: raters.map((rater) => raterShown(subject, assessment, coached, rater)) };
  }

  @Get('assessments/:assessmentId/results')
  @Roles('coachee', 'coach')
  @ApiOperation({
    summary: 'Read the results by theme and category, after release',
    description:
      'An anonymous category is shown from three raters, in half points from 1.5 to 6.5, and stands in no other figure. A coach reads them where the coachee shares them.',
  })
  async results(@CurrentSubject() subject: Subject, @Id('assessmentId') assessmentId: string) {
    const assessment = await this.find(subject, resultsVisibleTo(subject), assessmentId);
    const { state } = assessment;
    if (state.status !== 'released') throw new RefusedError(notInState('read', state.status));
    return resultsShown(assessment, state);
  }

  @Post('assessments/:assessmentId/raters')
  @Command({ status: 201 })
  @Roles('coachee')
  @ApiOperation({
    summary: 'Nominate a rater: somebody of the directory, or somebody from outside, who is named by nothing',
  })
  async nominate(
    @Ctx() context: CommandContext,
    @Id('assessmentId') assessmentId: string,
    @Body() body: NominateRaterDto,
  ) {
    const answer = (one: AssessmentEntity) =>
      created(`/enrollment/v1/assessments/${assessmentId}/raters`, shown(context.subject, one));
    const one = await this.handler.nominate(
      context,
      assessmentId,
      body,
      (found, tx) => requireGiver(context.subject, context.actor.role, found, tx),
      keeping(context, answer),
    );
    return context.completed ?? answer(one);
  }

  @Post('assessments/:assessmentId/raters/:raterId/approve')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Approve a rater, who can then be given a link' })
  approve(
    @Ctx() context: CommandContext,
    @Id('assessmentId') assessmentId: string,
    @Id('raterId') raterId: string,
  ) {
    return this.give(context, assessmentId, () => ({ kind: 'approve', raterId }));
  }

  @Post('assessments/:assessmentId/raters/:raterId/remove')
  @Command()
  @Roles('coachee', 'hr', 'program-admin')
  @ApiOperation({
    summary:
      'Remove a rater, while nobody of their category has answered; their link leads nowhere from then on',
    description:
      'The coachee removes whom they nominated until that rater is approved; afterwards HR or the programme’s administrator does.',
  })
  async remove(
    @Ctx() context: CommandContext,
    @Id('assessmentId') assessmentId: string,
    @Id('raterId') raterId: string,
  ) {
    const answer = (one: AssessmentEntity) => new Answer(shown(context.subject, one));
    const actor = await this.actorOn(context, assessmentId);
    const one = await this.handler.remove(
      { ...withCommandId(context, context.commandId), actor },
      assessmentId,
      raterId,
      (found, tx) => requireGiver(context.subject, actor.role, found, tx),
      keeping(context, answer),
    );
    return context.completed ?? answer(one);
  }

  @Post('assessments/:assessmentId/raters/:raterId/link')
  @Command()
  @Roles('hr', 'program-admin', 'integration')
  @ApiOperation({
    summary: 'Mint a rater’s link, which replaces the one before',
    description:
      'It is answered here and kept nowhere: hand it to the rater. It is good for answering once. To remind somebody, mint another.',
  })
  async mint(
    @Ctx() context: CommandContext,
    @Id('assessmentId') assessmentId: string,
    @Id('raterId') raterId: string,
  ) {
    const answer = (token: string) => ({ raterId, link: answerLink(this.publicUrl, token) });
    const token = await this.handler.mint(
      context,
      assessmentId,
      raterId,
      (found, tx) => requireGiver(context.subject, context.actor.role, found, tx),
      async (tx, minted) => context.complete(tx.client, new Answer(answer(minted))),
    );
    return context.completed ?? answer(token);
  }

  @Post('assessments/:assessmentId/close')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'End answering before its last day' })
  close(@Ctx() context: CommandContext, @Id('assessmentId') assessmentId: string) {
    return this.give(context, assessmentId, () => ({ kind: 'close' }));
  }

  @Post('assessments/:assessmentId/withdraw')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Withdraw it before its results are released; what was answered is deleted' })
  withdraw(
    @Ctx() context: CommandContext,
    @Id('assessmentId') assessmentId: string,
    @Body() { reason }: WithdrawAssessmentDto,
  ) {
    return this.give(context, assessmentId, () => ({ kind: 'withdraw', reason: reason ?? 'by-hr' }));
  }

  @Post('assessments/:assessmentId/release')
  @Command()
  @Roles('coachee', 'hr', 'program-admin')
  @ApiOperation({
    summary: 'Release the results to the coachee, who reads them from now on; single answers are deleted',
  })
  async release(@Ctx() context: CommandContext, @Id('assessmentId') assessmentId: string) {
    const actor = await this.actorOn(context, assessmentId);
    return this.give(context, assessmentId, (found, tx) => this.handler.release(found, tx), actor);
  }

  @Post('assessments/:assessmentId/share')
  @Command()
  @Roles('coachee')
  @ApiOperation({ summary: 'Share the results with the coach, or take that back' })
  share(
    @Ctx() context: CommandContext,
    @Id('assessmentId') assessmentId: string,
    @Body() { shared }: ShareResultsDto,
  ) {
    return this.give(context, assessmentId, () => ({ kind: 'share', shared }));
  }

  @Post('assessments/:assessmentId/priorities')
  @Command()
  @Roles('coachee')
  @ApiOperation({ summary: 'Say what to work on, and whose answers led to it' })
  prioritise(
    @Ctx() context: CommandContext,
    @Id('assessmentId') assessmentId: string,
    @Body() { priorities }: PrioritiesDto,
  ) {
    const told = priorities.map(({ theme, sources }) => ({ theme, sources }));
    return this.give(context, assessmentId, () => ({ kind: 'prioritise', priorities: told }));
  }

  /** Who gives a command that is the coachee's as well as the staff's: whoever is both is the coachee in their own alone. */
  private async actorOn(context: CommandContext, assessmentId: string) {
    const { subject, tenantId } = context;
    const staff = (['hr', 'program-admin'] as const).find((role) => hasRole(subject, role));
    const own = staff === undefined || (await this.handler.isOf(tenantId, assessmentId, subject.personId));
    return own ? context.actor : context.actingAs(staff);
  }

  /** Gives the command; an assessment that its giver does not reach looks like none. */
  private async give(
    context: CommandContext,
    assessmentId: string,
    intentOf: IntentOf,
    actor = context.actor,
  ) {
    const { subject } = context;
    const answer = (one: AssessmentEntity) => new Answer(shown(subject, one));
    const one = await this.handler.give(
      { ...withCommandId(context, context.commandId), actor },
      assessmentId,
      async (found, tx) => {
        await requireGiver(subject, actor.role, found, tx);
        return intentOf(found, tx);
      },
      keeping(context, answer),
    );
    return context.completed ?? answer(one);
  }

  /** The assessments (`a`) of the subject's tenant that it may read. */
  private select({ tenantId }: Subject, { sql, parameters }: Condition) {
    return this.dataSource
      .createQueryBuilder(AssessmentEntity, 'a')
      .where('a.tenant_id = :tenantId', { tenantId })
      .andWhere(`(${sql})`, parameters);
  }

  private async find(subject: Subject, visible: Condition, assessmentId: string): Promise<AssessmentEntity> {
    const found = await this.select(subject, visible)
      .andWhere('a.assessment_id = :assessmentId', { assessmentId })
      .getOne();
    if (found === null) throw new RefusedError(noSuchAssessment());
    return found;
  }
}

/**
 * A coachee gives commands on their own assessment; staff on those of people whom they reach, and never on their own or
 * one of their coachee's: they would learn who has answered, or hold the links of those who rate them. @throws RefusedError
 */
async function requireGiver(
  subject: Subject,
  role: string,
  found: AssessmentEntity,
  { manager }: Transaction,
): Promise<void> {
  if (role !== 'coachee') {
    const coached = await coachedBy(manager, subject, [found]);
    if (isOwn(subject, found) || coached.has(found.assessmentId)) throw new RefusedError(noSuchAssessment());
  }
  await requireReach(manager, subject, role, found.personId, noSuchAssessment());
}
