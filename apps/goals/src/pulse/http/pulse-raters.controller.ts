import { RefusedError } from '@cairn/decider';
import { derivedId } from '@cairn/event-store';
import { inTransaction } from '@cairn/event-store/postgres';
import { Answer, Command, created, Ctx, Id, type CommandContext } from '@cairn/http';
import {
  answerLink,
  hashOfLinkToken,
  newLinkToken,
  CurrentSubject,
  hasRole,
  Roles,
  type Subject,
} from '@cairn/identity';
import { PersonReads, POOL } from '@cairn/service';
import { Body, Controller, Get, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Pool } from 'pg';
import { partyOf } from '../../goal/goal.access.js';
import { engagementIsOver, noSuchEngagement, noSuchPerson } from '../../goal/goal.errors.js';
import { engagementOf, isKnown, standingOf, type KnownEngagement } from '../../knowledge/known.js';
import { Answering } from '../answering.js';
import { noSuchRater, nothingAsked, raterIsCoachee, raterNamed, tooManyRaters } from '../pulse.errors.js';
import { PulseHandler } from '../pulse.handler.js';
import { putToken, ratersOf, type Rater } from '../pulse.rows.js';
import { NamePulseRaterDto } from './pulse.dto.js';

export const PUBLIC_URL = Symbol('public url');

const MOST = 20;

/** Who is asked in pulses. Whether somebody has answered is told to nobody. */
@ApiTags('pulses')
@Controller('v1/engagements/:engagementId/pulse-raters')
export class PulseRatersController {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    private readonly pulses: PulseHandler,
    private readonly answering: Answering,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
    private readonly reads: PersonReads,
  ) {}

  @Get()
  @Roles('coachee', 'hr', 'program-admin', 'integration')
  @ApiOperation({ summary: 'The raters whom the coachee named, and whether they are approved' })
  async list(@CurrentSubject() subject: Subject, @Id('engagementId') engagementId: string) {
    const { refs } = await engagementOf(this.pool, subject.tenantId, engagementId);
    if (partyOf(subject, refs) !== 'coachee') await this.requireGiver(subject, refs);
    await this.reads.record(subject, 'pulse-raters', [refs]);
    return { items: (await ratersOf(this.pool, subject.tenantId, engagementId)).map(shown) };
  }

  @Post()
  @Command({ status: 201 })
  @Roles('coachee')
  @ApiOperation({ summary: 'Name somebody who is asked before each session how the goals show at work' })
  async name(
    @Ctx() context: CommandContext,
    @Id('engagementId') engagementId: string,
    @Body() { personId }: NamePulseRaterDto,
  ) {
    const { subject, tenantId, occurredAt } = context;
    const { refs, overAt } = await engagementOf(this.pool, tenantId, engagementId);
    if (partyOf(subject, refs) !== 'coachee') throw new RefusedError(noSuchEngagement());
    if (overAt !== null && occurredAt >= overAt) throw new RefusedError(engagementIsOver(overAt));
    if (personId === refs.personId) throw new RefusedError(raterIsCoachee());
    if (personId !== undefined && !(await isKnown(this.pool, tenantId, personId)))
      throw new RefusedError(noSuchPerson());
    const raterId = derivedId(context.commandId, 'rater');
    const raters = await ratersOf(this.pool, tenantId, engagementId);
    const others = raters.filter((one) => one.raterId !== raterId);
    if (others.length >= MOST) throw new RefusedError(tooManyRaters(MOST));
    await this.pool.query(
      `INSERT INTO pulse_raters (rater_id, tenant_id, engagement_id, person_id) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [raterId, tenantId, engagementId, personId ?? null],
    );
    const rater = (await ratersOf(this.pool, tenantId, engagementId)).find((one) => one.raterId === raterId);
    if (rater === undefined) throw new RefusedError(raterNamed());
    return created(`/goals/v1/engagements/${engagementId}/pulse-raters`, shown(rater));
  }

  @Post(':raterId/approve')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'Approve a rater, who can then be given a link; pulses are asked from three on' })
  async approve(
    @Ctx() context: CommandContext,
    @Id('engagementId') engagementId: string,
    @Id('raterId') raterId: string,
  ) {
    const { engagement, rater } = await this.rater(context, engagementId, raterId);
    await this.pool.query(
      'UPDATE pulse_raters SET approved_at = $2 WHERE rater_id = $1 AND approved_at IS NULL',
      [rater.raterId, context.occurredAt],
    );
    await this.pulses.askAhead(context.origin, engagement);
    return { ...shown(rater), approved: true };
  }

  @Post(':raterId/link')
  @Command()
  @Roles('hr', 'program-admin', 'integration')
  @ApiOperation({
    summary: 'Mint a rater’s link for what is asked now, which replaces the one before',
    description:
      'It is answered here and kept nowhere: hand it to the rater. It is good for one answer, before one session. To remind somebody, mint another.',
  })
  async mint(
    @Ctx() context: CommandContext,
    @Id('engagementId') engagementId: string,
    @Id('raterId') raterId: string,
  ) {
    const { rater } = await this.rater(context, engagementId, raterId);
    const [pulse] = await this.answering.asked(this.pool, context.tenantId, engagementId);
    if (pulse === undefined) throw new RefusedError(nothingAsked());
    const token = newLinkToken();
    const answer = { raterId: rater.raterId, link: answerLink(this.publicUrl, token) };
    await inTransaction(this.pool, async (client) => {
      await putToken(client, rater, pulse.sessionId, hashOfLinkToken(token));
      await context.complete(client, new Answer(answer));
    });
    return context.completed ?? answer;
  }

  private async rater({ subject, tenantId }: CommandContext, engagementId: string, raterId: string) {
    const engagement = await engagementOf(this.pool, tenantId, engagementId);
    await this.requireGiver(subject, engagement.refs);
    const rater = (await ratersOf(this.pool, tenantId, engagementId)).find((one) => one.raterId === raterId);
    if (rater === undefined) throw new RefusedError(noSuchRater());
    return { engagement, rater };
  }

  /**
   * Never the coachee or the coach, whatever else they are: they would hold the links of those who rate them. HR whom the
   * person is out of reach of neither. @throws RefusedError
   */
  private async requireGiver(subject: Subject, refs: KnownEngagement['refs']): Promise<void> {
    const isParty = subject.personId === refs.personId || subject.coachId === refs.coachId;
    const reached =
      !hasRole(subject, 'hr') || (await standingOf(this.pool, subject, refs.personId)).isReachedByHr;
    if (isParty || !reached || !hasRole(subject, 'hr', 'program-admin', 'integration'))
      throw new RefusedError(noSuchEngagement());
  }
}

const shown = ({ raterId, personId, approvedAt }: Rater) => ({
  raterId,
  /** Null for somebody from outside. */
  personId,
  approved: approvedAt !== null,
});
