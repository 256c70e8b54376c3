import { RefusedError } from '@cairn/decider';
import { Command, CommandContext, Ctx, Id, listing, Versioned } from '@cairn/http';
import {
  authenticatedOf,
  CurrentSubject,
  hasRole,
  Roles,
  readsEverybody,
  type Subject,
} from '@cairn/identity';
import { PersonReads } from '@cairn/service';
import { Body, Controller, Get, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { keeping } from '../../keeping.js';
import { requireUnchanged } from '../../if-match.js';
import { anyOf, EVERYTHING, reachOfHr, requireReach, type Condition } from '../../people/reach.js';
import { BulkRun } from '../bulk-run.js';
import type { Party } from '../match.events.js';
import { MatchEntity, SEEN_BY_COACH, versionSeenBy } from '../match.entity.js';
import { coachOfThePast, noSuchMatch } from '../match.errors.js';
import { FIRST_SOUGHT, requestAnew, THEN_RUNNING, WITHOUT_ANYBODY } from '../match.rows.js';
import { MatchHandler, shortlistFor, toldShortlist, type CommandOf } from '../match.handler.js';
import { DeclineDto, MatchesQuery, ProposeDto, ShortlistDto, WithdrawRequestDto } from './match.dto.js';
import { answered, readBy, versionedFor } from './match.shown.js';

const matches = listing('matches.1', { matchId: 'id' });

@ApiTags('matching')
@Controller('v1')
export class MatchesController {
  constructor(
    private readonly handler: MatchHandler,
    private readonly bulk: BulkRun,
    private readonly dataSource: DataSource,
    private readonly reads: PersonReads,
  ) {}

  @Post('programs/:programId/cohorts/:cohortId/match')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Match a whole cohort at once',
    description:
      'As many coachees as possible get a coach, and among all ways to do that the one with the highest total fit, under capacities and conflicts of interest: a transportation problem, solved exactly by successive shortest paths. Whoever stays without a coach is named: in `unassigned` with the constraint that nobody met, in `leftOut` who is choosing from a shortlist, has proposed to a coach or is paused, whom a run leaves alone, and whose request was withdrawn.',
  })
  matchCohort(
    @Ctx() context: CommandContext,
    @Id('programId') programId: string,
    @Id('cohortId') cohortId: string,
  ) {
    const { subject, actor } = context;
    const reach = actor.role === 'hr' ? reachOfHr(subject, 'm.person_id') : EVERYTHING;
    return this.bulk.run(context, programId, cohortId, reach);
  }

  @Get('matches')
  @Roles('hr', 'program-admin', 'integration', 'coach', 'coachee')
  @ApiOperation({
    summary: 'List matches; a coach sees those proposed to them and their own, a coachee their own',
  })
  async list(@CurrentSubject() subject: Subject, @Query() query: MatchesQuery) {
    const after = matches.under(query).after(query.cursor);
    // A match that is missing here would tell its coach that another one is looked for.
    const visible = query.needsHandover ? visibleApartFromCoaching(subject) : visibleTo(subject);
    const rows = await this.dataSource
      .createQueryBuilder(MatchEntity, 'm')
      .where('m.tenant_id = :tenantId', { tenantId: subject.tenantId })
      .andWhere(`(${visible.sql})`, visible.parameters)
      .andWhere(query.coachId ? 'm.coach_id = :coachId' : 'true', { coachId: query.coachId })
      .andWhere(query.programId ? 'm.program_id = :programId' : 'true', { programId: query.programId })
      .andWhere(query.cohortId ? 'm.cohort_id = :cohortId' : 'true', { cohortId: query.cohortId })
      .andWhere(query.status ? 'm.status = :status' : 'true', { status: query.status })
      .andWhere(query.needsHandover ? `(${NEEDS_HANDOVER})` : 'true')
      .andWhere(after ? 'm.match_id > :after' : 'true', { after: after?.matchId })
      .orderBy('m.match_id')
      .take(query.limit + 1)
      .getMany();
    const page = matches.under(query).page(rows, query.limit, ({ matchId }) => ({ matchId }));
    await this.reads.record(subject, 'match', page.items);
    return { ...page, items: await readBy(this.dataSource.manager, subject, page.items) };
  }

  @Versioned()
  @Get('enrollments/:enrollmentId/match')
  @Roles('hr', 'program-admin', 'integration', 'coach', 'coachee')
  @ApiOperation({
    summary: 'Read the match of an enrolment, with its shortlist or coach and every part of the scores',
    description:
      'While another coach is looked for, that is the request for a rematch; the former coach reads the match that runs until then, and the list of matches has both. The parts are for those who may see what the coachee asked for; programme administration has the scores alone.',
  })
  async read(@CurrentSubject() subject: Subject, @Id('enrollmentId') enrollmentId: string) {
    const visible = visibleTo(subject);
    const match = await this.dataSource
      .createQueryBuilder(MatchEntity, 'm')
      .where('m.tenant_id = :tenantId AND m.enrollment_id = :enrollmentId', {
        tenantId: subject.tenantId,
        enrollmentId,
      })
      .andWhere(`(${visible.sql})`, visible.parameters)
      .orderBy(FIRST_SOUGHT, 'DESC')
      .addOrderBy(THEN_RUNNING, 'DESC')
      .addOrderBy('m.created_at', 'DESC')
      .limit(1)
      .getOne();
    if (match === null) throw new RefusedError(noSuchMatch());
    await this.reads.record(subject, 'match', [match]);
    const [one] = await readBy(this.dataSource.manager, subject, [match]);
    return versionedFor(subject, match, one!);
  }

  @Versioned()
  @Post('enrollments/:enrollmentId/match/shortlist')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Find the three best coaches, or the constraint that nobody meets',
    description:
      'Where the request was withdrawn, and nobody coaches, another one is opened. An importer who tells a history names the coach who was found then.',
  })
  shortlist(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { coachId }: ShortlistDto,
    @Req() request: object,
  ) {
    if (coachId === undefined) return this.give(context, enrollmentId, shortlistFor, requestAnew);
    if (!authenticatedOf(request).integration) throw new RefusedError(coachOfThePast());
    return this.give(context, enrollmentId, (match, tx) => toldShortlist(match, tx, coachId), requestAnew);
  }

  @Versioned()
  @Post('enrollments/:enrollmentId/match/propose')
  @Command()
  @Roles('coachee')
  @ApiOperation({ summary: 'Choose a coach of the shortlist, who is asked next' })
  propose(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { coachId, handover }: ProposeDto,
  ) {
    return this.give(context, enrollmentId, () => ({
      kind: 'choose',
      at: context.occurredAt,
      coachId,
      ...(handover && { handover }),
    }));
  }

  @Versioned()
  @Post('enrollments/:enrollmentId/match/accept')
  @Command()
  @Roles('coach', 'coachee')
  @ApiOperation({ summary: 'Accept the proposal: the two are matched' })
  accept(@Ctx() context: CommandContext, @Id('enrollmentId') enrollmentId: string) {
    return this.give(context, enrollmentId, (match) => ({
      kind: 'accept',
      at: context.occurredAt,
      by: partyIn(match, context),
    }));
  }

  @Versioned()
  @Post('enrollments/:enrollmentId/match/decline')
  @Command()
  @Roles('coach', 'coachee')
  @ApiOperation({ summary: 'Decline the shortlist or the proposal; its coaches are left out of the next' })
  decline(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { code }: DeclineDto,
  ) {
    return this.give(context, enrollmentId, (match) => ({
      kind: 'decline',
      at: context.occurredAt,
      by: partyIn(match, context),
      code,
    }));
  }

  @Versioned()
  @Post('enrollments/:enrollmentId/match/withdraw')
  @Command()
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Withdraw the request for a match; a match that is active ends with its enrolment',
  })
  withdraw(
    @Ctx() context: CommandContext,
    @Id('enrollmentId') enrollmentId: string,
    @Body() { reason }: WithdrawRequestDto,
  ) {
    return this.give(context, enrollmentId, () => ({
      kind: 'withdraw',
      at: context.occurredAt,
      reason: reason ?? 'by-hr',
    }));
  }

  /**
   * Gives the command; a match that does not concern its giver looks like one that never existed.
   * @param onto the match that it is on, of the one that was found
   */
  private async give(
    context: CommandContext,
    enrollmentId: string,
    commandOf: CommandOf,
    onto: typeof requestAnew = (_, found) => Promise.resolve(found),
  ) {
    const match = await this.handler.give(
      context,
      enrollmentId,
      async (found, tx) => {
        const { role } = context.actor;
        if (role === 'coach' || role === 'coachee') partyIn(found, context);
        else await requireReach(tx.manager, context.subject, role, found.personId, noSuchMatch());
        requireUnchanged(context, versionSeenBy(context.subject, found));
        const match = await onto(tx, found, context.occurredAt);
        return { match, command: await commandOf(match, tx) };
      },
      keeping(context, (done, tx) => this.answer(context.subject, done, tx.manager)),
      concerning(context),
    );
    return context.completed ?? this.answer(context.subject, match);
  }

  private answer(subject: Subject, match: MatchEntity, manager = this.dataSource.manager) {
    return answered(manager, subject, match);
  }
}

/**
 * Nobody coaches on for long whom the programme does not let coach, and nobody goes on without a coach and a request for one:
 * HR asks each coachee whom they want next. In SQL.
 */
const NEEDS_HANDOVER = `(${WITHOUT_ANYBODY}) OR m.status IN ('active', 'atRisk')
  AND EXISTS (SELECT 1 FROM coaches c WHERE c.coach_id = m.coach_id AND c.status IN ('suspended', 'retired'))
  AND NOT EXISTS (SELECT 1 FROM matches s WHERE s.enrollment_id = m.enrollment_id
                     AND s.status IN ('requested', 'shortlisted', 'proposed'))`;

/** Which side of the match gives the command: somebody may be coach and coachee, of different matches. */
export function partyIn(match: MatchEntity, { subject }: CommandContext): Party {
  if (hasRole(subject, 'coachee') && subject.personId === match.personId) return 'coachee';
  if (hasRole(subject, 'coach') && subject.coachId !== undefined && subject.coachId === match.coachId)
    return 'coach';
  throw new RefusedError(noSuchMatch());
}

/**
 * The matches that there are to the giver of a command. To one of the two only their own: while another coach is looked for,
 * the former one's command is on the match that runs, and is answered as if there were no other.
 */
export const concerning = ({ subject, actor: { role } }: CommandContext): Condition =>
  role === 'coach' || role === 'coachee'
    ? anyOf([...ownOfCoachee(subject), ...ownOfCoach(subject)])
    : EVERYTHING;

/** The matches that a subject may read, each of its roles adding its own. */
function visibleTo(subject: Subject): Condition {
  return anyOf([visibleApartFromCoaching(subject), ...ownOfCoach(subject)]);
}

function visibleApartFromCoaching(subject: Subject): Condition {
  if (readsEverybody(subject)) return EVERYTHING;
  const ofHr = hasRole(subject, 'hr') ? [reachOfHr(subject, 'm.person_id')] : [];
  return anyOf([...ofHr, ...ownOfCoachee(subject)]);
}

const ownOfCoachee = (subject: Subject): Condition[] =>
  hasRole(subject, 'coachee') && subject.personId !== undefined
    ? [{ sql: 'm.person_id = :ownPerson', parameters: { ownPerson: subject.personId } }]
    : [];

const ownOfCoach = (subject: Subject): Condition[] =>
  hasRole(subject, 'coach') && subject.coachId !== undefined
    ? [{ sql: `m.coach_id = :ownCoach AND ${SEEN_BY_COACH}`, parameters: { ownCoach: subject.coachId } }]
    : [];
