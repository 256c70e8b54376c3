import type { Database } from '../servers.js';
import type { Measured } from '../measure/result.js';
import type { Workload } from '../workload.js';
import { pgbench } from './pgbench.js';

const FACTS = [
  'program_facts_v1',
  'enrollment_facts_v1',
  'match_facts_v1',
  'engagement_facts_v1',
  'session_facts_v1',
  'goal_facts_v2',
];

/** What the overview of a programme reads, by pgbench: every fact of it and of its people, from one state of the database. */
export function overviewQueries(
  { url }: Database,
  { tenantId, programId }: Workload,
  clients: number,
  seconds: number,
): Promise<Measured> {
  const of = (table: string) => `SELECT * FROM ${table} WHERE tenant_id = :tenant AND program_id = :program;`;
  const script = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
${FACTS.map(of).join('\n')}
SELECT * FROM person_facts_v2 WHERE tenant_id = :tenant
  AND fact IN ('added', 'changed', 'left') AND person_id IN
  (SELECT e.person_id FROM enrollment_facts_v1 e WHERE e.tenant_id = :tenant AND e.program_id = :program);
COMMIT;
`;
  return pgbench({
    databaseUrl: url,
    script,
    variables: { tenant: tenantId, program: programId },
    clients,
    seconds,
  });
}
