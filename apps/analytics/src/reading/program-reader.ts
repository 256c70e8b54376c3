import { RefusedError } from '@cairn/decider';
import { notFound } from '@cairn/http';
import type { Subject } from '@cairn/identity';
import { hasRole } from '@cairn/identity';
import { readerOf } from '../reports/access.js';
import { historyOf } from '../reports/as-of/view.js';
import { ProgramReport } from '../reports/report.js';
import { factsOfPerson, factsOfProgram, labelsOf } from './facts.js';
import { lineUpwards } from './line-upwards.js';
import type { Snapshot } from './snapshot.js';

/**
 * The report of one programme for who asks; undefined where it was not known yet at that moment.
 * @throws RefusedError 404 where the tenant has no such programme
 */
export async function reportFor(
  { client, moment }: Snapshot,
  subject: Subject,
  programId: string,
): Promise<ProgramReport | undefined> {
  const { tenantId } = subject;
  const facts = await factsOfProgram(client, tenantId, programId);
  if (!facts) throw new RefusedError(notFound('programme'));
  const history = historyOf(facts);
  const view = history(moment);
  if (!view) return undefined;
  const { zone, values } = view.program;
  const upwards =
    subject.personId !== undefined && hasRole(subject, 'hr')
      ? await lineUpwards(subject.personId, zone.dayOf(moment.at), moment, (personId) =>
          factsOfPerson(client, tenantId, personId),
        )
      : new Set<string>();
  const reader = readerOf(subject, {
    lineUpwards: upwards,
    managersSeeParticipation: values.managersSeeParticipation,
  });
  return new ProgramReport(history, moment, reader, await labelsOf(client, tenantId));
}
