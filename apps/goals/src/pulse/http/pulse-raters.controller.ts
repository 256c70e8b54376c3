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
import { engagementOf, isThere, standingOf, type KnownEngagement } from '../../knowledge/known.js';
import { Answering } from '../answering.js';
import {
  noSuchRater,
  nothingAsked,
  raterApproved,
  raterIsCoach,
  raterIsCoachee,
  tooManyRaters,
} from '../pulse.errors.js';
import { PulseHandler } from '../pulse.handler.js';
import { notAsked, putRater, putToken, ratersOf, removeRater, type Rater } from '../pulse.rows.js';
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
    const engagement = await engagementOf(this.pool, subject.tenantId, engagementId);
    const { refs } = engagement;
    if (partyOf(subject, refs) !== 'coachee') await this.requireGiver(subject, engagement);
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
    const { refs, overAt, coachPersonId } = await engagementOf(this.pool, tenantId, engagementId);
    if (partyOf(subject, refs) !== 'coachee') throw new RefusedError(noSuchEngagement());
    if (overAt !== null && occurredAt >= overAt) throw new RefusedError(engagementIsOver(overAt));
    if (personId === refs.personId) throw new RefusedError(raterIsCoachee());
    if (personId !== undefined && personId === coachPersonId) throw new RefusedError(raterIsCoach());
    // Whether somebody has left is not for a colleague to learn here.
    if (personId !== undefined && !(await isThere(this.pool, tenantId, personId, occurredAt)))
      throw new RefusedError(noSuchPerson());
    return inTransaction(this.pool, async (client) => {
      if ((await ratersOf(client, tenantId, engagementId)).length >= MOST)
        throw new RefusedError(tooManyRaters(MOST));
      const rater = { tenantId, engagementId, personId: personId ?? null };
      const raterId = await putRater(client, { raterId: derivedId(context.commandId, 'rater'), ...rater });
      const named = shown({ ...rater, raterId, approvedAt: null });
      const answer = created(`/goals/v1/engagements/${engagementId}/pulse-raters`, named);
      await context.complete(client, answer);
      return answer;
    });
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
    requireAsked(rater, context.occurredAt);
    await this.pool.query(
      'UPDATE pulse_raters SET approved_at = $2 WHERE rater_id = $1 AND approved_at IS NULL AND removed_at IS NULL',
      [rater.raterId, context.occurredAt],
    );
    await this.pulses.askAhead(context.origin, engagement);
    return { ...shown(rater), approved: true };
  }

  @Post(':raterId/remove')
  @Command()
  @Roles('coachee', 'hr', 'program-admin')
  @ApiOperation({
    summary: 'Remove a rater; their link leads nowhere from then on',
    description:
      'The coachee removes whom they named until that rater is approved; afterwards HR or the programme’s administrator does, whether or not the rater has answered, which nobody is told.',
  })
  async remove(
    @Ctx() context: CommandContext,
    @Id('engagementId') engagementId: string,
    @Id('raterId') raterId: string,
  ) {
    const { subject, tenantId, occurredAt } = context;
    const engagement = await engagementOf(this.pool, tenantId, engagementId);
    const isOwn = partyOf(subject, engagement.refs) === 'coachee';
    if (!isOwn) await this.requireGiver(subject, engagement);
    await this.named(tenantId, engagementId, raterId);
    return inTransaction(this.pool, async (client) => {
      if (!(await removeRater(client, raterId, occurredAt, isOwn ? 'unapproved' : 'any')))
        throw new RefusedError(isOwn ? raterApproved() : noSuchRater());
      const answer = new Answer({ raterId, removed: true });
      await context.complete(client, answer);
      return answer;
    });
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
    requireAsked(rater, context.now);
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
    await this.requireGiver(subject, engagement);
    return { engagement, rater: await this.named(tenantId, engagementId, raterId) };
  }

  /** @throws RefusedError */
  private async named(tenantId: string, engagementId: string, raterId: string): Promise<Rater> {
    const rater = (await ratersOf(this.pool, tenantId, engagementId)).find((one) => one.raterId === raterId);
    if (rater === undefined) throw new RefusedError(noSuchRater());
    return rater;
  }

  /**
   * Never the coachee or the coach, whatever else they are: they would hold the links of those who rate them. HR whom the
   * person is out of reach of neither. @throws RefusedError
   */
  private async requireGiver(subject: Subject, { refs, coachPersonId }: KnownEngagement): Promise<void> {
    const isParty =
      subject.coachId === refs.coachId ||
      (subject.personId !== undefined && [refs.personId, coachPersonId].includes(subject.personId));
    const reached =
      !hasRole(subject, 'hr') || (await standingOf(this.pool, subject, refs.personId)).isReachedByHr;
    if (isParty || !reached || !hasRole(subject, 'hr', 'program-admin', 'integration'))
      throw new RefusedError(noSuchEngagement());
  }
}

/** @throws RefusedError where the rater has left, or turned out to be the coach */
function requireAsked(rater: Rater, at: string): void {
  const why = notAsked(rater, at);
  if (why) throw new RefusedError(why);
}

const shown = ({ raterId, personId, approvedAt }: Pick<Rater, 'raterId' | 'personId' | 'approvedAt'>) => ({
  raterId,
  /** Null for somebody from outside. */
  personId,
  approved: approvedAt !== null,
});
