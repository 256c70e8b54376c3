import type { Pool } from 'pg';
import type { ServiceName } from '../services.js';
import { unlike, type Kept, type Row } from './rows.js';
import type { Stored } from './seen.js';

/** What services keep of each other, by service and table. */
export type Known = Readonly<Record<string, readonly Kept[]>>;

type Said = Stored['data'];

interface Table {
  readonly columns: string;
  /** The row's key, as events and as the table name it. */
  readonly about: readonly [inEvents: string, inTable: string];
  /** The columns that an event sets, by its type; no others are heard of. */
  readonly sets: Readonly<Record<string, (said: Said, at: string) => Row>>;
}

const PEOPLE: Table = {
  columns: 'department, manager_id AS "managerId", left_at AS "leftAt"',
  about: ['personId', 'person_id'],
  sets: {
    PersonAdded: ({ department, managerId }) => ({ department, managerId }),
    PersonLeft: (_, at) => ({ leftAt: at }),
  },
};

const COACHES: Table = {
  columns: 'person_id AS "personId"',
  about: ['coachId', 'coach_id'],
  sets: { CoachApproved: ({ personId }) => ({ personId }) },
};

/** Those that are simple, and of them what the programmes of a run come to. */
const TABLES: Readonly<Record<string, Table>> = {
  'sessions.known_people': PEOPLE,
  'goals.known_people': PEOPLE,
  'sessions.known_coaches': COACHES,
  'goals.known_coaches': COACHES,
  'sessions.known_enrollments': {
    columns: `history, allotment, ends_on::text AS "endsOn", paused_from::text AS "pausedFrom", over, over_at AS "overAt"`,
    about: ['enrollmentId', 'enrollment_id'],
    sets: {
      ParticipantNominated: ({ history }) => ({ history }),
      EnrollmentActivated: ({ endsOn }) => ({ endsOn }),
      EnrollmentExtended: ({ endsOn }) => ({ endsOn }),
      SessionsAllotted: ({ total }) => ({ allotment: total }),
      EnrollmentPaused: ({ from }) => ({ pausedFrom: from }),
      EnrollmentResumed: () => ({ pausedFrom: null }),
      EnrollmentCompleted: (_, at) => ({ over: 'completed', overAt: at }),
      EnrollmentDiscontinued: ({ reason }, at) => ({ over: reason, overAt: at }),
    },
  },
  'goals.known_engagements': {
    columns: `enrollment_id AS "enrollmentId", person_id AS "personId", coach_id AS "coachId", over_at AS "overAt"`,
    about: ['engagementId', 'engagement_id'],
    sets: {
      EngagementPlanned: ({ enrollmentId, personId, coachId }) => ({ enrollmentId, personId, coachId }),
      EngagementCompleted: (_, at) => ({ overAt: at }),
      EngagementEnded: (_, at) => ({ overAt: at }),
    },
  },
  'goals.known_sessions': {
    columns: `engagement_id AS "engagementId", starts_at AS "startsAt", ends_at AS "endsAt", held, cancelled`,
    about: ['sessionId', 'session_id'],
    sets: {
      SessionScheduled: ({ engagementId, startsAt, endsAt }) => ({
        engagementId,
        startsAt,
        endsAt,
        cancelled: false,
      }),
      SessionRescheduled: ({ to }) => to,
      SessionCancelled: () => ({ cancelled: true }),
      SessionCompleted: () => ({ held: true }),
      SessionUnconfirmed: () => ({ held: false }),
      NoShowRecorded: () => ({ held: false }),
    },
  },
  'enrollment.known_sessions': {
    columns: 'enrollment_id AS "enrollmentId", starts_at AS "startsAt", unit, held',
    about: ['sessionId', 'session_id'],
    sets: {
      SessionScheduled: ({ enrollmentId, startsAt }) => ({
        enrollmentId,
        startsAt,
        unit: 'booked',
        held: false,
      }),
      SessionRescheduled: ({ to }) => ({ startsAt: to.startsAt }),
      SessionCancelled: ({ forfeited }) => ({ unit: forfeited ? 'used' : null }),
      SessionCompleted: () => ({ unit: 'used', held: true }),
      SessionUnconfirmed: () => ({ unit: null }),
      NoShowRecorded: ({ forfeited }) => ({ unit: forfeited ? 'used' : null }),
      SessionForfeited: () => ({ unit: 'used' }),
    },
  },
};

export const KNOWN = Object.keys(TABLES);

/** The service that keeps a table. */
export const keeperOf = (table: string): ServiceName => table.split('.')[0] as ServiceName;

export async function readKnown(pool: Pool, table: string): Promise<Kept[]> {
  const { columns, about } = TABLES[table]!;
  const name = table.split('.')[1]!;
  const { rows } = await pool.query<Kept>(`SELECT ${about[1]} AS key, version, ${columns} FROM ${name}`);
  return rows;
}

/** Where what is kept is not what the logs of those say whom it is kept of, in words. Pure. */
export function judgeKnown(logs: readonly Stored[], known: Known): string[] {
  return Object.entries(known).flatMap(([name, kept]) => {
    const { about, sets } = TABLES[name]!;
    const told = new Map<string, Row>();
    for (const { type, version, data, occurredAt } of logs) {
      const key = data[about[0]];
      const columns = sets[type]?.(data, occurredAt);
      if (columns) told.set(key, { ...told.get(key), ...columns, version });
    }
    return unlike(name, kept, told);
  });
}
