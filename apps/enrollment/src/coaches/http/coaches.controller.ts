import { RefusedError } from '@cairn/decider';
import {
  Answer,
  BodyStream,
  CLOCK,
  Command,
  CommandContext,
  created,
  Ctx,
  Id,
  listing,
  NeedsIfMatch,
  versioned,
  Versioned,
  type Clock,
} from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Readable } from 'node:stream';
import { DataSource, EntityManager } from 'typeorm';
import { keeping } from '../../keeping.js';
import { requireSeen, requireUnchanged } from '../../if-match.js';
import type { Transaction } from '../../transact.js';
import { requireGiver, visibleTo } from '../access.js';
import type { CoachCommand } from '../coach.commands.js';
import { CoachEntity } from '../coach.entity.js';
import { noSuchCoach } from '../coach.errors.js';
import { CoachHandler } from '../coach.handler.js';
import { CoachImport } from '../coach.import.js';
import { lastInstant } from '../coach.rows.js';
import { DUE_AT } from '../reassessments.js';
import { readCoachFile } from './coach-file.js';
import {
  AddCoachDto,
  CapacityDto,
  CoachesQuery,
  CoachImportQuery,
  CredentialDto,
  draftOf,
  ReassessDto,
  RetireDto,
  SuspendDto,
} from './coach.dto.js';
import { allShownTo, introduced, shownTo, versionOf } from './coach.shown.js';

const coaches = listing('coaches.1', { coachId: 'id' });

const MAX_FILE_BYTES = 20_000_000;

@ApiTags('coaches')
@Controller('v1/coaches')
export class CoachesController {
  constructor(
    private readonly handler: CoachHandler,
    private readonly imports: CoachImport,
    private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @Command({ status: 201 })
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Add a coach, approved or not' })
  async add(@Ctx() context: CommandContext, @Body() body: AddCoachDto) {
    const answer = (coach: CoachEntity) => {
      const shown = shownTo(context.subject, coach, undefined, context.now);
      return created(`/enrollment/v1/coaches/${coach.coachId}`, shown, versionOf(coach, shown));
    };
    return answer(await this.handler.add(context, draftOf(body), context.subject, keeping(context, answer)));
  }

  @Post('imports')
  @Command({ stream: { maxBytes: MAX_FILE_BYTES } })
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Add and update coaches from a CSV file',
    description:
      'Columns: externalRef, name, levels, years, languages, hours, zone, capacity, and where wanted email, industries, functions, specialties, styles, approved, employeeId, conflicts, credentials, issuers, expiresOn. Lists are separated by ; or |. The answer accounts for every row; the same file twice changes nothing.',
  })
  @ApiConsumes('text/csv')
  @ApiBody({
    schema: { type: 'string' },
    examples: {
      file: {
        value:
          'externalRef,name,levels,years,languages,hours,zone,capacity,approved\nC-104,Rosa Lind,manager;director,12,en;de,mon-thu 09:00-17:00,Europe/Berlin,6,yes\n',
      },
    },
  })
  async import(
    @Ctx() context: CommandContext,
    @BodyStream() body: Readable,
    @Query() { partial }: CoachImportQuery,
  ) {
    const file = await readCoachFile(body);
    return this.imports.apply(context, file, partial ?? false, context.subject, (tx, report) =>
      context.complete(tx.client, new Answer(report)),
    );
  }

  @Get()
  @Roles('hr', 'program-admin', 'integration', 'coach')
  @ApiOperation({
    summary: 'List the coaches; a coach sees their own record, HR not that of their own line upwards',
  })
  async list(@CurrentSubject() subject: Subject, @Query() query: CoachesQuery) {
    const after = coaches.under(query).after(query.cursor);
    const visible = visibleTo(subject);
    const rows = await this.dataSource
      .createQueryBuilder(CoachEntity, 'c')
      .where('c.tenant_id = :tenantId', { tenantId: subject.tenantId })
      .andWhere(`(${visible.sql})`, visible.parameters)
      .andWhere(query.status ? 'c.status = :status' : 'true', { status: query.status })
      .andWhere(query.externalRef ? 'c.external_ref = :ref' : 'true', { ref: query.externalRef })
      .andWhere(query.reassessmentDue ? `c.status = 'approved' AND ${DUE_AT} <= :now` : 'true', {
        now: this.clock.now(),
      })
      .andWhere(after ? 'c.coach_id > :after' : 'true', { after: after?.coachId })
      .orderBy('c.coach_id')
      .take(query.limit + 1)
      .getMany();
    const page = coaches.under(query).page(rows, query.limit, ({ coachId }) => ({ coachId }));
    const now = this.clock.now().toISOString();
    return { ...page, items: await allShownTo(this.dataSource.manager, subject, page.items, now) };
  }

  @Versioned()
  @Get(':coachId')
  @Roles('hr', 'program-admin', 'integration', 'coach', 'coachee')
  @ApiOperation({ summary: 'Read a coach; a coachee reads those on their shortlist or matched with them' })
  async read(@CurrentSubject() subject: Subject, @Id('coachId') coachId: string) {
    const { tenantId } = subject;
    const { manager } = this.dataSource;
    const visible = visibleTo(subject);
    const coach = await manager
      .createQueryBuilder(CoachEntity, 'c')
      .where('c.tenant_id = :tenantId AND c.coach_id = :coachId', { tenantId, coachId })
      .andWhere(`(${visible.sql})`, visible.parameters)
      .getOne();
    if (coach !== null) return this.answer(manager, subject, coach);
    if (!(await this.isOfferedTo(subject, coachId))) throw new RefusedError(noSuchCoach());
    return introduced(await manager.findOneByOrFail(CoachEntity, { coachId, tenantId }));
  }

  @Versioned()
  @Post(':coachId/screen')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Note that who applied was screened' })
  screen(@Ctx() context: CommandContext, @Id('coachId') coachId: string) {
    return this.give(context, coachId, { kind: 'screen', at: context.occurredAt });
  }

  @Versioned()
  @Post(':coachId/interview')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Note that who was screened was interviewed' })
  interview(@Ctx() context: CommandContext, @Id('coachId') coachId: string) {
    return this.give(context, coachId, { kind: 'interview', at: context.occurredAt });
  }

  @Versioned()
  @Post(':coachId/approve')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Approve: from now on the coach can be matched',
    description: 'At any step of the vetting: whoever was vetted elsewhere is approved at once.',
  })
  approve(@Ctx() context: CommandContext, @Id('coachId') coachId: string) {
    return this.give(context, coachId, { kind: 'approve', at: context.occurredAt });
  }

  @Versioned()
  @Post(':coachId/suspend')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Suspend: no new matches; proposals go back to the request; matches that are active go on',
  })
  suspend(@Ctx() context: CommandContext, @Id('coachId') coachId: string, @Body() { reason }: SuspendDto) {
    return this.give(context, coachId, { kind: 'suspend', at: context.occurredAt, reason });
  }

  @Versioned()
  @Post(':coachId/reinstate')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Reinstate after a suspension' })
  reinstate(@Ctx() context: CommandContext, @Id('coachId') coachId: string) {
    return this.give(context, coachId, { kind: 'reinstate', at: context.occurredAt });
  }

  @Versioned()
  @Post(':coachId/retire')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Retire, for good: proposals go back to the request; matches that are active go on',
  })
  retire(@Ctx() context: CommandContext, @Id('coachId') coachId: string, @Body() { reason }: RetireDto) {
    return this.give(context, coachId, { kind: 'retire', at: context.occurredAt, reason });
  }

  @Versioned()
  @Post(':coachId/credentials')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Record a credential, or renew it',
    description:
      'One of the same name and issuer replaces the one before. When the last of a coach’s credentials expires, the coach takes no new matches until one is recorded anew; proposals go back to the request; matches that are active go on. A coach of whom none was ever recorded needs none.',
  })
  recordCredential(
    @Ctx() context: CommandContext,
    @Id('coachId') coachId: string,
    @Body() { credential, issuer, expiresOn }: CredentialDto,
  ) {
    return this.give(context, coachId, (coach) => {
      const expires = expiresOn === undefined ? null : { on: expiresOn, at: lastInstant(coach, expiresOn) };
      return { kind: 'record-credential', at: context.occurredAt, credential, issuer, expires };
    });
  }

  @Versioned()
  @Post(':coachId/reassess')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Record the outcome of a reassessment',
    description:
      'Due after the third completed engagement and then every year; it may come before. Nobody reassesses themself.',
  })
  async reassess(
    @Ctx() context: CommandContext,
    @Id('coachId') coachId: string,
    @Body() { outcome }: ReassessDto,
  ) {
    const check = async (found: CoachEntity, { manager }: Transaction) => {
      await requireGiver(manager, context.subject, found);
      requireUnchanged(context, found.version);
    };
    const coach = await this.handler.reassess(context, coachId, outcome, check, this.keep(context));
    return this.answer(this.dataSource.manager, context.subject, coach);
  }

  @Versioned()
  @Post(':coachId/capacity')
  @Command()
  @Roles('hr', 'program-admin')
  @NeedsIfMatch()
  @ApiOperation({
    summary: 'Change how many engagements the coach takes at once',
    description:
      'Below what is taken it ends no match: the coach is matched with nobody new until fewer places are taken than it says.',
  })
  changeCapacity(
    @Ctx() context: CommandContext,
    @Id('coachId') coachId: string,
    @Body() { capacity }: CapacityDto,
  ) {
    const command = { kind: 'change-capacity', at: context.occurredAt, capacity } as const;
    return this.give(context, coachId, command, requireSeen);
  }

  private async give(
    context: CommandContext,
    coachId: string,
    command: CoachCommand | ((coach: CoachEntity) => CoachCommand),
    precondition = requireUnchanged,
  ) {
    const coach = await this.handler.give(
      context,
      coachId,
      async (found, { manager }) => {
        await requireGiver(manager, context.subject, found);
        precondition(context, found.version);
        return typeof command === 'function' ? command(found) : command;
      },
      this.keep(context),
    );
    return this.answer(this.dataSource.manager, context.subject, coach);
  }

  private keep(context: CommandContext) {
    return keeping(context, (coach: CoachEntity, { manager }) =>
      this.answer(manager, context.subject, coach),
    );
  }

  private async answer(manager: EntityManager, subject: Subject, coach: CoachEntity) {
    const [one] = await allShownTo(manager, subject, [coach], this.clock.now().toISOString());
    return versioned(one!, versionOf(coach, one!));
  }

  /** Whether the coach stands on the coachee's shortlist or is proposed to or matched with them. */
  private async isOfferedTo({ tenantId, personId }: Subject, coachId: string): Promise<boolean> {
    if (personId === undefined) return false;
    const rows: unknown[] = await this.dataSource.query(
      `SELECT 1 FROM matches WHERE tenant_id = $1 AND person_id = $2
          AND (coach_id = $3 OR (status = 'shortlisted' AND state->'coaches' @> jsonb_build_array(jsonb_build_object('coachId', $3::text))))
        LIMIT 1`,
      [tenantId, personId, coachId],
    );
    return rows.length > 0;
  }
}
