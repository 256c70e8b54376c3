import { newId } from '@cairn/event-store';
import { migrate as migrateLog, openPostgresLog } from '@cairn/event-store/postgres';
import { migrate as migrateMessaging } from '@cairn/messaging';
import { prepared } from '../load/http-load.js';
import type { PreparedRequest } from '../load/job.js';
import type { Database } from '../servers.js';
import { appendGoals, seedGoals, type GoalRefs } from './goal-streams.js';
import type { BenchIssuer } from './issuer.js';

const PEOPLE = 500;

/** Goals in goals' log, with others that are there beside them, all counted as published; a check-in request for each. */
export async function seedCheckIns(
  { url, pool }: Database,
  issuer: BenchIssuer,
  goals: number,
  others?: { readonly tenantId: string; readonly goals: readonly GoalRefs[] },
): Promise<PreparedRequest[]> {
  await migrateLog(pool);
  await migrateMessaging(pool);
  const store = openPostgresLog({ connectionString: url });
  const tenantId = newId();
  const seeded = await seedGoals(store, tenantId, goals, PEOPLE);
  if (others) await appendGoals(store, others.tenantId, others.goals);
  await pool.query('INSERT INTO relay.relays (service, log, position) VALUES ($1, $2, $3)', [
    'goals',
    await store.generation(),
    await store.head(),
  ]);
  await store.close();
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (personId: string) =>
    tokens.getOrInsertComputed(personId, () =>
      issuer.sign({ tenantId, subject: personId, roles: ['coachee'], personId }),
    );
  return Promise.all(
    seeded.map(async ({ goalId, personId }) =>
      prepared('POST', `/goals/v1/goals/${goalId}/check-ins`, await tokenOf(personId), {
        movement: 'forward',
      }),
    ),
  );
}
