import { installProjections } from '@cairn/projections';
import type { ServiceDefinition, ServiceParts } from '@cairn/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { EventsController } from './http/events.controller.js';
import { FreshnessController } from './http/freshness.controller.js';
import { ManagerBaselineController } from './http/manager-baseline.controller.js';
import { MeController } from './http/me.controller.js';
import { OpinionsController } from './http/opinions.controller.js';
import { PeopleController } from './http/people.controller.js';
import { ProgramsController } from './http/programs.controller.js';
import { IntakeController } from './intake/intake.controller.js';
import { INTAKE, IntakeLog, migrateLog, openLog, TOPICS } from './intake/log.js';
import { PROJECTIONS } from './projections/index.js';
import { ProjectionRuns } from './projections/runner.js';
import { migrateReads, VisibilityLog } from './visibility/visibility-log.js';
import { VisibilityController } from './http/visibility.controller.js';
import { isAside, keptIn } from './reading/kept.js';
import { Snapshots } from './reading/snapshots.js';

export { openLog, PROJECTIONS };

@Module({})
export class AppModule {
  static register({ pool, clock }: ServiceParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [
        IntakeController,
        ManagerBaselineController,
        ProgramsController,
        OpinionsController,
        PeopleController,
        MeController,
        VisibilityController,
        FreshnessController,
        EventsController,
      ],
      providers: [
        { provide: IntakeLog, useValue: openLog(pool) },
        { provide: Snapshots, useValue: new Snapshots(pool, clock, keptIn, isAside) },
        VisibilityLog,
        ProjectionRuns,
      ],
    };
  }
}

export const definition: ServiceDefinition = {
  name: 'analytics',
  title: 'Cairn analytics',
  answers: new URL('../answers.json', import.meta.url),
  description: 'Reports on programmes and on managers’ teams, as of any date, computed from events alone.',
  holdsText: false,
  inbox: { group: INTAKE, topics: TOPICS },
  async migrate({ pool }) {
    await migrateLog(pool);
    await installProjections(pool, PROJECTIONS);
    await migrateReads(pool);
  },
  module: (parts) => AppModule.register(parts),
};
