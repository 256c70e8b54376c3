import { RefusedError } from '@cairn/decider';
import { Command, CommandContext, created, Ctx, Id, listing, versioned, Versioned } from '@cairn/http';
import { authenticatedOf, CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { PersonReads } from '@cairn/service';
import { Body, Controller, Get, Inject, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource, EntityManager } from 'typeorm';
import { noSuchPerson } from '../../people/people.errors.js';
import { keeping } from '../../keeping.js';
import { lookedAt, readsTotals, requireReach } from '../../people/reach.js';
import { EnrollmentEntity } from '../enrollment.entity.js';
import { historyIsImported, noSuchEnrollment, overrideIsForHr } from '../enrollment.errors.js';
import type { Nominator } from '../enrollment.events.js';
import { EnrollmentHandler } from '../enrollment.handler.js';
import { placesOf, waitingAt, waitingBefore } from '../waitlist.js';
import { EnrollmentsQuery, NominateDto } from './enrollment.dto.js';
import { allReadBy, isOwn, PUBLIC_URL, shownTo, versionShown, visibleTo } from './enrollment.shown.js';

const enrollments = listing('enrollments.1', { enrollmentId: 'id' });
/** Those who wait, by programme in the order in which they are invited. */
const waitlists = listing('waitlists.1', { programId: 'id', queue: 'integer' });

@ApiTags('enrolments')
@Controller('v1')
export class EnrollmentsController {
  constructor(
    private readonly handler: EnrollmentHandler,
    private readonly dataSource: DataSource,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
    private readonly reads: PersonReads,
  ) {}

  @Post('programs/:programId/enrollments')
  @Command({ status: 201 })
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Nominate a person',
    description:
      'Whoever is not eligible by the programme’s rules is refused with the rules that do not hold (409 not-eligible). The latest recorded evaluation by the present rules decides; where there is none of this person, the rules are judged as of the day of the nomination. Role hr may nominate them all the same with "override". Imported history is not judged.',
  })
  async nominate(
    @Ctx() context: CommandContext,
    @Id('programId') programId: string,
    @Body() body: NominateDto,
    @Req() request: object,
  ) {
    const { role } = context.actor;
    if (body.history && !authenticatedOf(request).integration) throw new RefusedError(historyIsImported());
    if (body.override && role !== 'hr') throw new RefusedError(overrideIsForHr());
    await requireReach(this.dataSource.manager, context.subject, role, body.personId, noSuchPerson());
    const answer = async (enrollment: EnrollmentEntity, { manager }: { manager: EntityManager }) =>
      created(
        `/enrollment/v1/enrollments/${enrollment.enrollmentId}`,
        await shownTo(manager, context.subject, enrollment, this.publicUrl),
        versionShown(enrollment),
      );
    const enrollment = await this.handler.nominate(
      context,
      {
        programId,
        cohortId: body.cohortId,
        personId: body.personId,
        by: role as Nominator,
        history: body.history ?? false,
        override: body.override ?? false,
      },
      keeping(context, answer),
    );
    return context.completed ?? answer(enrollment, this.dataSource);
  }

  @Get('enrollments')
  @Roles('hr', 'program-admin', 'integration', 'coachee', 'coach', 'manager')
  @ApiOperation({
    summary: 'List enrolments',
    description:
      'A coachee sees their own, a coach those of their coachees, a manager those of their direct reports where the programme says so. With `status=waitlisted` they come in the order in which they will be invited, each with its place where the reader may see all who wait, or is the one.',
  })
  async list(@CurrentSubject() subject: Subject, @Query() query: EnrollmentsQuery) {
    if (query.status === 'waitlisted') return this.listWaiting(subject, query);
    const after = enrollments.under(query).after(query.cursor);
    const rows = await this.select(subject, query)
      .andWhere(after ? 'e.enrollment_id > :after' : 'true', { after: after?.enrollmentId })
      .orderBy('e.enrollment_id')
      .take(query.limit + 1)
      .getMany();
    const page = enrollments.under(query).page(rows, query.limit, ({ enrollmentId }) => ({ enrollmentId }));
    await this.record(subject, page.items);
    return {
      ...page,
      items: await allReadBy(this.dataSource.manager, subject, page.items, this.publicUrl),
    };
  }

  private async listWaiting(subject: Subject, query: EnrollmentsQuery) {
    const list = waitlists.under(query);
    const after = list.after(query.cursor);
    const rows = await this.select(subject, query)
      .andWhere(after ? '(e.program_id, e.queue) > (:afterProgram, :afterQueue)' : 'true', {
        afterProgram: after?.programId,
        afterQueue: after?.queue,
      })
      .orderBy('e.program_id')
      .addOrderBy('e.queue')
      .take(query.limit + 1)
      .getMany();
    const page = list.page(rows, query.limit, ({ programId, queue }) => ({
      programId,
      queue: Number(queue),
    }));
    await this.record(subject, page.items);
    const shown = await allReadBy(this.dataSource.manager, subject, page.items, this.publicUrl);
    // Whoever may not see all who wait learns from a place how many of those there are.
    const told = readsTotals(subject)
      ? page.items
      : page.items.filter(({ personId }) => isOwn(subject, personId));
    const places = await placesOf(this.dataSource, told);
    return {
      ...page,
      items: shown.map((one) => ({ ...one, waitlistPlace: places.get(one.enrollmentId) ?? null })),
    };
  }

  private async record(subject: Subject, enrollments: readonly EnrollmentEntity[]): Promise<void> {
    const { manager } = this.dataSource;
    await this.reads.record(subject, 'enrollment', await lookedAt(manager, subject, enrollments));
  }

  /** Those that the subject sees, of those asked for. */
  private select(subject: Subject, query: EnrollmentsQuery) {
    const visible = visibleTo(subject);
    return this.dataSource
      .createQueryBuilder(EnrollmentEntity, 'e')
      .where('e.tenant_id = :tenantId', { tenantId: subject.tenantId })
      .andWhere(`(${visible.sql})`, visible.parameters)
      .andWhere(query.programId ? 'e.program_id = :programId' : 'true', { programId: query.programId })
      .andWhere(query.personId ? 'e.person_id = :personId' : 'true', { personId: query.personId })
      .andWhere(query.status ? 'e.status = :status' : 'true', { status: query.status });
  }

  @Versioned()
  @Get('enrollments/:enrollmentId')
  @Roles('hr', 'program-admin', 'integration', 'coachee', 'coach', 'manager')
  @ApiOperation({ summary: 'Read an enrolment; who waits reads their place in the queue, and why' })
  async read(@CurrentSubject() subject: Subject, @Id('enrollmentId') enrollmentId: string) {
    const visible = visibleTo(subject);
    const enrollment = await this.dataSource
      .createQueryBuilder(EnrollmentEntity, 'e')
      .where('e.tenant_id = :tenantId AND e.enrollment_id = :enrollmentId', {
        tenantId: subject.tenantId,
        enrollmentId,
      })
      .andWhere(`(${visible.sql})`, visible.parameters)
      .getOne();
    if (enrollment === null) throw new RefusedError(noSuchEnrollment());
    await this.record(subject, [enrollment]);
    const waitlistPlace =
      enrollment.queue === null || !(isOwn(subject, enrollment.personId) || readsTotals(subject))
        ? null
        : 1 + (await waitingBefore(this.dataSource, enrollment, enrollment.queue));
    const [one] = await allReadBy(this.dataSource.manager, subject, [enrollment], this.publicUrl);
    const shown = one!;
    // The place moves with others, and feedback is asked after a session: they belong to the version of what was read.
    const beside = waitlistPlace ?? (shown.feedbackAsked ? 1 : null);
    const version = beside === null ? versionShown(enrollment) : `${versionShown(enrollment)}.${beside}`;
    const waiting = waitlistPlace === null ? null : waitingAt(waitlistPlace);
    return versioned({ ...shown, waitlistPlace, waiting }, version);
  }
}
