import { RefusedError } from '@cairn/decider';
import { Command, Ctx, Id, NeedsIfMatch, versioned, type CommandContext, Versioned } from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { PersonReads, POOL } from '@cairn/service';
import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Pool } from 'pg';
import { ownParty, requireOthers, viewerOf } from '../../access.js';
import { resolveTime } from '../../calendar/wall-time.js';
import type { Party, Times } from '../session.events.js';
import { SessionHandler, type SessionOrder } from '../session.handler.js';
import { CorrectDto, DisputeDto, MoveDto, RatingDto, SessionsQuery, ThemesDto } from './session.dto.js';
import { answered, versionFor, viewed } from './session.view.js';
import { listSessions } from './sessions.query.js';

type Order = (by: Party, session: Times) => SessionOrder;

@ApiTags('sessions')
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly handler: SessionHandler,
    @Inject(POOL) private readonly pool: Pool,
    private readonly reads: PersonReads,
  ) {}

  @Get()
  @Roles('coachee', 'coach', 'hr', 'program-admin', 'integration')
  @ApiOperation({
    summary: 'Sessions by start: one’s own, or those that one oversees',
    description: 'What was said in a session is in no list.',
  })
  async list(@CurrentSubject() subject: Subject, @Query() query: SessionsQuery) {
    const page = await listSessions(this.pool, subject, query);
    await this.reads.record(subject, 'sessions', page.items);
    return page;
  }

  @Versioned()
  @Get(':sessionId')
  @Roles('coachee', 'coach', 'hr', 'program-admin', 'integration')
  @ApiOperation({
    summary: 'One session, with its version as ETag',
    description: 'The rating is shown to the coachee alone, themes to coachee and coach.',
  })
  async read(@CurrentSubject() subject: Subject, @Id('sessionId') sessionId: string) {
    const found = await this.handler.read(subject.tenantId, sessionId);
    const viewer = await viewerOf(this.pool, subject, found.session.refs, 'session');
    await this.reads.record(subject, 'sessions', [found.session.refs]);
    return versioned(viewed(found.session, viewer), versionFor(viewer, found));
  }

  @Versioned()
  @Post(':sessionId/reschedule')
  @Command()
  @NeedsIfMatch()
  @Roles('coachee', 'coach')
  @ApiOperation({ summary: 'Move a session', description: 'Up to its start; both calendars must be free.' })
  reschedule(
    @Ctx() context: CommandContext,
    @Id('sessionId') sessionId: string,
    @Body() { startsAt: text, zone: named, durationMinutes }: MoveDto,
  ) {
    const resolved = resolveTime(text, named);
    if (!resolved.ok) throw new RefusedError(resolved.refusal);
    const { instant: startsAt, zone } = resolved.moment;
    const order: Order = (by, session) => {
      const before = Date.parse(session.endsAt) - Date.parse(session.startsAt);
      const length = durationMinutes === undefined ? before : durationMinutes * 60_000;
      const endsAt = new Date(Date.parse(startsAt) + length).toISOString();
      return { kind: 'reschedule', by, startsAt, endsAt, zone };
    };
    return this.run(context, sessionId, order, { needsIfMatch: true });
  }

  @Versioned()
  @Post(':sessionId/cancel')
  @Command()
  @Roles('coachee', 'coach')
  @ApiOperation({
    summary: 'Cancel a session',
    description:
      'With less notice than the policy asks for it is late; a coachee’s late cancel may forfeit it. What the other one, a pause or an end has cancelled already is a 409 that says by whom.',
  })
  cancel(@Ctx() context: CommandContext, @Id('sessionId') sessionId: string) {
    return this.run(context, sessionId, (by) => ({ kind: 'cancel', by }));
  }

  @Versioned()
  @Post(':sessionId/confirm')
  @Command()
  @Roles('coachee', 'coach')
  @ApiOperation({
    summary: 'Say that the session was held',
    description:
      'By both: completed at once. By one: evidence, should the other stay silent. An unconfirmed session is completed by either.',
  })
  confirm(@Ctx() context: CommandContext, @Id('sessionId') sessionId: string) {
    return this.run(context, sessionId, (by) => ({ kind: 'confirm', by }));
  }

  @Versioned()
  @Post(':sessionId/no-show')
  @Command()
  @Roles('coachee', 'coach')
  @ApiOperation({ summary: 'Say that the other one did not come' })
  noShow(@Ctx() context: CommandContext, @Id('sessionId') sessionId: string) {
    return this.run(context, sessionId, (by) => ({ kind: 'record-no-show', by }));
  }

  @Versioned()
  @Post(':sessionId/dispute')
  @Command()
  @Roles('coachee', 'coach')
  @ApiOperation({ summary: 'Dispute an outcome, within the hours that the policy gives' })
  dispute(
    @Ctx() context: CommandContext,
    @Id('sessionId') sessionId: string,
    @Body() { reason }: DisputeDto,
  ) {
    return this.run(context, sessionId, (by) => ({ kind: 'dispute', by, reason }));
  }

  @Versioned()
  @Post(':sessionId/correct')
  @Command()
  @NeedsIfMatch()
  @Roles('program-admin')
  @ApiOperation({
    summary: 'Correct an outcome, disputed or not',
    description: 'The correction restates it: units of the allotment follow.',
  })
  async correct(
    @Ctx() context: CommandContext,
    @Id('sessionId') sessionId: string,
    @Body() { to, forfeited, reason }: CorrectDto,
  ) {
    const order: SessionOrder = {
      kind: 'correct',
      to,
      reason,
      ...(forfeited !== undefined && { forfeited }),
    };
    const { ifMatch, subject } = context;
    // Whoever is HR too reaches nobody as an administrator whom they may not see.
    const { session: found } = await this.handler.read(context.tenantId, sessionId);
    await viewerOf(this.pool, subject, found.refs, 'session');
    await requireOthers(this.pool, subject, found.refs);
    const { session, version } = await this.handler.run(context.origin, sessionId, () => order, {
      ifMatch,
      needsIfMatch: true,
    });
    return versioned(answered(session), version);
  }

  @Versioned()
  @Post(':sessionId/rating')
  @Command()
  @Roles('coachee')
  @ApiOperation({
    summary: 'Rate a session; nobody else is shown a single rating',
    description: 'The answer says how the session stands, without the rating: read the session to see it.',
  })
  rate(
    @Ctx() context: CommandContext,
    @Id('sessionId') sessionId: string,
    @Body() { useful, relationship, progress }: RatingDto,
  ) {
    return this.run(
      context,
      sessionId,
      () => ({ kind: 'rate', rating: { useful, relationship, progress } }),
      { only: 'coachee' },
    );
  }

  @Versioned()
  @Post(':sessionId/themes')
  @Command()
  @Roles('coach')
  @ApiOperation({
    summary: 'Record what the session was about, in themes of the programme',
    description: 'The answer says how the session stands, without its themes: read the session to see them.',
  })
  themes(@Ctx() context: CommandContext, @Id('sessionId') sessionId: string, @Body() { themes }: ThemesDto) {
    return this.run(context, sessionId, () => ({ kind: 'record-themes', themes }), { only: 'coach' });
  }

  /** Runs a command of one of the two, or of `only` that one of them; to all others the session does not exist. */
  private async run(
    context: CommandContext,
    sessionId: string,
    order: Order,
    { only, needsIfMatch = false }: { only?: Party; needsIfMatch?: boolean } = {},
  ) {
    const { ifMatch } = context;
    const { session, version } = await this.handler.run(
      context.origin,
      sessionId,
      (found) => {
        const by = ownParty(context.subject, found.refs, 'session', only);
        return order(by, found);
      },
      { ifMatch, needsIfMatch },
    );
    return versioned(answered(session), version);
  }
}
