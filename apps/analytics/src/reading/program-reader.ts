import { RefusedError } from '@cairn/decider';
import { notFound } from '@cairn/http';
import type { Subject } from '@cairn/identity';
import { hasRole } from '@cairn/identity';
import { readerOf } from '../reports/access.js';
import type { Moment } from '../reports/as-of/moment.js';
import type { ProgramHistory } from '../reports/as-of/view.js';
import { ProgramReport } from '../reports/report.js';
import { coachIdsOf, labelsOf, peopleOfCoaches, placesOf } from './facts.js';
import { lineUpwards as lineUpwardsOf } from './line-upwards.js';
import type { Snapshot } from './snapshot.js';

/**
 * The report of one programme for who asks; undefined where it was not known yet at that moment.
 * @throws RefusedError 404 where the tenant has no such programme
 */
export async function reportFor(
  snapshot: Snapshot,
  subject: Subject,
  programId: string,
): Promise<ProgramReport | undefined> {
  const { client, moment, now, until } = snapshot;
  const { tenantId } = subject;
  const history = await snapshot.history(tenantId, programId);
  if (!history) throw new RefusedError(notFound('programme'));
  const view = history(moment);
  if (!view) return undefined;
  const isHr = hasRole(subject, 'hr');
  const lineUpwards = await upwardsOfHr(snapshot, subject);
  const reader = readerOf(subject, {
    lineUpwards,
    coached: new Set(isHr ? [] : await coachedBy(client, subject)),
    managersSeeParticipation: hasRole(subject, 'manager') && areOpenToManagers(history, [moment, now]),
  });
  return new ProgramReport(history, moment, reader, await labelsOf(client, tenantId), now, until);
}

/** Everybody above somebody in HR, of whom they see nothing. */
async function upwardsOfHr(snapshot: Snapshot, subject: Subject): Promise<ReadonlySet<string>> {
  const { personId, tenantId } = subject;
  if (personId === undefined || !hasRole(subject, 'hr')) return new Set();
  return found.getOrInsertComputed(snapshot, () =>
    lineUpwardsOf(personId, (personIds) => placesOf(snapshot.client, tenantId, personIds)),
  );
}

/** A snapshot is of one request, of whose reports and lists several ask for the same line. */
const found = new WeakMap<Snapshot, Promise<ReadonlySet<string>>>();

/** The coaches of whom somebody in HR is told nothing: themself, and whoever is above them. */
export async function coachesHidden(snapshot: Snapshot, subject: Subject): Promise<ReadonlySet<string>> {
  if (!hasRole(subject, 'hr')) return new Set();
  const { client } = snapshot;
  const above = [...(await upwardsOfHr(snapshot, subject))];
  return new Set([
    ...(await coachesIn(client, subject)),
    ...(await coachIdsOf(client, subject.tenantId, above)),
  ]);
}

/** The coaches that they are, be it the token's or an internal coach whose token does not say so. */
export async function coachesIn(
  client: Snapshot['client'],
  { tenantId, personId, coachId }: Subject,
): Promise<string[]> {
  const own = personId === undefined ? [] : await coachIdsOf(client, tenantId, [personId]);
  return [...new Set(coachId === undefined ? own : [coachId, ...own])];
}

/** Whomever they coach, or ever did. */
export const coachedBy = async (client: Snapshot['client'], subject: Subject): Promise<string[]> =>
  peopleOfCoaches(client, subject.tenantId, await coachesIn(client, subject));

/** Single records are open where the programme said so then, and still does: no date opens what is closed by now. */
const areOpenToManagers = (history: ProgramHistory, moments: readonly Moment[]): boolean =>
  moments.every((moment) => history(moment)?.program.values.managersSeeParticipation);
