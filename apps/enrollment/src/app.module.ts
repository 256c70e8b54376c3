import { migrate as migrateDeadlines } from '@cairn/deadlines';
import type { ServiceDefinition, ServiceParts } from '@cairn/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Answering } from './assessment/answering.js';
import { AssessmentHandler } from './assessment/assessment.handler.js';
import { AnswersController } from './assessment/http/answers.controller.js';
import { AssessmentsController } from './assessment/http/assessments.controller.js';
import { CoachHandler } from './coaches/coach.handler.js';
import { CoachImport } from './coaches/coach.import.js';
import { CoachesController } from './coaches/http/coaches.controller.js';
import { dataSourceOptions, migrateTables } from './database.js';
import { EnrollmentDeadlines } from './deadlines/enrollment-deadlines.js';
import { EnrollmentHandler } from './enrollment/enrollment.handler.js';
import { EnrollmentCommandsController } from './enrollment/http/enrollment-commands.controller.js';
import { PUBLIC_URL } from './enrollment/http/enrollment.shown.js';
import { EnrollmentsController } from './enrollment/http/enrollments.controller.js';
import { BulkRun } from './matching/bulk-run.js';
import { MatchesController } from './matching/http/matches.controller.js';
import { RematchController } from './matching/http/rematch.controller.js';
import { MatchHandler } from './matching/match.handler.js';
import { RematchHandler } from './matching/rematch.handler.js';
import { peopleControllers, peopleProviders } from './people/people.parts.js';
import { SCIM_ERRORS } from './people/scim/http/scim.answers.js';
import { EligibilityHandler } from './programs/eligibility.handler.js';
import { EligibilityController } from './programs/http/eligibility.controller.js';
import { ProposalsController } from './programs/http/proposals.controller.js';
import { ProgramsController } from './programs/http/programs.controller.js';
import { ProgramHandler } from './programs/program.handler.js';
import { publish } from './publishing/publish.js';
import { INBOX, InboxController } from './reactions/inbox.controller.js';
import { Transactions } from './transact.js';

@Module({})
export class AppModule {
  static register(parts: ServiceParts): DynamicModule {
    return {
      module: AppModule,
      imports: [TypeOrmModule.forRoot(dataSourceOptions(parts.config.databaseUrl))],
      controllers: [
        ProgramsController,
        EligibilityController,
        ProposalsController,
        EnrollmentsController,
        EnrollmentCommandsController,
        CoachesController,
        MatchesController,
        AssessmentsController,
        AnswersController,
        RematchController,
        InboxController,
        ...peopleControllers,
      ],
      providers: [
        {
          provide: Transactions,
          useFactory: (dataSource: DataSource) => new Transactions(dataSource, parts.log),
          inject: [DataSource],
        },
        { provide: PUBLIC_URL, useValue: parts.config.publicUrl ?? null },
        ProgramHandler,
        EligibilityHandler,
        EnrollmentHandler,
        CoachHandler,
        CoachImport,
        MatchHandler,
        RematchHandler,
        BulkRun,
        AssessmentHandler,
        Answering,
        ...peopleProviders,
        {
          provide: EnrollmentDeadlines,
          useFactory: (
            enrollments: EnrollmentHandler,
            coaches: CoachHandler,
            rematches: RematchHandler,
            assessments: AssessmentHandler,
          ) => new EnrollmentDeadlines(parts, enrollments, coaches, rematches, assessments),
          inject: [EnrollmentHandler, CoachHandler, RematchHandler, AssessmentHandler],
        },
      ],
    };
  }
}

export const definition: ServiceDefinition = {
  name: 'enrollment',
  title: 'Cairn enrolment',
  answers: new URL('../answers.json', import.meta.url),
  description:
    'People, programmes and cohorts, coaches, enrolments, the matching of coachees with coaches, and assessments.',
  holdsText: false,
  streams: [
    'text/csv',
    'multipart/form-data',
    // So browsers call what Excel would open: CSV is taken, and a workbook told how to become one.
    'application/vnd.ms-excel',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ],
  jsonTypes: [SCIM_ERRORS.mediaType],
  errorForms: [SCIM_ERRORS],
  inbox: INBOX,
  publish,
  showing: 'PeopleShown',
  async migrate({ pool, config }) {
    await migrateDeadlines(pool);
    await migrateTables(config.databaseUrl);
  },
  module: (parts) => AppModule.register(parts),
};
