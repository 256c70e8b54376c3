import { RefusedError } from '@cairn/decider';
import { notFound } from '@cairn/http';
import { hasRole, type Subject } from '@cairn/identity';
import { opinions } from '../projections/opinions/opinions.js';
import { people } from '../projections/people/people.js';
import { historyOf } from '../reports/as-of/view.js';
import type { Labels } from '../reports/dimensions.js';
import { OpinionReport } from '../reports/opinions/opinion-report.js';
import { factsOfProgram } from './facts.js';
import { coachedBy } from './program-reader.js';
import type { Snapshot } from './snapshot.js';

/**
 * What people in a programme think, for who asks; undefined where it was not known yet at that moment.
 * @throws RefusedError 404 where the tenant has no such programme
 */
export async function opinionsFor(
  { client, moment, until }: Snapshot,
  subject: Subject,
  programId: string,
): Promise<OpinionReport | undefined> {
  const { tenantId, personId, orgUnits } = subject;
  const facts = await factsOfProgram(client, tenantId, programId);
  if (!facts) throw new RefusedError(notFound('programme'));
  const history = historyOf(facts);
  if (!history(moment)) return undefined;
  const known = new Set(await coachedBy(client, subject));
  if (personId !== undefined) known.add(personId);
  return new OpinionReport(
    {
      program: facts.program,
      facts: await opinions.read(client, tenantId, 'program_id = $2', [programId]),
      history,
      labelsAt: await labelsOverTime(client, tenantId),
      until: Math.min(moment.at, until),
    },
    {
      knows: (person) => known.has(person),
      orgUnits: hasRole(subject, 'hr') ? orgUnits : undefined,
    },
  );
}

/** The org units and locations that the tenant had been heard to have by then, whoever is in them. */
async function labelsOverTime(client: Snapshot['client'], tenantId: string): Promise<(at: number) => Labels> {
  const heard = async (column: 'department' | 'location') => {
    const { rows } = await client.query<{ name: string; since: Date }>(
      `SELECT ${column} AS name, min(recorded_at) AS since FROM ${people.table}
        WHERE tenant_id = $1 AND ${column} IS NOT NULL GROUP BY 1 ORDER BY 1`,
      [tenantId],
    );
    return (at: number) => rows.filter(({ since }) => since.getTime() < at).map(({ name }) => name);
  };
  const [departments, locations] = [await heard('department'), await heard('location')];
  return (at) => ({ 'org-unit': departments(at), location: locations(at) });
}
