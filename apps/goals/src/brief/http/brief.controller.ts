import { fold, RefusedError } from '@cairn/decider';
import type { TransactionalLog } from '@cairn/event-store/postgres';
import { CLOCK, Id, type Clock } from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { PrivateText } from '@cairn/private-text';
import { LOG, POOL } from '@cairn/service';
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Pool } from 'pg';
import { dayOf } from '../../day.js';
import { partyOf } from '../../goal/goal.access.js';
import { goalDecider, type KnownGoal } from '../../goal/goal.decider.js';
import { noSuchEngagement } from '../../goal/goal.errors.js';
import { goalStream } from '../../goal/goal.handler.js';
import { goalEventOf } from '../../goal/goal.upcasters.js';
import { engagementOf, sessionDatesOf } from '../../knowledge/known.js';
import { Answering } from '../../pulse/answering.js';
import { resultsOf } from '../../pulse/pulse.rows.js';
import { happenedSince, openPractices, type GoalWithEvents } from '../brief.js';

@ApiTags('brief')
@Controller('v1/engagements/:engagementId/brief')
export class BriefController {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(LOG) private readonly log: TransactionalLog,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly texts: PrivateText,
    private readonly answering: Answering,
  ) {}

  @Get()
  @Roles('coachee', 'coach')
  @ApiOperation({
    summary: 'What happened since the last session: for the two of an engagement, before they meet',
  })
  async read(@CurrentSubject() subject: Subject, @Id('engagementId') engagementId: string) {
    const { refs, zone } = await engagementOf(this.pool, subject.tenantId, engagementId);
    if (partyOf(subject, refs) === null) throw new RefusedError(noSuchEngagement());
    const now = this.clock.now().toISOString();
    const dates = await sessionDatesOf(this.pool, subject.tenantId, engagementId, now);
    const goals = await this.goalsOf(subject.tenantId, engagementId);
    const since = happenedSince(goals, dates.lastHeldAt);
    const open = openPractices(goals, dayOf(now, zone));
    const ids = [...since, ...open].flatMap(({ textId }) => (textId === null ? [] : [textId]));
    const texts = await this.texts.read(this.pool, subject.tenantId, refs.personId, ids);
    const withText = <Item extends { textId: string | null }>({ textId, ...item }: Item) => ({
      ...item,
      text: textId === null ? null : (texts.get(textId) ?? null),
    });
    return {
      engagementId,
      lastSessionEndedAt: dates.lastHeldAt,
      nextSessionStartsAt: dates.nextStartsAt,
      sinceLastSession: since.map(withText),
      openPractices: open.map(withText),
      pulses: await this.pulsesOf(subject.tenantId, engagementId, zone),
      goals: goals.map(({ goal }) => ({
        goalId: goal.refs.goalId,
        theme: goal.terms.theme,
        status: goal.status,
      })),
    };
  }

  /** What was released last, how many are asked now, and by when. */
  private async pulsesOf(tenantId: string, engagementId: string, zone: string) {
    const asked = await this.answering.asked(this.pool, tenantId, engagementId);
    const results = await resultsOf(this.pool, tenantId, engagementId);
    return {
      asked: asked.map(({ goalId, theme, dueOn, raters }) => ({
        goalId,
        theme,
        dueOn,
        raters,
        /** Until three have answered there is nothing to show of a theme. */
        enoughAnswers: results.some((result) => result.theme === theme),
      })),
      released: results.map(({ theme, releasedAt, ...result }) => ({
        ...result,
        /** Null for what those answered who report to the coachee. */
        theme: theme === '' ? null : theme,
        releasedOn: dayOf(releasedAt, zone),
      })),
    };
  }

  private async goalsOf(tenantId: string, engagementId: string): Promise<GoalWithEvents[]> {
    const { rows } = await this.pool.query<{ id: string }>(
      'SELECT goal_id AS id FROM goals WHERE tenant_id = $1 AND engagement_id = $2 ORDER BY created_at, goal_id',
      [tenantId, engagementId],
    );
    const goals: GoalWithEvents[] = [];
    for (const { id } of rows) {
      const events = [];
      for await (const stored of this.log.readStream(goalStream(id))) events.push(goalEventOf(stored));
      goals.push({ goal: fold(goalDecider, events) as KnownGoal, events });
    }
    return goals;
  }
}
