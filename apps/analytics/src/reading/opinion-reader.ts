import { RefusedError } from '@cairn/decider';
import { notFound } from '@cairn/http';
import { hasRole, type Subject } from '@cairn/identity';
import type { MeasuredFact, OpinionFact } from '../projections/opinions/opinion-facts.js';
import { opinions } from '../projections/opinions/opinions.js';
import { people } from '../projections/people/people.js';
import { programs } from '../projections/programs/programs.js';
import type { ProgramView } from '../reports/as-of/view.js';
import type { Labels } from '../reports/dimensions.js';
import { OpinionReport } from '../reports/opinions/opinion-report.js';
import { Stretches } from '../reports/opinions/stretches.js';
import { peopleOfCoaches } from './facts.js';
import { coachesHidden, coachesIn } from './program-reader.js';
import type { Snapshot } from './snapshot.js';

/** Whether they are told as those who answer for the programme are. */
export const overseesPrograms = (subject: Subject): boolean =>
  hasRole(subject, 'hr', 'program-admin', 'sponsor');

/**
 * What people in a programme think, for who asks; undefined where it was not known yet at that moment.
 * @throws RefusedError 404 where the tenant has no such programme, or a coach none in which they coach
 */
export async function opinionsFor(
  snapshot: Snapshot,
  subject: Subject,
  programId: string,
): Promise<OpinionReport | undefined> {
  const { client, moment, now, until } = snapshot;
  const { tenantId, personId, orgUnits } = subject;
  const history = await snapshot.history(tenantId, programId);
  if (!history) throw new RefusedError(notFound('programme'));
  const coaches = await coachesIn(client, subject);
  const coached = new Set(await peopleOfCoaches(client, tenantId, coaches));
  const oversees = overseesPrograms(subject);
  if (!oversees && !isCoachedBy(coaches, history(now)!)) throw new RefusedError(notFound('programme'));
  if (!history(moment)) return undefined;
  const own = await opinions.read(client, tenantId, 'program_id = $2', [programId]);
  return new OpinionReport(
    new Stretches({
      program: await programs.read(client, tenantId, 'program_id = $2', [programId]),
      facts: own,
      baselines: await baselinesLike(client, tenantId, own),
      history,
      labelsAt: await labelsOverTime(client, tenantId),
      until: Math.min(moment.at, until),
    }),
    {
      // No coach is shown what a coachee rated; who also oversees the programme sees too much else of whom they coach.
      knows: (person) => person === personId || (oversees && coached.has(person)),
      led: (person) => personId !== undefined && history(now)!.managersOf(person).has(personId),
      orgUnits: hasRole(subject, 'hr') ? orgUnits : undefined,
      hidden: await coachesHidden(snapshot, subject),
      ...(oversees ? {} : { coach: { ids: coaches, coached: (person: string) => coached.has(person) } }),
    },
  );
}

/** Whether one of these coaches ever was somebody's there. */
const isCoachedBy = (coaches: readonly string[], { participants }: ProgramView): boolean =>
  participants.some(({ matches }) =>
    matches.some(({ coachId }) => coachId !== undefined && coaches.includes(coachId)),
  );

/** What the tenant's people answered before, to the questionnaires that were asked here: of each the first thousand. */
async function baselinesLike(
  client: Snapshot['client'],
  tenantId: string,
  facts: readonly OpinionFact[],
): Promise<MeasuredFact[]> {
  const asked = new Set(facts.flatMap((fact) => (fact.fact === 'measured' ? [fact.questionnaire] : [])));
  const first = `questionnaire = $2 AND moment = 'baseline' ORDER BY recorded_at, stream LIMIT 1000`;
  const found: OpinionFact[] = [];
  for (const each of asked) found.push(...(await opinions.read(client, tenantId, first, [each])));
  return found.filter((fact) => fact.fact === 'measured');
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
