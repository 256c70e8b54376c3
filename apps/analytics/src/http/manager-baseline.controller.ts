import { IsCalendarDate, NotBefore, type Columns } from '@cairn/http';
import { CurrentSubject, hasRole, Roles, type Subject } from '@cairn/identity';
import type { ManagerFigures } from '@cairn/manager-baseline';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { Temporal } from 'temporal-polyfill';
import { factsOfDirectory } from '../reading/facts.js';
import { lineUpwards } from '../reading/line-upwards.js';
import { Snapshots } from '../reading/snapshots.js';
import { baselineFor } from '../reports/manager-baseline.js';
import { AsOfQuery } from './queries.js';
import { told } from './told.js';

export class BaselineQuery extends AsOfQuery {
  /** Both days belong to the period; the 12 months to asOf without them. */
  @IsOptional()
  @IsCalendarDate()
  from?: string;

  @IsOptional()
  @IsCalendarDate()
  @NotBefore('from')
  to?: string;

  /** By memberships in time, or by the manager whom the HR file names. */
  @IsOptional()
  @IsIn(['membership', 'managerNamed'])
  countedBy: 'membership' | 'managerNamed' = 'membership';
}

const COLUMNS: Columns<ManagerFigures> = {
  managerId: ({ managerId }) => managerId,
  teamSizeOnFirstDay: ({ teamSizeOnFirstDay }) => teamSizeOnFirstDay,
  left: ({ left }) => left,
  leftVoluntarily: ({ leftVoluntarily }) => leftVoluntarily,
  engagementMean: ({ engagementMean }) => engagementMean,
  engagementAnswers: ({ engagementAnswers }) => engagementAnswers,
  belowStandard: ({ belowStandard }) => belowStandard,
};

@ApiTags('manager baseline')
@Controller('v1/manager-baseline')
export class ManagerBaselineController {
  constructor(private readonly snapshots: Snapshots) {}

  @Get()
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Each people manager’s team before any coaching, from the HR file alone',
    description:
      'Team size on the first day, how many of those left, mean engagement (from 5 answers), reports rated below standard. Your own team and those of your reporting line upwards are left out.',
  })
  baseline(@CurrentSubject() subject: Subject, @Query() query: BaselineQuery) {
    return this.snapshots.read(query, async (snapshot) => {
      const { moment, client, heading } = snapshot;
      const facts = await factsOfDirectory(client, subject.tenantId);
      const to = query.to ?? heading.asOf.slice(0, 10);
      const from =
        query.from ?? Temporal.PlainDate.from(to).subtract({ months: 12 }).add({ days: 1 }).toString();
      const byPerson = Map.groupBy(facts, (fact) => fact.personId);
      const self = hasRole(subject, 'hr') ? subject.personId : undefined;
      const line =
        self === undefined
          ? []
          : [self, ...(await lineUpwards(self, to, moment, async (id) => byPerson.get(id) ?? []))];
      const { managers, totals, countedBy, unknownTeamByMembership } = baselineFor(
        facts,
        moment,
        { from, to },
        query.countedBy,
        {
          people: new Set(line),
          ...(hasRole(subject, 'hr') && subject.orgUnits ? { orgUnits: subject.orgUnits } : {}),
        },
      );
      return told(snapshot, 'manager-baseline', COLUMNS, {
        id: 'manager-baseline',
        source: 'system',
        from,
        to,
        countedBy,
        totals: { ...totals, unknownTeamByMembership },
        items: managers,
      });
    });
  }
}
