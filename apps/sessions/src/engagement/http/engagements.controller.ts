import { RefusedError } from '@cairn/decider';
import { derivedId } from '@cairn/event-store';
import { CLOCK, Command, created, Ctx, Id, unfinished, type Clock, type CommandContext } from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { PersonReads, POOL } from '@cairn/service';
import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Pool } from 'pg';
import { ownParty } from '../../access.js';
import { resolveTime, type Moment } from '../../calendar/wall-time.js';
import { BookDto, SeriesDto } from '../../session/http/session.dto.js';
import { answered } from '../../session/http/session.view.js';
import { bookSeries } from '../../session/series.handler.js';
import { SessionHandler } from '../../session/session.handler.js';
import type { KnownEngagement } from '../engagement.decider.js';
import { EngagementsQuery } from './engagement.dto.js';
import { listEngagements, readEngagement } from './engagements.query.js';

@ApiTags('engagements')
@Controller('v1/engagements')
export class EngagementsController {
  constructor(
    private readonly sessions: SessionHandler,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly reads: PersonReads,
  ) {}

  @Get()
  @Roles('coachee', 'coach', 'hr', 'program-admin', 'integration')
  @ApiOperation({ summary: 'Engagements: one’s own, or those that one oversees' })
  async list(@CurrentSubject() subject: Subject, @Query() query: EngagementsQuery) {
    const page = await listEngagements(this.pool, subject, query);
    await this.reads.record(subject, 'sessions', page.items);
    return page;
  }

  @Get(':engagementId')
  @Roles('coachee', 'coach', 'hr', 'program-admin', 'integration')
  @ApiOperation({
    summary: 'One engagement with its allotment',
    description: 'Its sessions are in the list of sessions, by `engagementId`.',
  })
  async read(@CurrentSubject() subject: Subject, @Id('engagementId') engagementId: string) {
    const now = this.clock.now().toISOString();
    const engagement = await readEngagement(this.pool, subject, engagementId, now);
    await this.reads.record(subject, 'sessions', [engagement]);
    return engagement;
  }

  @Post(':engagementId/sessions')
  @Command({ status: 201 })
  @Roles('coachee', 'coach')
  @ApiOperation({
    summary: 'Book a session',
    description:
      'Takes both calendars and a unit of the allotment, or nothing. A local time that does not exist, or exists twice, is refused with both choices.',
  })
  async book(
    @Ctx() context: CommandContext,
    @Id('engagementId') engagementId: string,
    @Body() { startsAt: text, zone: named, durationMinutes }: BookDto,
  ) {
    const { instant: startsAt, zone } = momentOf(text, named);
    const endsAt = new Date(Date.parse(startsAt) + durationMinutes * 60_000).toISOString();
    const sessionId = derivedId(context.commandId, 'session:0');
    const by = partyIn(context);
    const booking = { sessionId, startsAt, endsAt, zone, by };
    const { session, version } = await this.sessions.book(context.origin, engagementId, booking);
    return created(`/sessions/v1/sessions/${sessionId}`, answered(session), version);
  }

  @Post(':engagementId/series')
  @Command({ status: 201 })
  @Roles('coachee', 'coach')
  @ApiOperation({
    summary: 'Book a series at a cadence',
    description:
      'All at the same wall time, also when clocks change. Each session is booked or refused by itself. 201 when all are booked; 207 when some are not: sent again with the same Idempotency-Key, the rest is tried again.',
  })
  @ApiResponse({ status: 201, description: 'all are booked' })
  @ApiResponse({
    status: 207,
    description: 'some are booked, the others are reported with the problem of each',
  })
  async series(
    @Ctx() context: CommandContext,
    @Id('engagementId') engagementId: string,
    @Body() { startsAt, zone, durationMinutes, count, cadence }: SeriesDto,
  ) {
    const first = momentOf(startsAt, zone);
    const engagement = await this.sessions.engagement(context.tenantId, engagementId);
    const report = await bookSeries(this.sessions, context.origin, engagementId, {
      first,
      cadence: cadence ?? engagement.cadence,
      count,
      durationMinutes,
      by: partyIn(context),
    });
    return report.complete ? created(`/sessions/v1/engagements/${engagementId}`, report) : unfinished(report);
  }
}

const partyIn = (context: CommandContext) => (engagement: KnownEngagement) =>
  ownParty(context.subject, engagement.refs, 'engagement');

function momentOf(text: string, zone: string | undefined): Moment {
  const resolved = resolveTime(text, zone);
  if (!resolved.ok) throw new RefusedError(resolved.refusal);
  return resolved.moment;
}
