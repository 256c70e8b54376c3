import type { ReceivedEvent } from '@cairn/messaging';
import type { PoolClient } from 'pg';

/**
 * Keeps what sessions needs of enrolment's event, in the transaction of the consumer's checkpoint. An event that was
 * applied before changes nothing.
 */
export async function apply(client: PoolClient, event: ReceivedEvent): Promise<void> {
  const { tenantid: tenantId, time, streamversion: version } = event.envelope;
  switch (event.name) {
    case 'ProgramCreated':
    case 'ProgramChanged': {
      const changed = event.name === 'ProgramChanged';
      const day = changed ? event.data.effectiveOn : '-infinity';
      const facts = changed ? event.data.changes : event.data;
      await client.query(
        `INSERT INTO known_programs (program_id, version, tenant_id, effective_on, facts)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
        [event.data.programId, version, tenantId, day, facts],
      );
      return;
    }
    case 'CoachApproved':
      await client.query(
        `INSERT INTO known_coaches (coach_id, tenant_id, version, person_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (coach_id) DO UPDATE SET version = $3, person_id = $4
           WHERE known_coaches.tenant_id = $2 AND known_coaches.version < $3`,
        [event.data.coachId, tenantId, version, event.data.personId],
      );
      return;
    case 'PersonAdded': {
      const { personId, department, managerId } = event.data;
      return person(client, tenantId, version, personId, { department, manager_id: managerId });
    }
    case 'PersonChanged': {
      const { personId, department, managerId } = event.data;
      return person(client, tenantId, version, personId, { department, manager_id: managerId });
    }
    case 'PersonLeft':
      return person(client, tenantId, version, event.data.personId, { left_at: time });
    case 'ParticipantNominated':
      return enrollment(client, tenantId, version, event.data.enrollmentId, {
        history: event.data.history ?? false,
      });
    case 'HistoryDeclared': {
      const { enrollmentId, through, complete } = event.data;
      return enrollment(client, tenantId, version, enrollmentId, {
        history: !complete,
        history_through: through,
      });
    }
    case 'SessionsAllotted':
      return enrollment(client, tenantId, version, event.data.enrollmentId, { allotment: event.data.total });
    case 'EnrollmentPaused': {
      const { enrollmentId, from } = event.data;
      return enrollment(client, tenantId, version, enrollmentId, { paused_from: from, paused_at: time });
    }
    case 'EnrollmentResumed': {
      const resumed = { paused_from: null, paused_at: null };
      return enrollment(client, tenantId, version, event.data.enrollmentId, resumed);
    }
    case 'EnrollmentExtended': {
      const { enrollmentId, endsOn } = event.data;
      return enrollment(client, tenantId, version, enrollmentId, { ends_on: endsOn });
    }
    case 'EnrollmentCompleted':
      return enrollment(client, tenantId, version, event.data.enrollmentId, {
        over: 'completed',
        over_at: time,
      });
    case 'EnrollmentDiscontinued':
    case 'EnrollmentCancelled': {
      const { enrollmentId, reason } = event.data;
      return enrollment(client, tenantId, version, enrollmentId, { over: reason, over_at: time });
    }
  }
}

type Columns = Readonly<Record<string, string | number | boolean | null | undefined>>;

const person = (client: PoolClient, tenantId: string, version: number, personId: string, columns: Columns) =>
  upsert(client, 'known_people', 'person_id', personId, tenantId, version, columns);

const enrollment = (client: PoolClient, tenantId: string, version: number, id: string, columns: Columns) =>
  upsert(client, 'known_enrollments', 'enrollment_id', id, tenantId, version, columns);

/** Sets the columns that the event speaks of, unless it was applied before. The names are this file's own. */
async function upsert(
  client: PoolClient,
  table: string,
  key: string,
  id: string,
  tenantId: string,
  version: number,
  columns: Columns,
): Promise<void> {
  const said = Object.entries(columns).filter(([, value]) => value !== undefined);
  const names = ['version', ...said.map(([name]) => name)];
  const places = names.map((_, index) => `$${index + 3}`);
  await client.query(
    `INSERT INTO ${table} (${key}, tenant_id, ${names.join(', ')}) VALUES ($1, $2, ${places.join(', ')})
     ON CONFLICT (${key}) DO UPDATE SET ${names.map((name, i) => `${name} = ${places[i]}`).join(', ')}
       WHERE ${table}.tenant_id = $2 AND ${table}.version < $3`,
    [id, tenantId, version, ...said.map(([, value]) => value)],
  );
}
