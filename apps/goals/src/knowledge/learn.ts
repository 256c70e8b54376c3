import type { ReceivedEvent } from '@cairn/messaging';
import type { PoolClient } from 'pg';

/** Keeps what an event of another service says that goals needs; passes over the rest. In the order of each stream. */
export async function learn(client: PoolClient, event: ReceivedEvent): Promise<void> {
  const { tenantid: tenant, streamversion: version } = event.envelope;
  switch (event.name) {
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
        `UPDATE known_engagements SET over_at = $4, version = $3
          WHERE engagement_id = $1 AND tenant_id = $2 AND version < $3`,
        [event.data.engagementId, tenant, version, event.envelope.time],
      );
      return;
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
        `UPDATE known_sessions SET starts_at = $4, ends_at = $5, version = $3
          WHERE session_id = $1 AND tenant_id = $2 AND version < $3`,
        [event.data.sessionId, tenant, version, event.data.to.startsAt, event.data.to.endsAt],
      );
      return;
    case 'SessionCancelled':
      return outcome(client, tenant, event.data.sessionId, version, null, true);
    case 'SessionCompleted':
      return outcome(client, tenant, event.data.sessionId, version, true, false);
    case 'NoShowRecorded':
    case 'SessionUnconfirmed':
      return outcome(client, tenant, event.data.sessionId, version, false, false);
    case 'OutcomeCorrected': {
      const cancelled = event.data.to.includes('cancel');
      return outcome(
        client,
        tenant,
        event.data.sessionId,
        version,
        cancelled ? null : event.data.to === 'completed',
        cancelled,
      );
    }
    case 'ProgramCreated':
      return themes(client, event.data.programId, tenant, version, '-infinity', event.data.themes);
    case 'ProgramChanged': {
      const { programId, effectiveOn, changes } = event.data;
      if (changes.themes) await themes(client, programId, tenant, version, effectiveOn, changes.themes);
      return;
    }
    case 'PersonAdded':
    case 'PersonChanged':
      return person(client, tenant, version, event.data);
    default:
      return;
  }
}

const outcome = async (
  client: PoolClient,
  tenant: string,
  sessionId: string,
  version: number,
  held: boolean | null,
  cancelled: boolean,
) => {
  await client.query(
    `UPDATE known_sessions SET held = $4, cancelled = $5, version = $3
      WHERE session_id = $1 AND tenant_id = $2 AND version < $3`,
    [sessionId, tenant, version, held, cancelled],
  );
};

const themes = async (
  client: PoolClient,
  id: string,
  tenant: string,
  version: number,
  effectiveOn: string,
  list: readonly string[],
) => {
  await client.query(
    `INSERT INTO known_programs (program_id, tenant_id, version, effective_on, themes) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    [id, tenant, version, effectiveOn, list],
  );
};

/** Keeps the manager and the department that the event names; what it does not name stays as it is. */
const person = async (
  client: PoolClient,
  tenant: string,
  version: number,
  said: { personId: string; managerId?: string | null; department?: string },
) => {
  const { personId, managerId, department } = said;
  await client.query(
    `INSERT INTO known_people (person_id, tenant_id, version, manager_id, department) VALUES ($1, $2, $3, $4, $6)
     ON CONFLICT (person_id) DO UPDATE
       SET manager_id = CASE WHEN $5 THEN $4 ELSE known_people.manager_id END,
           department = coalesce($6, known_people.department), version = $3
     WHERE known_people.tenant_id = $2 AND known_people.version < $3`,
    [personId, tenant, version, managerId ?? null, managerId !== undefined, department ?? null],
  );
};
