import { RefusedError } from '@cairn/decider';
import { CLOCK, Command, CommandContext, Ctx, Id, listing, type Clock } from '@cairn/http';
import { CurrentSubject, Roles, readsEverybody, type Subject } from '@cairn/identity';
import { PersonReads } from '@cairn/service';
import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { EVERYTHING, reachOfHr, readsTotals, type Condition } from '../../people/reach.js';
import { assessPeople, type Assessed } from '../assess.js';
import { dayIn } from '../calendar.js';
import { withoutFigures } from '../eligibility.js';
import { EligibilityHandler } from '../eligibility.handler.js';
import { ProgramEntity } from '../program.entity.js';
import { noSuchProgram } from '../program.errors.js';
import { EligibilityQuery, EvaluateDto } from './eligibility.dto.js';

const people = listing('eligibility.1', { personId: 'id' });

@ApiTags('programmes')
@Controller('v1/programs/:programId/eligibility')
export class EligibilityController {
  constructor(
    private readonly handler: EligibilityHandler,
    private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly reads: PersonReads,
  ) {}

  @Get()
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Who would be eligible, and why: a dry run of the rules',
    description:
      'For everybody employed on the day `asOf` (today unless given): each rule, whether it holds, and what was asked of which value. Every attribute is as of that day, as far back as is known: what was before the first file that had a person is taken to be as that file has it. The baseline is of the 12 months up to `asOf`. Changes nothing.',
  })
  async dryRun(
    @CurrentSubject() subject: Subject,
    @Id('programId') programId: string,
    @Query() { asOf, limit, cursor }: EligibilityQuery,
  ) {
    const { tenantId } = subject;
    const after = people.after(cursor)?.personId;
    const program = await this.dataSource.getRepository(ProgramEntity).findOneBy({ programId, tenantId });
    if (program === null) throw new RefusedError(noSuchProgram());
    const { rules, values } = program.state;
    const on = asOf ?? dayIn(values.zone, this.clock.now().toISOString());
    const assessed = await assessPeople(this.dataSource.manager, tenantId, rules.list, on, {
      after,
      limit: limit + 1,
      reach: reachOf(subject),
    });
    // A rule looks at whole teams; to HR that reaches only some of the people, their figures would tell of the others.
    const shown = readsTotals(subject) ? assessed : assessed.map(ofWholeTeams);
    const page = people.page(shown, limit, ({ personId }) => ({ personId }));
    await this.reads.record(subject, 'eligibility', page.items);
    return { asOf: on, ruleVersion: rules.version, ...page };
  }

  @Post('evaluations')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Evaluate everybody by the rules and record the outcome',
    description:
      'An event for each person of whom the outcome is new: EligibilityEvaluated. Nominations go by the latest evaluation; evaluate anew once people or rules have changed.',
  })
  evaluate(
    @Ctx() context: CommandContext,
    @Id('programId') programId: string,
    @Body() { asOf }: EvaluateDto,
  ) {
    return this.handler.evaluate(context, programId, asOf, reachOf(context.subject));
  }
}

const ofWholeTeams = (one: Assessed): Assessed => ({
  ...one,
  rules: one.rules.map((rule) => ({ ...rule, why: rule.why.map(withoutFigures) })),
});

const reachOf = (subject: Subject): Condition =>
  readsEverybody(subject) ? EVERYTHING : reachOfHr(subject, 'p.person_id');
