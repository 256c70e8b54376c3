import { PROJECTIONS } from '@cairn/analytics/app.module';
import type { Database } from '../servers.js';
import type { Measured } from '../measure/result.js';
import type { Workload } from '../workload.js';
import { pgbench } from './pgbench.js';

/** Where facts of that kind are, in the version that is built. */
const factsOf = (kind: string): string =>
  PROJECTIONS.flatMap(({ tables }) => tables).find(({ name }) => name.startsWith(`${kind}_facts_`))!.name;

const KINDS = ['program', 'enrollment', 'match', 'engagement', 'session', 'goal'];

/** What the overview of a programme reads, by pgbench: every fact of it and of its people, from one state of the database. */
export function overviewQueries(
  { url }: Database,
  { tenantId, programId }: Workload,
  clients: number,
  seconds: number,
): Promise<Measured> {
  const of = (kind: string) =>
    `SELECT * FROM ${factsOf(kind)} WHERE tenant_id = :tenant AND program_id = :program;`;
  const script = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
${KINDS.map(of).join('\n')}
SELECT * FROM ${factsOf('person')} WHERE tenant_id = :tenant
  AND fact IN ('added', 'changed', 'left') AND person_id IN
  (SELECT e.person_id FROM ${factsOf('enrollment')} e WHERE e.tenant_id = :tenant AND e.program_id = :program);
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
