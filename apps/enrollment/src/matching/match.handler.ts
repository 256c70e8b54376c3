import { derivedId } from '@cairn/event-store';
import type { EnrollmentEntity } from '../enrollment/enrollment.entity.js';
import type { Transaction } from '../transact.js';
import { matchDecider } from './match.decider.js';
import { MatchEntity } from './match.entity.js';
import { decideMatch, lockMatchOf } from './match.rows.js';

/** Opens the match of an enrolment that has just become active, in the transaction of its activation. */
export async function requestMatch(tx: Transaction, enrollment: EnrollmentEntity, at: string): Promise<void> {
  const { enrollmentId, programId, cohortId, personId, tenantId } = enrollment;
  const matchId = derivedId(tx.identity.commandId, 'match');
  const match = tx.manager.create(MatchEntity, {
    matchId,
    tenantId,
    enrollmentId,
    programId,
    cohortId,
    personId,
    coachId: null,
    runId: null,
    version: 0,
    createdAt: new Date(tx.identity.now),
  });
  match.state = matchDecider.initialState;
  await decideMatch(tx, match, {
    kind: 'request',
    at,
    refs: { matchId, enrollmentId, programId, cohortId, personId },
  });
}

/** Ends what an enrolment that is over has of a match: a request is withdrawn, a coach's place given back. */
export async function endMatch(
  tx: Transaction,
  { enrollmentId }: EnrollmentEntity,
  at: string,
  reason: string,
): Promise<void> {
  const match = await lockMatchOf(tx, enrollmentId);
  if (match === null || match.state.status === 'none') return;
  // The match may have moved on after the fact that ends it, since imported facts come late.
  const last = match.state.lastOccurredAt;
  await decideMatch(tx, match, { kind: 'close', at: last > at ? last : at, reason });
}
