import { IsCalendarDate, Versioned } from '@cairn/http';
import { CurrentSubject, hasRole, Roles, type Subject } from '@cairn/identity';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { Temporal } from 'temporal-polyfill';
import { factsOfDirectory } from '../reading/facts.js';
import { lineUpwards } from '../reading/line-upwards.js';
import { Snapshots } from '../reading/snapshots.js';
import { baselineFor, daysTold } from '../reports/manager-baseline.js';
import { VisibilityLog } from '../visibility/visibility-log.js';
import { refused } from './asked.js';
import { BASELINE_COLUMNS, MANAGER_COLUMNS } from './columns.js';
import { datedListing, PagedQuery } from './queries.js';
import { told, type Note } from './told.js';

export class BaselineQuery extends PagedQuery {
  /** Both days belong to the period; the 12 months to asOf without them. */
  @IsOptional()
  @IsCalendarDate()
  from?: string;

  @IsOptional()
  @IsCalendarDate()
  to?: string;

  /** By memberships in time, or by the manager whom the HR file names. */
  @IsOptional()
  @IsIn(['membership', 'managerNamed'])
  countedBy: 'membership' | 'managerNamed' = 'membership';
}

const list = datedListing('manager-baseline');

@ApiTags('manager baseline')
@Versioned()
@Controller('v1/manager-baseline')
export class ManagerBaselineController {
  constructor(
    private readonly snapshots: Snapshots,
    private readonly reads: VisibilityLog,
  ) {}

  @Get()
  @Roles('hr', 'program-admin')
  @ApiOperation({
    summary: 'Each people manager’s team before any coaching, from the HR file alone',
    description:
      'Team size on the first day, how many of those left, mean engagement (in lots of five people’s answers or more), reports rated below standard. `data` says which days the facts speak of, and `note` where these miss the period. Your own team and those of your reporting line upwards are left out.',
  })
  async baseline(@CurrentSubject() subject: Subject, @Query() query: BaselineQuery) {
    const seen: { personId: string }[] = [];
    const answer = await this.snapshots.read(subject.tenantId, list.asOf(query), async (snapshot) => {
      const { moment, client, heading, now } = snapshot;
      const today = heading.asOf.slice(0, 10);
      const to = query.to ?? today;
      const from =
        query.from ?? Temporal.PlainDate.from(to).subtract({ months: 12 }).add({ days: 1 }).toString();
      if (from > to) throw endsBeforeItBegins(from, to);
      const facts = await factsOfDirectory(client, subject.tenantId);
      const byPerson = Map.groupBy(facts, (fact) => fact.personId);
      const self = hasRole(subject, 'hr') ? subject.personId : undefined;
      const line =
        self === undefined
          ? []
          : [self, ...(await lineUpwards(self, async (ids) => ids.flatMap((id) => byPerson.get(id) ?? [])))];
      const { managers, totals, countedBy, unknownTeamByMembership } = baselineFor(
        facts,
        moment,
        { from, to },
        query.countedBy,
        {
          people: new Set(line),
          today: new Date(now.at).toISOString().slice(0, 10),
          ...(hasRole(subject, 'hr') && subject.orgUnits ? { orgUnits: subject.orgUnits } : {}),
        },
      );
      const data = daysTold(facts, moment, today);
      const answer = {
        id: 'manager-baseline',
        source: 'system',
        from,
        to,
        countedBy,
        data: data ?? null,
        ...(data && data.from <= to && data.to >= from ? {} : { note: outside(from, to, data) }),
        totals: { ...totals, unknownTeamByMembership },
        ...list.page(snapshot, query, managers, ({ managerId }) => managerId),
      };
      seen.push(...answer.items.map(({ managerId }) => ({ personId: managerId })));
      return told(snapshot, 'manager-baseline', MANAGER_COLUMNS, BASELINE_COLUMNS, answer);
    });
    const role = hasRole(subject, 'hr') ? 'hr' : 'program-admin';
    await this.reads.record(subject, role, 'team-baseline', seen);
    return answer;
  }
}

/** The end may be asOf's own day, so it is judged when that is known. */
const endsBeforeItBegins = (from: string, to: string) =>
  refused('/to', 'bad-query', `to must not be before from, and ${to} is before ${from}.`);

const outside = (from: string, to: string, data: { from: string; to: string } | undefined): Note => ({
  code: 'no-data-in-period',
  text: data
    ? `No fact of the HR data falls in ${from} to ${to}: it speaks of ${data.from} to ${data.to}. That nobody left or answered means nothing here; ask with from and to for a period within these days.`
    : 'No HR data was known at asOf. Import people, or ask for a later asOf.',
});
