import type { ReceivedEvent } from '@cairn/messaging';
import type { PoolClient } from 'pg';

/**
 * Keeps what events of other services say that goals needs; passes over the rest. In the order of each stream. People come
 * by the ten thousand: all that a batch says of them is written with one statement. In a replay, what was kept before
 * changes nothing. What is told for the first time is kept whatever its version: a service that was restored from a backup
 * gives versions again that were heard before.
 */
export async function learn(client: PoolClient, events: readonly ReceivedEvent[]): Promise<void> {
  const people = new Map<string, Person>();
  const managers: [tenant: string, person: string, manager: string][] = [];
  for (const event of events) {
    const { tenantid: tenant, streamversion: version, time } = event.envelope;
    const isNew = !event.replay;
    if (event.name === 'PersonLeft') {
      const { personId } = event.data;
      people.set(personId, { ...people.get(personId), tenant, version, isNew, leftAt: time });
    } else if (event.name === 'PersonAdded' || event.name === 'PersonChanged') {
      const { personId, managerId } = event.data;
      // Null: it is not known any more.
      const isCleared = event.name === 'PersonChanged' && event.data.cleared?.includes('department');
      const department = isCleared ? null : event.data.department;
      if (managerId) managers.push([tenant, personId, managerId]);
      const isBack = event.name === 'PersonChanged' && event.data.kind === 'returned';
      people.set(personId, {
        ...people.get(personId),
        tenant,
        version,
        isNew,
        ...(managerId !== undefined && { managerId }),
        ...(department !== undefined && { department }),
        ...(isBack && { leftAt: null }),
      });
    } else await learnOne(client, event);
  }
  await writePeople(client, people);
  await keepManagers(client, managers);
}

/** What a batch says of a person: what it does not name stays as it is. */
interface Person {
  readonly tenant: string;
  readonly version: number;
  readonly isNew: boolean;
  readonly managerId?: string | null;
  readonly department?: string | null;
  /** Null: came back. */
  readonly leftAt?: string | null;
}

async function learnOne(client: PoolClient, event: ReceivedEvent): Promise<void> {
  const { tenantid: tenant, streamversion: version } = event.envelope;
  const told: Told = { tenant, version, isNew: !event.replay };
  switch (event.name) {
    case 'CoachApproved':
      await client.query(
        `INSERT INTO known_coaches AS known (coach_id, tenant_id, version, person_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (coach_id) DO UPDATE SET version = greatest(known.version, $3), person_id = $4
           WHERE known.tenant_id = $2 AND (known.version < $3 OR $5)`,
        [event.data.coachId, tenant, version, event.data.personId, told.isNew],
      );
      return;
    case 'EngagementPlanned': {
      const { engagementId, enrollmentId, programId, cohortId, personId, coachId, zone } = event.data;
      await client.query(
        `INSERT INTO known_engagements (engagement_id, tenant_id, version, enrollment_id, program_id, cohort_id, person_id, coach_id, zone)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
        [engagementId, tenant, version, enrollmentId, programId, cohortId, personId, coachId, zone],
      );
      return;
    }
    case 'EngagementCompleted':
    case 'EngagementEnded':
      await client.query(
        `UPDATE known_engagements SET over_at = $4, version = greatest(version, $3)
          WHERE engagement_id = $1 AND tenant_id = $2 AND (version < $3 OR $5)`,
        [event.data.engagementId, tenant, version, event.envelope.time, told.isNew],
      );
      return forgetAnswers(client, event.data.engagementId);
    case 'HandoverConsented': {
      const { enrollmentId, personId, coachId, fromCoachId } = event.data;
      await client.query(
        `INSERT INTO known_handovers (tenant_id, enrollment_id, person_id, coach_id, from_coach_id)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
        [tenant, enrollmentId, personId, coachId, fromCoachId],
      );
      return;
    }
    case 'SessionScheduled': {
      const { sessionId, engagementId, startsAt, endsAt } = event.data;
      await client.query(
        `INSERT INTO known_sessions (session_id, tenant_id, version, engagement_id, starts_at, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
        [sessionId, tenant, version, engagementId, startsAt, endsAt],
      );
      return;
    }
    case 'SessionRescheduled':
      await client.query(
        `UPDATE known_sessions SET starts_at = $4, ends_at = $5, version = greatest(version, $3)
          WHERE session_id = $1 AND tenant_id = $2 AND (version < $3 OR $6)`,
        [event.data.sessionId, tenant, version, event.data.to.startsAt, event.data.to.endsAt, told.isNew],
      );
      return;
    case 'SessionCancelled':
      return outcome(client, told, event.data.sessionId, null, true);
    case 'SessionCompleted':
      return outcome(client, told, event.data.sessionId, true, false);
    case 'NoShowRecorded':
    case 'SessionUnconfirmed':
      return outcome(client, told, event.data.sessionId, false, false);
    case 'OutcomeCorrected': {
      const cancelled = event.data.to.includes('cancel');
      return outcome(
        client,
        told,
        event.data.sessionId,
        cancelled ? null : event.data.to === 'completed',
        cancelled,
      );
    }
    case 'ProgramCreated':
      return themes(client, event.data.programId, told, '-infinity', event.data.themes);
    case 'ProgramChanged': {
      const { programId, effectiveOn, changes } = event.data;
      if (changes.themes) await themes(client, programId, told, effectiveOn, changes.themes);
      return;
    }
    default:
      return;
  }
}

/** What waits for a release is never shown once the engagement is over: neither it nor who gave it is kept. */
async function forgetAnswers(client: PoolClient, engagementId: string): Promise<void> {
  // Whoever answers has the raters' rows: what they keep meanwhile is there to be seen by what follows, not by what waited.
  await client.query('SELECT FROM pulse_raters WHERE engagement_id = $1 ORDER BY rater_id FOR UPDATE', [
    engagementId,
  ]);
  for (const table of ['pulse_answers', 'pulse_answered', 'pulse_links_used'])
    await client.query(`DELETE FROM ${table} WHERE engagement_id = $1`, [engagementId]);
  await client.query('UPDATE pulse_raters SET token_hash = NULL WHERE engagement_id = $1', [engagementId]);
}

/** Which version of its stream an event is, and whether it is told for the first time. */
interface Told {
  readonly tenant: string;
  readonly version: number;
  readonly isNew: boolean;
}

const outcome = async (
  client: PoolClient,
  { tenant, version, isNew }: Told,
  sessionId: string,
  held: boolean | null,
  cancelled: boolean,
) => {
  await client.query(
    `UPDATE known_sessions SET held = $4, cancelled = $5, version = greatest(version, $3)
      WHERE session_id = $1 AND tenant_id = $2 AND (version < $3 OR $6)`,
    [sessionId, tenant, version, held, cancelled, isNew],
  );
};

const themes = async (
  client: PoolClient,
  id: string,
  { tenant, version, isNew }: Told,
  effectiveOn: string,
  list: readonly string[],
) => {
  await client.query(
    `INSERT INTO known_programs (program_id, tenant_id, version, effective_on, themes) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (program_id, version) DO UPDATE SET effective_on = $4, themes = $5
       WHERE known_programs.tenant_id = $2 AND $6`,
    [id, tenant, version, effectiveOn, list, isNew],
  );
};

async function writePeople(client: PoolClient, people: ReadonlyMap<string, Person>): Promise<void> {
  if (people.size === 0) return;
  // Sorted, so that two writers lock in the same order.
  const rows = [...people].sort(([a], [b]) => (a < b ? -1 : 1));
  await client.query(
    `INSERT INTO known_people AS known (person_id, tenant_id, version, manager_id, department, left_at)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::text[], $6::timestamptz[])
     ON CONFLICT (person_id) DO UPDATE
       SET manager_id = CASE WHEN known.person_id = ANY ($7::uuid[]) THEN excluded.manager_id ELSE known.manager_id END,
           left_at = CASE WHEN known.person_id = ANY ($8::uuid[]) THEN excluded.left_at ELSE known.left_at END,
           department = CASE WHEN known.person_id = ANY ($10::uuid[]) THEN excluded.department ELSE known.department END,
           version = greatest(known.version, excluded.version)
     WHERE known.tenant_id = excluded.tenant_id
       AND (known.version < excluded.version OR known.person_id = ANY ($9::uuid[]))`,
    [
      rows.map(([id]) => id),
      rows.map(([, { tenant }]) => tenant),
      rows.map(([, { version }]) => version),
      rows.map(([, { managerId }]) => managerId ?? null),
      rows.map(([, { department }]) => department ?? null),
      rows.map(([, { leftAt }]) => leftAt ?? null),
      rows.filter(([, { managerId }]) => managerId !== undefined).map(([id]) => id),
      rows.filter(([, { leftAt }]) => leftAt !== undefined).map(([id]) => id),
      rows.filter(([, { isNew }]) => isNew).map(([id]) => id),
      rows.filter(([, { department }]) => department !== undefined).map(([id]) => id),
    ],
  );
}

/** Whoever ever was somebody's manager: a batch may tell of several. */
async function keepManagers(
  client: PoolClient,
  told: readonly (readonly [tenant: string, person: string, manager: string])[],
): Promise<void> {
  if (told.length === 0) return;
  await client.query(
    `INSERT INTO known_managers (tenant_id, person_id, manager_id)
     SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING`,
    [told.map(([tenant]) => tenant), told.map(([, person]) => person), told.map(([, , manager]) => manager)],
  );
}
