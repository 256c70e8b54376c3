import { RefusedError } from '@cairn/decider';
import { derivedId } from '@cairn/event-store';
import {
  Answer,
  CLOCK,
  Command,
  CommandContext,
  created,
  Ctx,
  Id,
  listing,
  NeedsIfMatch,
  PageQuery,
  versioned,
  Versioned,
  type Clock,
} from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { Body, Controller, Get, Inject, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { keeping } from '../../keeping.js';
import { requireSeen, requireUnchanged } from '../../if-match.js';
import { tidy } from '../../people/import/names.js';
import { dayIn } from '../calendar.js';
import { ProgramEntity } from '../program.entity.js';
import { noSuchProgram } from '../program.errors.js';
import { ProgramHandler } from '../program.handler.js';
import { EligibilityRulesDto, rulesOf } from './eligibility.dto.js';
import { shownTo, visibleTo } from './program.shown.js';
import { TriggersDto, triggersOf } from './triggers.dto.js';
import { ChangeProgramDto, changesOf, CreateProgramDto, OpenCohortDto, valuesOf } from './program.dto.js';

const PARTICIPANTS =
  'Coachees, coaches and managers read what concerns them of the programmes in which they, their coachees or (where the programme lets managers see that) their direct reports take part.';

const programs = listing('programs.1', { programId: 'id' });

@ApiTags('programmes')
@Controller('v1/programs')
export class ProgramsController {
  constructor(
    private readonly handler: ProgramHandler,
    private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @Command({ status: 201 })
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Create a programme' })
  async create(@Ctx() context: CommandContext, @Body() body: CreateProgramDto) {
    const answer = (program: ProgramEntity) => {
      const { body, version } = shownTo(context.subject, program, context.now);
      return created(`/enrollment/v1/programs/${program.programId}`, body, version);
    };
    return answer(await this.handler.create(context, valuesOf(body), keeping(context, answer)));
  }

  @Get()
  @Roles('hr', 'program-admin', 'sponsor', 'integration', 'coachee', 'coach', 'manager')
  @ApiOperation({
    summary: 'List the programmes',
    description: `All of them, for whoever runs or pays for them. ${PARTICIPANTS}`,
  })
  async list(@CurrentSubject() subject: Subject, @Query() { limit, cursor }: PageQuery) {
    const after = programs.after(cursor);
    const now = this.clock.now().toISOString();
    const rows = await this.visible(subject)
      .andWhere(after === undefined ? 'true' : 'p.program_id > :after', { after: after?.programId })
      .orderBy('p.program_id')
      .take(limit + 1)
      .getMany();
    return programs.page(
      rows,
      limit,
      ({ programId }) => ({ programId }),
      (program) => shownTo(subject, program, now).body,
    );
  }

  @Versioned()
  @Get(':programId')
  @Roles('hr', 'program-admin', 'sponsor', 'integration', 'coachee', 'coach', 'manager')
  @ApiOperation({ summary: 'Read a programme', description: PARTICIPANTS })
  async read(@CurrentSubject() subject: Subject, @Id('programId') programId: string) {
    const program = await this.visible(subject).andWhere('p.program_id = :programId', { programId }).getOne();
    if (program === null) throw new RefusedError(noSuchProgram());
    const { body, version } = shownTo(subject, program, this.clock.now().toISOString());
    return versioned(body, version);
  }

  @Versioned()
  @Patch(':programId')
  @Command()
  @Roles('hr', 'program-admin')
  @NeedsIfMatch()
  @ApiOperation({
    summary: 'Change a programme; its minimum group can only be raised',
    description:
      'A change holds from `effectiveOn` on. `GET` shows the values in force, and those told of later days as `changesAhead`. A `capacity` below the places taken puts nobody out: no place is given until fewer are taken than it says.',
  })
  async change(
    @Ctx() context: CommandContext,
    @Id('programId') programId: string,
    @Body() body: ChangeProgramDto,
  ) {
    return this.giveAndShow(context, programId, ({ state, version }) => {
      requireSeen(context, version);
      return {
        kind: 'change',
        at: context.occurredAt,
        effectiveOn: body.effectiveOn ?? dayIn(state.values.zone, context.occurredAt),
        changes: changesOf(body),
      };
    });
  }

  @Versioned()
  @Put(':programId/eligibility-rules')
  @Command()
  @Roles('hr', 'program-admin')
  @NeedsIfMatch('where there are rules already')
  @ApiOperation({ summary: 'Define who is eligible: every rule must hold' })
  async defineRules(
    @Ctx() context: CommandContext,
    @Id('programId') programId: string,
    @Body() body: EligibilityRulesDto,
  ) {
    return this.giveAndShow(context, programId, ({ state, version }) => {
      if (state.rules.version > 0) requireSeen(context, version);
      else requireUnchanged(context, version);
      return { kind: 'define-rules', at: context.occurredAt, rules: rulesOf(body) };
    });
  }

  @Versioned()
  @Put(':programId/triggers')
  @Command()
  @Roles('hr', 'program-admin')
  @NeedsIfMatch('where there are triggers already')
  @ApiOperation({
    summary: 'Define what proposes people to be nominated',
    description:
      'A promotion to people manager, growth of the number of people managers, or columns of the manager baseline. `GET` of the proposals says whom, and why.',
  })
  async defineTriggers(
    @Ctx() context: CommandContext,
    @Id('programId') programId: string,
    @Body() body: TriggersDto,
  ) {
    return this.giveAndShow(context, programId, ({ state, version }) => {
      if (state.triggers !== undefined) requireSeen(context, version);
      else requireUnchanged(context, version);
      return { kind: 'define-triggers', at: context.occurredAt, triggers: triggersOf(body) };
    });
  }

  @Versioned()
  @Post(':programId/cohorts')
  @Command({ status: 201 })
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Open a cohort' })
  async openCohort(
    @Ctx() context: CommandContext,
    @Id('programId') programId: string,
    @Body() body: OpenCohortDto,
  ) {
    const cohortId = derivedId(context.commandId, 'cohort');
    const answer = (program: ProgramEntity) => {
      const cohort = program.state.cohorts.find((one) => one.cohortId === cohortId);
      const { version } = shownTo(context.subject, program, context.now);
      return created(`/enrollment/v1/programs/${programId}`, { programId, ...cohort }, version);
    };
    return this.give(
      context,
      programId,
      ({ state, version }) => {
        requireUnchanged(context, version);
        const opensOn = body.opensOn ?? state.values.startsOn;
        return { kind: 'open-cohort', at: context.occurredAt, cohortId, name: tidy(body.name), opensOn };
      },
      answer,
    );
  }

  @Versioned()
  @Post(':programId/cohorts/:cohortId/close')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Close a cohort: nobody can be nominated into it any more' })
  async closeCohort(
    @Ctx() context: CommandContext,
    @Id('programId') programId: string,
    @Id('cohortId') cohortId: string,
  ) {
    return this.giveAndShow(context, programId, ({ state, version }) => {
      requireUnchanged(context, version);
      const closedOn = dayIn(state.values.zone, context.occurredAt);
      return { kind: 'close-cohort', at: context.occurredAt, cohortId, closedOn };
    });
  }

  /** Gives the command, and keeps its answer with it: the programme as it is then. */
  private giveAndShow(
    context: CommandContext,
    programId: string,
    commandOf: Parameters<ProgramHandler['give']>[2],
  ) {
    return this.give(context, programId, commandOf, (program) => {
      const { body, version } = shownTo(context.subject, program, context.now);
      return versioned(body, version);
    });
  }

  /** The same with an answer of its own. */
  private async give<Body>(
    context: CommandContext,
    programId: string,
    commandOf: Parameters<ProgramHandler['give']>[2],
    answer: (program: ProgramEntity) => Answer<Body>,
  ) {
    return answer(await this.handler.give(context, programId, commandOf, keeping(context, answer)));
  }

  private visible(subject: Subject) {
    const { sql, parameters } = visibleTo(subject);
    return this.dataSource
      .createQueryBuilder(ProgramEntity, 'p')
      .where('p.tenant_id = :tenantId', { tenantId: subject.tenantId })
      .andWhere(`(${sql})`, parameters);
  }
}
