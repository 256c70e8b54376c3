import { RefusedError } from '@cairn/decider';
import { Id } from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { factsOfCoaches } from '../reading/facts.js';
import { reportFor } from '../reading/program-reader.js';
import { Snapshots } from '../reading/snapshots.js';
import { coachesShown } from '../reports/coaches-page.js';
import { stageDefinition, STAGES, standings } from '../reports/funnel.js';
import { METRICS, metricOf } from '../reports/metrics/index.js';
import type { ProgramReport } from '../reports/report.js';
import { COACH_COLUMNS, METRIC_COLUMNS } from './columns.js';
import { asked, periodAsked } from './asked.js';
import { AsOfQuery, MetricsQuery, PeriodQuery } from './queries.js';
import { told } from './told.js';

/** What a programme comes to: measures of many people, none of single ones. */
@ApiTags('programmes')
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
    return this.snapshots.read(query, async (snapshot) => {
      const report = asked(await reportFor(snapshot, subject, programId), query);
      const period = periodAsked(report, query.period);
      return told(snapshot, `overview-${programId}`, METRIC_COLUMNS, {
        program: headOf(report),
        items: METRICS.flatMap((definition) => report.metric(definition, period)),
      });
    });
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
    return this.snapshots.read(query, async (snapshot) => {
      const report = asked(await reportFor(snapshot, subject, programId), query);
      const period = periodAsked(report, query.period);
      const { metric, dimension } = query;
      const definitions = metric === undefined ? METRICS : [metricOf(metric)!];
      const open = definitions.filter(
        (definition) => dimension === undefined || report.dimensionsOf(definition).includes(dimension),
      );
      if (open.length === 0) throw notByThat(dimension!, report.dimensionsOf(definitions[0]!));
      return told(snapshot, `metrics-${programId}`, METRIC_COLUMNS, {
        programId,
        dimension: dimension ?? null,
        items: open.flatMap((definition) => report.metric(definition, period, dimension)),
      });
    });
  }

  @Get('funnel')
  @Roles('hr', 'program-admin', 'manager', 'sponsor')
  @ApiOperation({
    summary: 'From nomination to completion: how many came how far',
    description: 'In full also where everybody stands now, and the reasons of those who left.',
  })
  funnel(@CurrentSubject() subject: Subject, @Id('programId') programId: string, @Query() query: AsOfQuery) {
    return this.snapshots.read(query, async (snapshot) => {
      const report = asked(await reportFor(snapshot, subject, programId), query);
      const period = periodAsked(report, 'programme');
      const items = STAGES.map((stage) => ({
        ...report.metric(stageDefinition(stage), period)[0]!,
        group: stage,
      }));
      const { program } = report.view;
      return told(snapshot, `funnel-${programId}`, METRIC_COLUMNS, {
        programId,
        items,
        ...(report.reader.inFull
          ? {
              standings: standings(report.view),
              eligible: [...program.eligible.values()].filter(Boolean).length,
            }
          : {}),
      });
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
    return this.snapshots.read(query, async (snapshot) => {
      const report = asked(await reportFor(snapshot, subject, programId), query);
      const period = periodAsked(report, query.period);
      return told(snapshot, `themes-${programId}`, METRIC_COLUMNS, {
        programId,
        items: report.metric(metricOf('theme-share')!, period, 'theme'),
      });
    });
  }

  @Get('coaches')
  @Roles('hr', 'program-admin')
  @ApiOperation({ summary: 'The coaches: capacity, coachees, sessions held, missed and moved' })
  coaches(@CurrentSubject() subject: Subject, @Id('programId') programId: string, @Query() query: AsOfQuery) {
    return this.snapshots.read(query, async (snapshot) => {
      const report = await reportFor(snapshot, subject, programId);
      const facts = await factsOfCoaches(snapshot.client, subject.tenantId);
      const items = coachesShown(report.view, facts);
      return told(snapshot, `coaches-${programId}`, COACH_COLUMNS, { programId, items });
    });
  }
}

function headOf({ view: { program }, reader }: ProgramReport) {
  const {
    name,
    track,
    startsOn,
    endsOn,
    zone,
    cadence,
    allotment,
    capacity,
    minimumGroup,
    pricingModel,
    costPerSession,
  } = program.values;
  return {
    programId: program.programId,
    name,
    track,
    startsOn,
    endsOn,
    zone,
    cadence,
    allotment,
    capacity,
    minimumGroup,
    pricingModel,
    costPerSession,
    cohorts: program.cohorts,
    shownTo: reader.inFull ? 'in full' : 'closed months',
  };
}

const notByThat = (dimension: string, allowed: readonly string[]) =>
  new RefusedError({
    kind: 'malformed',
    slug: 'dimension-not-open',
    detail: `This cannot be broken down by ${dimension} here. One at a time of: ${allowed.join(', ')}.`,
    errors: [{ pointer: '/dimension', detail: `must be one of ${allowed.join(', ')}` }],
  });
