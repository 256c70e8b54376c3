import { RefusedError } from '@cairn/decider';
import { derivedId } from '@cairn/event-store';
import { Command, created, Ctx, Id, versioned, type CommandContext } from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { PrivateText } from '@cairn/private-text';
import { POOL } from '@cairn/service';
import { Body, Controller, Get, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Pool } from 'pg';
import { engagementOf, standingOf } from '../../knowledge/known.js';
import { actingParty, mayKnowOf, sightOf, type Sight } from '../goal.access.js';
import { noSuchEngagement, noSuchGoal } from '../goal.errors.js';
import { GoalHandler, type GoalNow, type GoalOrder, type KnownGoal, type Text } from '../goal.handler.js';
import type { Party } from '../goal.events.js';
import {
  CheckInDto,
  CloseGoalDto,
  CommitPracticeDto,
  ProposeGoalDto,
  ReportPracticeDto,
  ReviseGoalDto,
  ScaleDto,
  ScoreDto,
  ShareGoalDto,
} from './goal.dto.js';

@ApiTags('goals')
@Controller('v1')
export class GoalsController {
  constructor(
    private readonly handler: GoalHandler,
    private readonly texts: PrivateText,
    @Inject(POOL) private readonly pool: Pool,
  ) {}

  @Post('engagements/:engagementId/goals')
  @Command({ status: 201 })
  @Roles('coachee', 'coach')
  @ApiOperation({ summary: 'Propose a goal; the other party agrees to it' })
  async propose(
    @Ctx() context: CommandContext,
    @Id('engagementId') engagementId: string,
    @Body() body: ProposeGoalDto,
  ) {
    const { theme, weight, targetDate, text } = body;
    const by = (engagement: { personId: string; coachId: string }) =>
      actingParty(context.actor, engagement, noSuchEngagement());
    const done = await this.handler.propose(context.origin, engagementId, by, {
      theme,
      weight,
      targetDate,
      text,
    });
    return created(`/goals/v1/goals/${done.goal.refs.goalId}`, withoutTexts(done.goal), done.version);
  }

  @Get('engagements/:engagementId/goals')
  @Roles('coachee', 'coach', 'hr', 'manager')
  @ApiOperation({ summary: 'The goals of an engagement, as far as the reader may see them' })
  async list(@CurrentSubject() subject: Subject, @Id('engagementId') engagementId: string) {
    const { refs } = await engagementOf(this.pool, subject.tenantId, engagementId);
    const standing = await standingOf(this.pool, subject, refs.personId);
    const { rows } = await this.pool.query<{ id: string }>(
      'SELECT goal_id AS id FROM goals WHERE engagement_id = $1 AND tenant_id = $2 ORDER BY created_at, goal_id',
      [engagementId, subject.tenantId],
    );
    const items = [];
    for (const { id } of rows) {
      const { goal } = await this.handler.read(subject.tenantId, id);
      const sight = sightOf(subject, goal, standing);
      if (sight !== 'none') items.push(await this.shown(goal, sight));
    }
    // To whom nothing is shown the engagement looks as if it had never existed, unless they may know of it anyway.
    if (items.length === 0 && !mayKnowOf(subject, refs, standing)) throw new RefusedError(noSuchEngagement());
    return { items };
  }

  @Get('goals/:goalId')
  @Roles('coachee', 'coach', 'hr', 'manager')
  @ApiOperation({ summary: 'Read a goal, as far as the reader may see it' })
  async read(@CurrentSubject() subject: Subject, @Id('goalId') goalId: string) {
    const { goal, version } = await this.handler.read(subject.tenantId, goalId);
    const sight = sightOf(subject, goal, await standingOf(this.pool, subject, goal.refs.personId));
    if (sight === 'none') throw new RefusedError(noSuchGoal());
    return versioned(await this.shown(goal, sight), version);
  }

  @Post('goals/:goalId/agree')
  @Command()
  @Roles('coachee', 'coach')
  @ApiOperation({ summary: 'Agree to a goal that the other party proposed' })
  agree(@Ctx() context: CommandContext, @Id('goalId') goalId: string) {
    return this.run(context, goalId, (by) => ({ kind: 'agree', by }));
  }

  @Post('goals/:goalId/scale')
  @Command()
  @Roles('coachee', 'coach')
  @ApiOperation({ summary: 'Define the attainment scale: five levels, and where the coachee stands now' })
  defineScale(
    @Ctx() context: CommandContext,
    @Id('goalId') goalId: string,
    @Body() { levels, baselineLevel }: ScaleDto,
  ) {
    const texts = levels.map((text, index) => ({ id: derivedId(context.commandId, `level ${index}`), text }));
    const levelTextIds = texts.map(({ id }) => id);
    return this.run(
      context,
      goalId,
      (by) => ({ kind: 'define-scale', by, baselineLevel, levelTextIds }),
      texts,
    );
  }

  @Post('goals/:goalId/practices')
  @Command({ status: 201 })
  @Roles('coachee')
  @ApiOperation({ summary: 'Commit to something to practise before a date' })
  async commitPractice(
    @Ctx() context: CommandContext,
    @Id('goalId') goalId: string,
    @Body() { dueOn, text }: CommitPracticeDto,
  ) {
    const practiceId = derivedId(context.commandId, 'practice');
    const textId = derivedId(context.commandId, 'text');
    const done = await this.ordered(
      context,
      goalId,
      () => ({ kind: 'commit-practice', practiceId, dueOn, textId }),
      [{ id: textId, text }],
    );
    const body = { practiceId, ...withoutTexts(done.goal) };
    return created(`/goals/v1/goals/${goalId}`, body, done.version);
  }

  @Post('goals/:goalId/practices/:practiceId/report')
  @Command()
  @Roles('coachee')
  @ApiOperation({ summary: 'Say whether it was practised' })
  reportPractice(
    @Ctx() context: CommandContext,
    @Id('goalId') goalId: string,
    @Id('practiceId') practiceId: string,
    @Body() { done, text }: ReportPracticeDto,
  ) {
    const { textId, texts } = remark(context, text);
    return this.run(context, goalId, () => ({ kind: 'report-practice', practiceId, done, textId }), texts);
  }

  @Post('goals/:goalId/check-ins')
  @Command()
  @Roles('coachee')
  @ApiOperation({ summary: 'Say how the goal moves' })
  checkIn(
    @Ctx() context: CommandContext,
    @Id('goalId') goalId: string,
    @Body() { movement, text }: CheckInDto,
  ) {
    const { textId, texts } = remark(context, text);
    return this.run(context, goalId, () => ({ kind: 'check-in', movement, textId }), texts);
  }

  @Post('goals/:goalId/score')
  @Command()
  @Roles('coachee', 'coach')
  @ApiOperation({ summary: 'Score the goal on its scale' })
  score(@Ctx() context: CommandContext, @Id('goalId') goalId: string, @Body() { level, moment }: ScoreDto) {
    return this.run(context, goalId, (by) => ({ kind: 'score', by, level, moment }));
  }

  @Post('goals/:goalId/revise')
  @Command()
  @Roles('coachee', 'coach')
  @ApiOperation({ summary: 'Revise theme, weight, target date or wording' })
  revise(
    @Ctx() context: CommandContext,
    @Id('goalId') goalId: string,
    @Body() { text, ...changes }: ReviseGoalDto,
  ) {
    const { textId, texts } = remark(context, text);
    const terms = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    return this.run(context, goalId, (by) => ({ kind: 'revise', by, terms, textId }), texts);
  }

  @Post('goals/:goalId/close')
  @Command()
  @Roles('coachee', 'coach')
  @ApiOperation({ summary: 'Close the goal with its outcome' })
  close(@Ctx() context: CommandContext, @Id('goalId') goalId: string, @Body() { outcome }: CloseGoalDto) {
    return this.run(context, goalId, (by) => ({ kind: 'close', by, outcome }));
  }

  @Post('goals/:goalId/share')
  @Command()
  @Roles('coachee')
  @ApiOperation({ summary: 'Let HR see the text, or the manager theme and status; or no longer' })
  share(@Ctx() context: CommandContext, @Id('goalId') goalId: string, @Body() body: ShareGoalDto) {
    return this.run(context, goalId, () => ({ kind: 'share', with: body.with, shared: body.shared }));
  }

  private async run(
    context: CommandContext,
    goalId: string,
    order: (by: Party) => GoalOrder,
    texts: readonly Text[] = [],
  ) {
    const { goal, version } = await this.ordered(context, goalId, order, texts);
    return versioned(withoutTexts(goal), version);
  }

  private ordered(
    context: CommandContext,
    goalId: string,
    order: (by: Party) => GoalOrder,
    texts: readonly Text[],
  ): Promise<GoalNow> {
    const { ifMatch } = context;
    return this.handler.run(context.origin, goalId, (goal) => order(actingParty(context.actor, goal.refs)), {
      texts,
      ifMatch,
    });
  }

  /** A goal as `sight` allows; texts that were erased are null. */
  private async shown(goal: KnownGoal, sight: Exclude<Sight, 'none'>) {
    const { goalId, engagementId, personId } = goal.refs;
    if (sight === 'status')
      return { goalId, engagementId, personId, status: goal.status, theme: goal.terms.theme };
    const wanted = [
      goal.textId,
      ...(goal.scale?.levelTextIds ?? []),
      ...goal.practices.map(({ textId }) => textId),
    ];
    const texts = await this.texts.read(this.pool, personId, sight === 'all' ? wanted : [goal.textId]);
    const textOf = (id: string) => texts.get(id) ?? null;
    if (sight === 'text-shared')
      return {
        goalId,
        engagementId,
        personId,
        status: goal.status,
        ...goal.terms,
        text: textOf(goal.textId),
      };
    return {
      ...withoutTexts(goal),
      text: textOf(goal.textId),
      scale: goal.scale && {
        baselineLevel: goal.scale.baselineLevel,
        levels: goal.scale.levelTextIds.map(textOf),
      },
      practices: goal.practices.map(({ textId, ...practice }) => ({ ...practice, text: textOf(textId) })),
    };
  }
}

/**
 * A goal as a command answers it. The answer is kept beside its Idempotency-Key, where no person's key seals it, so it
 * repeats none of the private words: who may see them reads the goal.
 */
const withoutTexts = ({
  refs,
  status,
  terms,
  proposedBy,
  scale,
  scores,
  practices,
  sharedWith,
}: KnownGoal) => ({
  goalId: refs.goalId,
  engagementId: refs.engagementId,
  personId: refs.personId,
  status,
  ...terms,
  proposedBy,
  scale: scale && { baselineLevel: scale.baselineLevel },
  scores,
  practices: practices.map(({ practiceId, dueOn, done }) => ({ practiceId, dueOn, done })),
  sharedWith,
});

/** An optional text and the id that its command names. */
const remark = ({ commandId }: CommandContext, text: string | undefined) => {
  if (text === undefined) return { textId: null, texts: [] };
  const id = derivedId(commandId, 'text');
  return { textId: id, texts: [{ id, text }] };
};
