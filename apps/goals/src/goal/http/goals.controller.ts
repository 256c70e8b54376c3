import { derivedId } from '@cairn/event-store';
import {
  Command,
  created,
  Ctx,
  Id,
  NeedsIfMatch,
  versioned,
  type CommandContext,
  Versioned,
} from '@cairn/http';
import { Roles } from '@cairn/identity';
import { Body, Controller, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ownParty } from '../goal.access.js';
import { noSuchEngagement, noSuchGoal } from '../goal.errors.js';
import type { KnownGoal } from '../goal.decider.js';
import { GoalHandler, type GoalNow, type GoalOrder, type RunOptions } from '../goal.handler.js';
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
import { answered } from './goal.view.js';

/** `only`: that one of the two alone may. */
type Options = RunOptions & { readonly only?: Party };

@ApiTags('goals')
@Controller('v1')
export class GoalsController {
  constructor(private readonly handler: GoalHandler) {}

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
      ownParty(context.subject, engagement, noSuchEngagement());
    const done = await this.handler.propose(context.origin, engagementId, by, {
      theme,
      weight,
      targetDate,
      text,
    });
    return created(`/goals/v1/goals/${done.goal.refs.goalId}`, answered(done.goal), done.version);
  }

  @Versioned()
  @Post('goals/:goalId/agree')
  @Command()
  @NeedsIfMatch()
  @Roles('coachee', 'coach')
  @ApiOperation({ summary: 'Agree to a goal that the other party proposed' })
  agree(@Ctx() context: CommandContext, @Id('goalId') goalId: string) {
    return this.run(context, goalId, (by) => ({ kind: 'agree', by }), { needsIfMatch: true });
  }

  @Versioned()
  @Post('goals/:goalId/scale')
  @Command()
  @NeedsIfMatch()
  @Roles('coachee', 'coach')
  @ApiOperation({ summary: 'Define the attainment scale: five levels, and where the coachee stands now' })
  defineScale(
    @Ctx() context: CommandContext,
    @Id('goalId') goalId: string,
    @Body() { levels, baselineLevel }: ScaleDto,
  ) {
    const texts = levels.map((text, index) => ({ id: derivedId(context.commandId, `level ${index}`), text }));
    const levelTextIds = texts.map(({ id }) => id);
    return this.run(context, goalId, (by) => ({ kind: 'define-scale', by, baselineLevel, levelTextIds }), {
      texts,
      needsIfMatch: true,
    });
  }

  @Versioned()
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
      { texts: [{ id: textId, text }], only: 'coachee' },
    );
    const body = { practiceId, ...answered(done.goal) };
    return created(`/goals/v1/goals/${goalId}`, body, done.version);
  }

  @Versioned()
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
    return this.run(context, goalId, () => ({ kind: 'report-practice', practiceId, done, textId }), {
      texts,
      only: 'coachee',
    });
  }

  @Versioned()
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
    return this.run(context, goalId, () => ({ kind: 'check-in', movement, textId }), {
      texts,
      only: 'coachee',
    });
  }

  @Versioned()
  @Post('goals/:goalId/score')
  @Command()
  @Roles('coachee', 'coach')
  @ApiOperation({ summary: 'Score the goal on its scale' })
  score(@Ctx() context: CommandContext, @Id('goalId') goalId: string, @Body() { level, moment }: ScoreDto) {
    return this.run(context, goalId, (by) => ({ kind: 'score', by, level, moment }));
  }

  @Versioned()
  @Post('goals/:goalId/revise')
  @Command()
  @NeedsIfMatch()
  @Roles('coachee', 'coach')
  @ApiOperation({ summary: 'Revise theme, weight, target date or wording' })
  revise(
    @Ctx() context: CommandContext,
    @Id('goalId') goalId: string,
    @Body() { text, ...changes }: ReviseGoalDto,
  ) {
    const { textId, texts } = remark(context, text);
    const terms = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    return this.run(context, goalId, (by) => ({ kind: 'revise', by, terms, textId }), {
      texts,
      needsIfMatch: true,
    });
  }

  @Versioned()
  @Post('goals/:goalId/close')
  @Command()
  @Roles('coachee', 'coach')
  @ApiOperation({ summary: 'Close the goal with its outcome' })
  close(@Ctx() context: CommandContext, @Id('goalId') goalId: string, @Body() { outcome }: CloseGoalDto) {
    return this.run(context, goalId, (by) => ({ kind: 'close', by, outcome }));
  }

  @Versioned()
  @Post('goals/:goalId/share')
  @Command()
  @Roles('coachee')
  @ApiOperation({ summary: 'Let HR see the text, or the manager theme and status; or no longer' })
  share(@Ctx() context: CommandContext, @Id('goalId') goalId: string, @Body() body: ShareGoalDto) {
    const { with: audience, shared } = body;
    return this.run(context, goalId, () => ({ kind: 'share', with: audience, shared }), { only: 'coachee' });
  }

  private async run(
    context: CommandContext,
    goalId: string,
    order: (by: Party) => GoalOrder,
    options: Options = {},
  ) {
    const { goal, version } = await this.ordered(context, goalId, order, options);
    return versioned(answered(goal), version);
  }

  private ordered(
    context: CommandContext,
    goalId: string,
    order: (by: Party) => GoalOrder,
    { only, ...options }: Options,
  ): Promise<GoalNow> {
    const { subject, origin, ifMatch } = context;
    const asked = ({ refs }: KnownGoal) => order(ownParty(subject, refs, noSuchGoal(), only));
    return this.handler.run(origin, goalId, asked, { ...options, ifMatch });
  }
}

/** An optional text and the id that its command names. */
const remark = ({ commandId }: CommandContext, text: string | undefined) => {
  if (text === undefined) return { textId: null, texts: [] };
  const id = derivedId(commandId, 'text');
  return { textId: id, texts: [{ id, text }] };
};
