import { CLOCK, type Clock } from '@cairn/http';
import { Roles } from '@cairn/identity';
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { isStuck, ProjectionRuns } from '../projections/runner.js';
import { STALE_MS } from '../reading/snapshot.js';
import { Snapshots } from '../reading/snapshots.js';

@ApiTags('freshness')
@Controller('v1/freshness')
export class FreshnessController {
  constructor(
    private readonly snapshots: Snapshots,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly projections: ProjectionRuns,
  ) {}

  @Get()
  @Roles('hr', 'program-admin', 'manager', 'sponsor', 'coach', 'coachee', 'integration')
  @ApiOperation({
    summary: 'How fresh reports are: per source, up to when everything is in, and how old that is',
    description:
      'A report without asOf looks from the oldest of these. Unhealthy means older than 30 s, or a projection that makes no progress for 30 s while work waits.',
  })
  async freshness() {
    const { covered } = await this.snapshots.kept();
    const now = this.clock.now();
    const projections = await this.projections.statuses();
    const sources = [...covered].map(([source, until]) => ({
      source,
      covered: until?.toISOString() ?? null,
      ageSeconds: until ? Math.max(0, (now.getTime() - until.getTime()) / 1000) : null,
    }));
    const oldest = sources.every((each) => each.covered !== null)
      ? sources.map((each) => each.covered!).sort()[0]!
      : null;
    return {
      healthy:
        oldest !== null &&
        now.getTime() - Date.parse(oldest) <= STALE_MS &&
        !projections.some((each) => each.isRead && isStuck(each, now)),
      asOf: oldest,
      sources,
      // Not their positions: the log is all tenants'.
      projections: projections.map((each) => ({ ...each, position: undefined })),
    };
  }
}
