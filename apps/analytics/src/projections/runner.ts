import { isTransient } from '@cairn/event-store/postgres';
import {
  listProjections,
  runProjections,
  type ProjectionStatus,
  type RunningProjections,
} from '@cairn/projections';
import { inSpan, loggerOf, type FlowStatus } from '@cairn/telemetry';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PARTS, type ServiceParts } from '@cairn/service';
import { IntakeLog } from '../intake/log.js';
import { PROJECTIONS } from './index.js';

/** No progress for so long while work waits: stuck (architecture, Health). */
const STUCK_SECONDS = 30;

/** Each batch is a span of its own. */
const traced = (projection: (typeof PROJECTIONS)[number]): (typeof PROJECTIONS)[number] => ({
  ...projection,
  apply: (client, batch) =>
    inSpan(
      `project ${projection.name}`,
      undefined,
      { events: batch.length },
      () => projection.apply(client, batch),
      () => batch.map(({ envelope }) => envelope.traceparent),
    ),
});

/** Keeps the projections up to date for as long as the service runs. */
@Injectable()
export class ProjectionRuns implements OnApplicationBootstrap, OnModuleDestroy {
  private running: RunningProjections | undefined;

  constructor(
    @Inject(PARTS) private readonly parts: ServiceParts,
    @Inject(IntakeLog) private readonly log: IntakeLog,
  ) {}

  onApplicationBootstrap(): void {
    const { pool, flow } = this.parts;
    const logger = loggerOf('analytics', 'projections');
    this.running = runProjections({
      pool,
      log: this.log,
      projections: PROJECTIONS.map(traced),
      // What passes by itself is no defect.
      onFault: (err, build) =>
        logger[isTransient(err) ? 'warn' : 'error']({ err, ...build }, 'a batch could not be projected'),
    });
    flow.push(() => this.flow());
  }

  async onModuleDestroy(): Promise<void> {
    await this.running?.stop();
    await this.log.close();
  }

  statuses(): Promise<ProjectionStatus[]> {
    const { pool, clock } = this.parts;
    return listProjections(pool, this.log, clock.now());
  }

  private async flow(): Promise<FlowStatus> {
    const statuses = await this.statuses();
    const now = this.parts.clock.now();
    return { name: 'projections', healthy: !statuses.some((each) => isStuck(each, now)), detail: statuses };
  }
}

/**
 * No progress for 30 s while work waits. One event after a quiet hour is no sign of being stuck, nor is a long way to go
 * that is being gone, nor are indexes of a large table. A version that this release does not have stands until it is
 * dropped.
 */
export const isStuck = (
  { name, version, state, lagSeconds, progressedAt }: ProjectionStatus,
  now: Date,
): boolean =>
  PROJECTIONS.some((each) => each.name === name && each.version === version) &&
  state !== 'indexing' &&
  lagSeconds > STUCK_SECONDS &&
  now.getTime() - Date.parse(progressedAt) > STUCK_SECONDS * 1000;
