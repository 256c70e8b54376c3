import { Id, Versioned } from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { coachesKnown, placesOf } from '../reading/facts.js';
import { coachesHidden } from '../reading/program-reader.js';
import type { Snapshot } from '../reading/snapshot.js';
import { Snapshots } from '../reading/snapshots.js';
import { coachesShown } from '../reports/coaches-page.js';
import { eligible, FUNNEL, letIn, STAGES, standings } from '../reports/funnel.js';
import { METRICS, metricOf } from '../reports/metrics/index.js';
import type { Definition } from '../reports/metrics/measure.js';
import type { Period } from '../reports/periods.js';
import type { MetricShown, ProgramReport } from '../reports/report.js';
import { COACH_COLUMNS, METRIC_COLUMNS } from './columns.js';
import { basisAsked, byDimension, periodAsked } from './asked.js';
import { programAnswer, type Said } from './program-answer.js';
import { headOf } from './program-head.js';
import { AsOfQuery, datedListing, MetricsQuery, PagedQuery, PeriodQuery } from './queries.js';
import type { Body } from './told.js';

const coachList = datedListing('coaches');

/** What a programme costs is not for its managers, and the metric would tell the price of a session. */
const toldTo = ({ reader }: ProgramReport, asked: readonly Definition[]) =>
  asked.filter(({ id }) => reader.terms || id !== 'cost-to-date');

/** What a programme comes to: measures of many people, none of single ones. */
@ApiTags('programmes')
@Versioned()
@Controller('v1/programs/:programId')
export class ProgramsController {
  constructor(private readonly snapshots: Snapshots) {}

  @Get('overview')
  @Roles('hr', 'program-admin', 'manager', 'sponsor')
  @ApiOperation({
    summary: 'A programme at a glance: every metric with numerator and denominator',
    description: 'In full for hr and program-admin; manager and sponsor get aggregates of closed months.',
  })
  overview(
    @CurrentSubject() subject: Subject,
    @Id('programId') programId: string,
    @Query() query: PeriodQuery,
  ) {
    return this.measures('overview', subject, programId, query, (report, period) => ({
      program: headOf(report),
      items: toldTo(report, METRICS).flatMap((definition) => report.metric(definition, period)),
    }));
  }

  @Get('metrics')
  @Roles('hr', 'program-admin', 'manager', 'sponsor')
  @ApiOperation({
    summary: 'One metric or all, over a period, by one dimension at a time',
    description: 'The total comes first, its groups after it. What is withheld says so, and why.',
  })
  metrics(
    @CurrentSubject() subject: Subject,
    @Id('programId') programId: string,
    @Query() query: MetricsQuery,
  ) {
    const { metric, dimension } = query;
    const asked = metric === undefined ? METRICS : [metricOf(metric)!];
    return this.measures('metrics', subject, programId, query, (report, period) => ({
      dimension: dimension ?? null,
      items: byDimension(report, toldTo(report, asked), dimension).flatMap((definition) =>
        report.metric(definition, period, dimension),
      ),
    }));
  }

  @Get('funnel')
  @Roles('hr', 'program-admin', 'manager', 'sponsor')
  @ApiOperation({
    summary: 'From nomination to completion: how many came how far',
    description: 'In full also where everybody stands now, and the reasons of those who left.',
  })
  funnel(@CurrentSubject() subject: Subject, @Id('programId') programId: string, @Query() query: AsOfQuery) {
    return this.measures('funnel', subject, programId, query, async (report, period, { client, now }) => {
      const { view, reader } = report;
      const items = STAGES.map((stage) => ({ ...report.metric(FUNNEL[stage], period)[0]!, group: stage }));
      if (!reader.inFull) return { items };
      const places = await placesOf(client, subject.tenantId, letIn(view));
      return { items, standings: standings(view), eligible: eligible(view, reader, places, now) };
    });
  }

  @Get('themes')
  @Roles('hr', 'program-admin', 'manager', 'sponsor')
  @ApiOperation({ summary: 'What people work on: the themes of their goals' })
  themes(
    @CurrentSubject() subject: Subject,
    @Id('programId') programId: string,
    @Query() query: PeriodQuery,
  ) {
    return this.measures('themes', subject, programId, query, (report, period) => ({
      items: report.metric(metricOf('theme-share')!, period, 'theme'),
    }));
  }

  @Get('coaches')
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary:
      'The coaches: capacity, coachees, rates of sessions by party, rematches, reassessment, credentials',
    description:
      'What happened, of coachees whom the reader sees; what people think of their coaches is in `…/opinions?dimension=coach`. HR sees neither themselves nor a coach of their own reporting line upwards.',
  })
  coaches(
    @CurrentSubject() subject: Subject,
    @Id('programId') programId: string,
    @Query() query: PagedQuery,
  ) {
    const asked = { ...query, programId };
    return this.snapshots.read(subject.tenantId, coachList.asOf(asked), (snapshot) =>
      programAnswer(snapshot, subject, programId, 'coaches', COACH_COLUMNS, async ({ view }) => {
        const { client, moment } = snapshot;
        const known = await coachesKnown(client, subject.tenantId, moment);
        const hidden = await coachesHidden(snapshot, subject);
        const shown = coachesShown(view, known, (coachId) => !hidden.has(coachId));
        return coachList.page(snapshot, asked, shown, ({ coachId }) => coachId);
      }),
    );
  }

  /** Every report of measures: its basis and period are open to the reader, and its figures follow from these. */
  private measures(
    name: string,
    subject: Subject,
    programId: string,
    query: AsOfQuery & { period?: string },
    body: (
      report: ProgramReport,
      period: Period,
      snapshot: Snapshot,
    ) => (Body<MetricShown> & Said) | Promise<Body<MetricShown> & Said>,
  ) {
    basisAsked(subject, query);
    return this.snapshots.read(subject.tenantId, query, (snapshot) =>
      programAnswer(snapshot, subject, programId, name, METRIC_COLUMNS, (report) =>
        body(report, periodAsked(report, query.period), snapshot),
      ),
    );
  }
}
