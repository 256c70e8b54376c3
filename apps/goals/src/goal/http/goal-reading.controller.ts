import { RefusedError } from '@cairn/decider';
import { digestOf, Id, listing, PageQuery, versioned, Versioned } from '@cairn/http';
import { CurrentSubject, hasRole, Roles, type Subject } from '@cairn/identity';
import { PrivateText } from '@cairn/private-text';
import { PersonReads, POOL, type Looked } from '@cairn/service';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Pool } from 'pg';
import { engagementOf, isKnown, standingOf, type Standing } from '../../knowledge/known.js';
import { mayKnowOf, sightOf, type Sight } from '../goal.access.js';
import { noSuchEngagement, noSuchGoal, noSuchPerson } from '../goal.errors.js';
import type { KnownGoal } from '../goal.decider.js';
import { GoalHandler } from '../goal.handler.js';
import { textIdsOf, viewed } from './goal.view.js';

const goals = listing('goals.1', { createdAt: 'instant', goalId: 'id' });

interface Place {
  readonly createdAt: Date;
  readonly goalId: string;
}

@ApiTags('goals')
@Controller('v1')
export class GoalReadingController {
  constructor(
    private readonly handler: GoalHandler,
    private readonly texts: PrivateText,
    @Inject(POOL) private readonly pool: Pool,
    private readonly reads: PersonReads,
  ) {}

  @Get('engagements/:engagementId/goals')
  @Roles('coachee', 'coach', 'hr', 'manager')
  @ApiOperation({
    summary: 'The goals of an engagement, as far as the reader may see them, in the order made',
  })
  async list(
    @CurrentSubject() subject: Subject,
    @Id('engagementId') engagementId: string,
    @Query() { limit, cursor }: PageQuery,
  ) {
    const { tenantId } = subject;
    const after = goals.after(cursor);
    const { refs } = await engagementOf(this.pool, tenantId, engagementId);
    const standing = await standingOf(this.pool, subject, refs.personId);
    const { rows } = await this.pool.query<Place>(
      `SELECT goal_id AS "goalId", created_at AS "createdAt" FROM goals
        WHERE tenant_id = $1 AND engagement_id = $2
          AND ($3::timestamptz IS NULL OR (created_at, goal_id) > ($3, $4::uuid))
        ORDER BY created_at, goal_id`,
      [tenantId, engagementId, after?.createdAt ?? null, after?.goalId ?? null],
    );
    const page = await this.page(subject, refs.personId, rows, limit, standing);
    // To whom nothing is shown the engagement looks as if it had never existed, unless they may know of it anyway.
    if (page.items.length === 0 && !mayKnowOf(subject, refs, standing))
      throw new RefusedError(noSuchEngagement());
    await this.record(subject, refs, standing);
    return page;
  }

  @Get('people/:personId/goals')
  @Roles('coachee', 'coach', 'hr', 'manager')
  @ApiOperation({
    summary: 'The goals of a person, as far as the reader may see them, in the order made',
    description:
      'For a manager those that the coachee shares with them. Somebody of whom nothing is shown looks like nobody: 404.',
  })
  async listOfPerson(
    @CurrentSubject() subject: Subject,
    @Id('personId') personId: string,
    @Query() { limit, cursor }: PageQuery,
  ) {
    const { tenantId } = subject;
    const after = goals.after(cursor);
    const standing = await standingOf(this.pool, subject, personId);
    const { rows } = await this.pool.query<Place>(
      `SELECT g.goal_id AS "goalId", g.created_at AS "createdAt"
         FROM goals g JOIN known_engagements e USING (engagement_id)
        WHERE g.tenant_id = $1 AND e.tenant_id = $1 AND e.person_id = $2
          AND ($3::timestamptz IS NULL OR (g.created_at, g.goal_id) > ($3, $4::uuid))
        ORDER BY g.created_at, g.goal_id`,
      [tenantId, personId, after?.createdAt ?? null, after?.goalId ?? null],
    );
    const page = await this.page(subject, personId, rows, limit, standing);
    const isOwn = subject.roles.includes('coachee') && subject.personId === personId;
    // HR sees that somebody whom they reach has none; to others the person looks as if they had never existed.
    const isReached = subject.roles.includes('hr') && standing.isReachedByHr;
    if (page.items.length === 0 && !isOwn && !(isReached && (await isKnown(this.pool, tenantId, personId))))
      throw new RefusedError(noSuchPerson());
    await this.record(subject, { personId }, standing);
    return page;
  }

  /** As whose HR or manager they look; as their coach, or themself, they do not. */
  private async record(subject: Subject, who: Looked, { isReachedByHr, isManager }: Standing): Promise<void> {
    if (isManager || (hasRole(subject, 'hr') && isReachedByHr))
      await this.reads.record(subject, 'goals', [who]);
  }

  /** A page is of goals that are shown: what is not shared is not counted either. */
  private async page(
    subject: Subject,
    personId: string,
    places: readonly Place[],
    limit: number,
    standing: Standing,
  ) {
    const { tenantId } = subject;
    const seen: (Place & { goal: KnownGoal; sight: Sight })[] = [];
    for (const place of places) {
      if (seen.length > limit) break;
      const { goal } = await this.handler.read(tenantId, place.goalId);
      const sight = sightOf(subject, goal, standing);
      if (sight !== 'none') seen.push({ ...place, goal, sight });
    }
    const page = goals.page(seen, limit, ({ createdAt, goalId }) => ({
      createdAt: createdAt.toISOString(),
      goalId,
    }));
    const ids = page.items.flatMap(({ goal, sight }) => textIdsOf(goal, sight));
    const texts = await this.texts.read(this.pool, tenantId, personId, ids);
    return { ...page, items: page.items.map(({ goal, sight }) => viewed(goal, sight, texts)) };
  }

  @Versioned()
  @Get('goals/:goalId')
  @Roles('coachee', 'coach', 'hr', 'manager')
  @ApiOperation({ summary: 'Read a goal, as far as the reader may see it' })
  async read(@CurrentSubject() subject: Subject, @Id('goalId') goalId: string) {
    const { goal, version } = await this.handler.read(subject.tenantId, goalId);
    const { personId } = goal.refs;
    const standing = await standingOf(this.pool, subject, personId);
    const sight = sightOf(subject, goal, standing);
    if (sight === 'none') throw new RefusedError(noSuchGoal());
    await this.record(subject, goal.refs, standing);
    const ids = textIdsOf(goal, sight);
    const texts = await this.texts.read(this.pool, subject.tenantId, personId, ids);
    const seen = viewed(goal, sight, texts);
    // To others than the two the version would tell of what they do not see: a score, a practice.
    return versioned(seen, sight === 'all' ? version : digestOf(seen));
  }
}
