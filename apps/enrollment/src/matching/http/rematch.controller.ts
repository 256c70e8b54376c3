import { Command, CommandContext, Ctx, Id, Versioned } from '@cairn/http';
import { Roles } from '@cairn/identity';
import { Body, Controller, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource, EntityManager } from 'typeorm';
import { requireUnchanged } from '../../if-match.js';
import { keeping } from '../../keeping.js';
import { requireReach } from '../../people/reach.js';
import { versionSeenBy, type MatchEntity } from '../match.entity.js';
import { noSuchMatch } from '../match.errors.js';
import { RematchHandler } from '../rematch.handler.js';
import { FitDto, RematchDto } from './match.dto.js';
import { answered } from './match.shown.js';
import { concerning, partyIn } from './matches.controller.js';

/** What the two of a running match think of it, and the way to another coach. */
@ApiTags('matching')
@Controller('v1/enrollments/:enrollmentId/match')
export class RematchController {
  constructor(
    private readonly handler: RematchHandler,
    private readonly dataSource: DataSource,
  ) {}

  @Versioned()
  @Post('rematch')
  @Command()
  @Roles('coachee', 'coach', 'hr', 'program-admin')
  @ApiOperation({
    summary: 'Ask for another coach, without blame: the match goes on until the next coach has accepted',
    description:
      'Opens a request, for which the programme makes a shortlist and the coachee chooses; the former coach is left out. Who asked, and why, is shown to nobody: a coach is answered alike whether another one is looked for already or not. The answer is the match that goes on.',
  })
  async rematch(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { reason }: RematchDto,
  ) {
    const match = await this.handler.request(
      context,
      enrollmentId,
      reason,
      concerning(context),
      async (running, { manager }) => {
        const { subject, actor } = context;
        const isParty = actor.role === 'coach' || actor.role === 'coachee';
        const by = isParty ? partyIn(running, context) : 'program';
        if (!isParty) await requireReach(manager, subject, actor.role, running.personId, noSuchMatch());
        requireUnchanged(context, versionSeenBy(subject, running));
        return by;
      },
      this.keep(context),
    );
    return context.completed ?? this.answer(context, match);
  }

  @Versioned()
  @Post('fit')
  @Command()
  @Roles('coachee', 'coach')
  @ApiOperation({
    summary: 'Say in private whether the match is right',
    description:
      'Replaces what was said before. The answer says how the match stands, without the word: read the match to see it. Nobody else is shown it; reports count such words from the minimum group on. To a coachee for whom it is not right, or who rates a session low, their own match says `rematchOffered`.',
  })
  async fit(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { signal }: FitDto,
  ) {
    const match = await this.handler.signal(
      context,
      enrollmentId,
      signal,
      concerning(context),
      (running) => {
        const party = partyIn(running, context);
        requireUnchanged(context, versionSeenBy(context.subject, running));
        return party;
      },
      this.keep(context),
    );
    return context.completed ?? this.answer(context, match);
  }

  private keep(context: CommandContext) {
    return keeping(context, (match: MatchEntity, { manager }) => this.answer(context, match, manager));
  }

  private answer(
    { subject }: CommandContext,
    match: MatchEntity,
    manager: EntityManager = this.dataSource.manager,
  ) {
    return answered(manager, subject, match);
  }
}
