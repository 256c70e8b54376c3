import type { PostgresEventStore } from '@cairn/event-store/postgres';
import type { Clock } from '@cairn/http';
import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { CoachHandler } from './coaches/coach.handler.js';
import { CoachImport } from './coaches/coach.import.js';
import { CoachesController } from './coaches/http/coaches.controller.js';
import { dataSourceOptions } from './database.js';
import { EnrollmentHandler } from './enrollment/enrollment.handler.js';
import { EnrollmentsController } from './enrollment/http/enrollments.controller.js';
import { BulkRun } from './matching/bulk-run.js';
import { MatchesController } from './matching/http/matches.controller.js';
import { MatchHandler } from './matching/match.handler.js';
import { ProgramsController } from './programs/http/programs.controller.js';
import { ProgramHandler } from './programs/program.handler.js';
import { Transactions } from './transact.js';

export interface EnrollmentParts {
  readonly databaseUrl: string;
  readonly log: PostgresEventStore;
  readonly clock: Clock;
}

@Module({})
export class EnrollmentModule {
  static register({ databaseUrl, log }: EnrollmentParts): DynamicModule {
    return {
      module: EnrollmentModule,
      imports: [TypeOrmModule.forRoot({ ...dataSourceOptions(databaseUrl), retryAttempts: 1 })],
      controllers: [ProgramsController, EnrollmentsController, CoachesController, MatchesController],
      providers: [
        {
          provide: Transactions,
          useFactory: (dataSource: DataSource) => new Transactions(dataSource, log),
          inject: [DataSource],
        },
        ProgramHandler,
        EnrollmentHandler,
        CoachHandler,
        CoachImport,
        MatchHandler,
        BulkRun,
      ],
    };
  }
}
