import { fold, RefusedError } from '@cairn/decider';
import { EnrollmentEntity } from '../enrollment/enrollment.entity.js';
import { inTime, type Transaction } from '../transact.js';
import { dropAnswers, mixAnswers } from './answers.js';
import type { AssessmentIntent, Uncounted } from './assessment.commands.js';
import { assessmentDecider, OPEN } from './assessment.decider.js';
import { AssessmentEntity } from './assessment.entity.js';
import { noSuchAssessment } from './assessment.errors.js';
import type { AssessmentEvent } from './assessment.events.js';

export const assessmentStream = (assessmentId: string): string => `assessment-${assessmentId}`;

/** An assessment's row, locked: answers, commands and deadlines of one assessment come past here one after the other. */
export async function lockAssessment(tx: Transaction, assessmentId: string): Promise<AssessmentEntity> {
  const { tenantId } = tx.identity;
  const found = await tx.manager.findOne(AssessmentEntity, {
    where: { assessmentId, tenantId },
    lock: { mode: 'pessimistic_write' },
  });
  if (found === null) throw new RefusedError(noSuchAssessment());
  return found;
}

/** How far time may be settled at `at`: of history that is told, no further than it was declared. */
export async function settledUpTo(tx: Transaction, enrollmentId: string, at: string): Promise<string> {
  const { history } = (await tx.manager.findOneByOrFail(EnrollmentEntity, { enrollmentId })).state;
  if (history === null) return at;
  const through = history.through ?? '';
  return through < at ? through : at;
}

/**
 * Decides and writes: the assessment's row, what becomes of its answers, and the events into the transaction. The row is
 * locked by the caller. @throws RefusedError
 */
export async function decideAssessment(
  tx: Transaction,
  assessment: AssessmentEntity,
  intent: AssessmentIntent & { readonly at: string },
): Promise<readonly AssessmentEvent[]> {
  const { assessmentId, enrollmentId, uncounted, state: before } = assessment;
  const last = before.status === 'none' ? null : before.lastOccurredAt;
  const given = inTime(tx.identity, intent, last);
  const settleThrough = await settledUpTo(tx, enrollmentId, given.at);
  const decision = assessmentDecider.decide({ ...given, uncounted, settleThrough }, before);
  if (!decision.ok) throw new RefusedError(decision.refusal);
  const { events } = decision;
  if (events.length === 0) return [];

  const isNew = assessment.version === 0;
  const after = fold(assessmentDecider, events, before);
  tx.append(assessmentStream(assessmentId), events, assessment.version);
  assessment.version += events.length;
  assessment.state = after;
  assessment.status = after.status;
  assessment.uncounted = leftToCount(uncounted, events);
  if (isNew) await tx.manager.insert(AssessmentEntity, assessment as object);
  else await saveAssessment(tx, assessment);
  const types = new Set(events.map(({ type }) => type));
  if (types.has('AssessmentWithdrawn') || types.has('ResultsReleased')) await dropAnswers(tx, assessmentId);
  else if (types.has('AssessmentClosed')) await mixAnswers(tx, assessmentId);
  return events;
}

export async function saveAssessment(tx: Transaction, assessment: AssessmentEntity): Promise<void> {
  const { assessmentId, version, status, state, answered, uncounted } = assessment;
  const columns = { version, status, state, answered, uncounted };
  await tx.manager.update(AssessmentEntity, { assessmentId }, columns as object);
}

function leftToCount(uncounted: readonly Uncounted[], events: readonly AssessmentEvent[]) {
  const told = new Set<string>();
  for (const event of events) {
    if (event.type === 'AssessmentClosed' || event.type === 'AssessmentWithdrawn') return [];
    if (event.type === 'AnswersCounted') told.add(event.data.on);
  }
  return uncounted.filter(({ on }) => !told.has(on));
}

/** Withdraws what is open of an enrolment's assessments: nobody is left to read the results. */
export const withdrawOpen = (
  tx: Transaction,
  enrollmentId: string,
  at: string,
  reason: string,
): Promise<void> => decideEach(tx, enrollmentId, OPEN, { kind: 'withdraw', at, reason });

/** Takes back what a coachee shares with their coach: the next one has not been asked about. */
export const unshare = (tx: Transaction, enrollmentId: string, at: string): Promise<void> =>
  decideEach(tx, enrollmentId, ['released'], { kind: 'share', at, shared: false });

/** Of the enrolment's assessments in one of these states, each decides the same, no earlier than what it knows. */
async function decideEach(
  tx: Transaction,
  enrollmentId: string,
  statuses: readonly AssessmentEntity['status'][],
  intent: AssessmentIntent & { readonly at: string },
): Promise<void> {
  const found = await tx.manager
    .createQueryBuilder(AssessmentEntity, 'a')
    .setLock('pessimistic_write')
    .where('a.tenant_id = :tenantId AND a.enrollment_id = :enrollmentId', {
      tenantId: tx.identity.tenantId,
      enrollmentId,
    })
    .andWhere('a.status = ANY (:statuses)', { statuses })
    .orderBy('a.assessment_id')
    .getMany();
  for (const assessment of found) {
    const last = assessment.state.status === 'none' ? intent.at : assessment.state.lastOccurredAt;
    await decideAssessment(tx, assessment, { ...intent, at: last > intent.at ? last : intent.at });
  }
}
