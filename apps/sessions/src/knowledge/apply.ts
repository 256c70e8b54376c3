import type { ReceivedEvent } from '@cairn/messaging';
import type { PoolClient } from 'pg';

/**
 * Keeps what sessions needs of enrolment's event, in the transaction of the consumer's checkpoint. In a replay, what was
 * applied before changes nothing. What is told for the first time is applied whatever its version: a service that was
 * restored from a backup gives versions again that were heard before.
 */
export async function apply(client: PoolClient, event: ReceivedEvent): Promise<void> {
  const { tenantid: tenantId, time } = event.envelope;
  const told: Told = { tenantId, version: event.envelope.streamversion, isNew: !event.replay };
  switch (event.name) {
    case 'ProgramCreated':
    case 'ProgramChanged': {
      const changed = event.name === 'ProgramChanged';
      const day = changed ? event.data.effectiveOn : '-infinity';
      const facts = changed ? event.data.changes : event.data;
      await client.query(
        `INSERT INTO known_programs (program_id, version, tenant_id, effective_on, facts)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (program_id, version) DO UPDATE SET effective_on = $4, facts = $5
           WHERE known_programs.tenant_id = $3 AND $6`,
        [event.data.programId, told.version, tenantId, day, facts, told.isNew],
      );
      return;
    }
    case 'CoachApproved':
      await client.query(
        `INSERT INTO known_coaches (coach_id, tenant_id, version, person_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (coach_id) DO UPDATE SET version = greatest(known_coaches.version, $3), person_id = $4
           WHERE known_coaches.tenant_id = $2 AND (known_coaches.version < $3 OR $5)`,
        [event.data.coachId, tenantId, told.version, event.data.personId, told.isNew],
      );
      return;
    case 'ParticipantNominated':
      return enrollment(client, told, event.data.enrollmentId, {
        history: event.data.history ?? false,
      });
    case 'HistoryDeclared': {
      const { enrollmentId, through, complete } = event.data;
      return enrollment(client, told, enrollmentId, {
        history: !complete,
        history_through: through,
      });
    }
    case 'SessionsAllotted':
      return enrollment(client, told, event.data.enrollmentId, { allotment: event.data.total });
    case 'EnrollmentPaused': {
      const { enrollmentId, from } = event.data;
      return enrollment(client, told, enrollmentId, { paused_from: from, paused_at: time });
    }
    case 'EnrollmentResumed': {
      const resumed = { paused_from: null, paused_at: null };
      return enrollment(client, told, event.data.enrollmentId, resumed);
    }
    case 'EnrollmentActivated':
    case 'EnrollmentExtended': {
      const { enrollmentId, endsOn } = event.data;
      return enrollment(client, told, enrollmentId, { ends_on: endsOn });
    }
    case 'EnrollmentCompleted':
      return enrollment(client, told, event.data.enrollmentId, {
        over: 'completed',
        over_at: time,
      });
    case 'EnrollmentDiscontinued':
    case 'EnrollmentCancelled': {
      const { enrollmentId, reason } = event.data;
      return enrollment(client, told, enrollmentId, { over: reason, over_at: time });
    }
  }
}

type Columns = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Which version of its stream an event is, and whether it is told for the first time. */
interface Told {
  readonly tenantId: string;
  readonly version: number;
  readonly isNew: boolean;
}

const enrollment = (client: PoolClient, told: Told, id: string, columns: Columns) =>
  upsert(client, 'known_enrollments', 'enrollment_id', id, told, columns);

/** Sets the columns that the event speaks of, unless it was applied before. The names are this file's own. */
async function upsert(
  client: PoolClient,
  table: string,
  key: string,
  id: string,
  { tenantId, version, isNew }: Told,
  columns: Columns,
): Promise<void> {
  const said = Object.entries(columns).filter(([, value]) => value !== undefined);
  const names = said.map(([name]) => name);
  const places = names.map((_, index) => `$${index + 5}`);
  await client.query(
    `INSERT INTO ${table} (${[key, 'tenant_id', 'version', ...names].join(', ')})
     VALUES (${['$1', '$2', '$3', ...places].join(', ')})
     ON CONFLICT (${key}) DO UPDATE
       SET version = greatest(${table}.version, $3)${names.map((name, i) => `, ${name} = ${places[i]}`).join('')}
       WHERE ${table}.tenant_id = $2 AND (${table}.version < $3 OR $4)`,
    [id, tenantId, version, isNew, ...said.map(([, value]) => value)],
  );
}

/** What enrolment says of a person. */
export type PersonEvent = ReceivedEvent & { readonly name: 'PersonAdded' | 'PersonChanged' | 'PersonLeft' };

export const isOfPerson = (event: ReceivedEvent): event is PersonEvent =>
  event.name === 'PersonAdded' || event.name === 'PersonChanged' || event.name === 'PersonLeft';

interface Person {
  readonly tenantId: string;
  readonly version: number;
  readonly isNew: boolean;
  readonly department?: string | null;
  readonly managerId?: string | null;
  /** Null: came back. */
  readonly left?: { readonly at: string; readonly recordedAt: string } | null;
}

/** As `apply`, of people, who come by the ten thousand: one statement for all of them. What is not named stays as it is. */
export async function applyPeople(client: PoolClient, events: readonly PersonEvent[]): Promise<void> {
  const people = new Map<string, Person>();
  for (const event of events) {
    const { tenantid: tenantId, time, recordedtime, streamversion: version } = event.envelope;
    const before = people.get(event.data.personId);
    const isNew = !event.replay;
    if (event.name === 'PersonLeft') {
      const left = { at: time, recordedAt: recordedtime };
      people.set(event.data.personId, { ...before, tenantId, version, isNew, left });
      continue;
    }
    const { personId, managerId } = event.data;
    // Null: it is not known any more.
    const isCleared = event.name === 'PersonChanged' && event.data.cleared?.includes('department');
    const department = isCleared ? null : event.data.department;
    const isBack = event.name === 'PersonChanged' && event.data.kind === 'returned';
    people.set(personId, {
      ...before,
      tenantId,
      version,
      isNew,
      ...(department !== undefined && { department }),
      ...(managerId !== undefined && { managerId }),
      ...(isBack && { left: null }),
    });
  }
  if (people.size === 0) return;
  await keepManagers(client, events);
  // Sorted, so that two writers lock in the same order.
  const rows = [...people].sort(([a], [b]) => (a < b ? -1 : 1));
  await client.query(
    `INSERT INTO known_people AS known (person_id, tenant_id, version, department, manager_id, left_at, left_recorded_at)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::uuid[], $6::timestamptz[], $11::timestamptz[])
     ON CONFLICT (person_id) DO UPDATE
       SET version = greatest(known.version, excluded.version), department = CASE WHEN known.person_id = ANY ($10::uuid[]) THEN excluded.department ELSE known.department END,
           manager_id = CASE WHEN known.person_id = ANY ($7::uuid[]) THEN excluded.manager_id ELSE known.manager_id END,
           left_at = CASE WHEN known.person_id = ANY ($8::uuid[]) THEN excluded.left_at ELSE known.left_at END,
           left_recorded_at = CASE WHEN known.person_id = ANY ($8::uuid[]) THEN excluded.left_recorded_at ELSE known.left_recorded_at END
     WHERE known.tenant_id = excluded.tenant_id
       AND (known.version < excluded.version OR known.person_id = ANY ($9::uuid[]))`,
    [
      rows.map(([id]) => id),
      rows.map(([, { tenantId }]) => tenantId),
      rows.map(([, { version }]) => version),
      rows.map(([, { department }]) => department ?? null),
      rows.map(([, { managerId }]) => managerId ?? null),
      rows.map(([, { left }]) => left?.at ?? null),
      rows.filter(([, { managerId }]) => managerId !== undefined).map(([id]) => id),
      rows.filter(([, { left }]) => left !== undefined).map(([id]) => id),
      rows.filter(([, { isNew }]) => isNew).map(([id]) => id),
      rows.filter(([, { department }]) => department !== undefined).map(([id]) => id),
      rows.map(([, { left }]) => left?.recordedAt ?? null),
    ],
  );
}

/** Whoever ever was somebody's manager: a batch may tell of several. */
async function keepManagers(client: PoolClient, events: readonly PersonEvent[]): Promise<void> {
  const told = events.flatMap(({ envelope: { tenantid }, ...event }) =>
    event.name !== 'PersonLeft' && event.data.managerId
      ? [{ tenantid, personId: event.data.personId, managerId: event.data.managerId }]
      : [],
  );
  if (told.length === 0) return;
  await client.query(
    `INSERT INTO known_managers (tenant_id, person_id, manager_id)
     SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING`,
    [
      told.map(({ tenantid }) => tenantid),
      told.map(({ personId }) => personId),
      told.map(({ managerId }) => managerId),
    ],
  );
}
