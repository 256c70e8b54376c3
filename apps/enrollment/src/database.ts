import { HANGS } from '@cairn/event-store/postgres';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { AssessmentEntity, RaterEntity } from './assessment/assessment.entity.js';
import { CoachEntity } from './coaches/coach.entity.js';
import { EnrollmentEntity } from './enrollment/enrollment.entity.js';
import { MatchEntity } from './matching/match.entity.js';
import { People1764000000000 } from './migrations/1764000000000-people.js';
import { Programs1764000000010 } from './migrations/1764000000010-programs.js';
import { Coaches1764000000020 } from './migrations/1764000000020-coaches.js';
import { Matches1764000000030 } from './migrations/1764000000030-matches.js';
import { PeopleImports1764000000045 } from './migrations/1764000000045-people-imports.js';
import { Eligibility1764000000050 } from './migrations/1764000000050-eligibility.js';
import { ProgramChanges1764000000060 } from './migrations/1764000000060-program-changes.js';
import { SessionsUsed1764000000070 } from './migrations/1764000000070-sessions-used.js';
import { ImportProgress1764000000080 } from './migrations/1764000000080-import-progress.js';
import { EvaluatedAsOf1764000000090 } from './migrations/1764000000090-evaluated-as-of.js';
import { SessionsHeld1764000000100 } from './migrations/1764000000100-sessions-held.js';
import { Assessments1764000000101 } from './migrations/1764000000101-assessments.js';
import { CoachesOverTime1764000000130 } from './migrations/1764000000130-coaches-over-time.js';
import { Scim1764000000140 } from './migrations/1764000000140-scim.js';
import { Triggers1764000000150 } from './migrations/1764000000150-triggers.js';
import { Rematches1764000000160 } from './migrations/1764000000160-rematches.js';
import { CompletionsBefore1764000000200 } from './migrations/1764000000200-completions-before.js';
import { VersionsSeen1764000000220 } from './migrations/1764000000220-versions-seen.js';
import { PeopleManagers1764000000230 } from './migrations/1764000000230-people-managers.js';
import { DisplayNames1764000000240 } from './migrations/1764000000240-display-names.js';
import { MembersDeleted1764000000250 } from './migrations/1764000000250-members-deleted.js';
import { SignalsByParty1764000000260 } from './migrations/1764000000260-signals-by-party.js';
import { PersonEntity } from './people/person.entity.js';
import { ProgramEntity } from './programs/program.entity.js';

/**
 * How this service's tables are reached: a pool of its own beside the log's, since a command needs both at once.
 * @param limits of connections that hang; none while tables are brought up to date
 */
export const dataSourceOptions = (url: string, limits: Partial<typeof HANGS> = HANGS): DataSourceOptions => ({
  type: 'postgres',
  url,
  poolSize: 16,
  applicationName: 'cairn-enrollment',
  extra: { keepAlive: true, ...limits },
  entities: [
    PersonEntity,
    ProgramEntity,
    EnrollmentEntity,
    CoachEntity,
    MatchEntity,
    AssessmentEntity,
    RaterEntity,
  ],
  migrations: [
    People1764000000000,
    Programs1764000000010,
    Coaches1764000000020,
    Matches1764000000030,
    PeopleImports1764000000045,
    Eligibility1764000000050,
    ProgramChanges1764000000060,
    SessionsUsed1764000000070,
    ImportProgress1764000000080,
    EvaluatedAsOf1764000000090,
    SessionsHeld1764000000100,
    Assessments1764000000101,
    CoachesOverTime1764000000130,
    Scim1764000000140,
    Triggers1764000000150,
    Rematches1764000000160,
    CompletionsBefore1764000000200,
    VersionsSeen1764000000220,
    PeopleManagers1764000000230,
    DisplayNames1764000000240,
    MembersDeleted1764000000250,
    SignalsByParty1764000000260,
  ],
  migrationsTableName: 'migrations',
  // A lost connection is reported by the next query on it; the default would print to the console.
  poolErrorHandler: () => undefined,
});

const MIGRATION_LOCK = 4_112_026_002;

/** Brings the tables up to date. Replicas that start together wait for each other. */
export async function migrateTables(url: string): Promise<void> {
  const dataSource = await new DataSource(dataSourceOptions(url, {})).initialize();
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations({ transaction: 'all' });
  } finally {
    // Ends the session and with it the lock, also where a migration failed.
    await runner.release();
    await dataSource.destroy();
  }
}
