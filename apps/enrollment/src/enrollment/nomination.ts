import { RefusedError } from '@cairn/decider';
import { noSuchPerson } from '../people/people.errors.js';
import { PersonEntity } from '../people/person.entity.js';
import { assessPerson } from '../programs/assess.js';
import { dayIn } from '../programs/calendar.js';
import { withoutFigures } from '../programs/eligibility.js';
import { latestEvaluation, recordEligibility } from '../programs/eligibility.record.js';
import type { ProgramEntity } from '../programs/program.entity.js';
import type { Transaction } from '../transact.js';
import { EnrollmentEntity } from './enrollment.entity.js';
import { OPEN } from './enrollment.state.js';
import { hasLeft, notCompleted, notEligible } from './enrollment.errors.js';

/** @throws RefusedError where the person is not there, has left by that day, or is known by no more than a name */
export async function requireNominable(tx: Transaction, personId: string, on: string): Promise<void> {
  // Shared: an import that ends the person waits, and its event then finds the enrolment.
  const person = await tx.manager.findOne(PersonEntity, {
    where: { personId, tenantId: tx.identity.tenantId },
    lock: { mode: 'pessimistic_read' },
  });
  if (person === null) throw new RefusedError(noSuchPerson());
  if (person.leftOn !== null && person.leftOn <= on) throw new RefusedError(hasLeft(person.leftOn));
  if (!person.completed) throw new RefusedError(notCompleted());
}

/**
 * Goes by what HR has seen: what the latest evaluation by the programme's present rules recorded of the person. Where there
 * is none, judges as of the day of the command and records it. @throws RefusedError
 */
export async function requireEligible(
  tx: Transaction,
  program: ProgramEntity,
  personId: string,
  override: boolean,
): Promise<void> {
  const { rules, values } = program.state;
  if (rules.list.length === 0) return;
  const { tenantId, occurredAt } = tx.identity;
  const evaluated = await latestEvaluation(tx, program.programId, rules.version, personId);
  if (evaluated?.eligible || (evaluated && override)) return;
  const asOf = evaluated?.asOf ?? dayIn(values.zone, occurredAt);
  const assessed = await assessPerson(tx.manager, tenantId, rules.list, asOf, personId);
  const failing = assessed.rules
    .filter(({ code, holds }) => evaluated?.ruleCodes.includes(code) ?? !holds)
    // Whoever nominates may not reach all of a team, and the dry run has its figures for those who do.
    .map(({ code, why }) => ({ code, why: why.map(withoutFigures) }));
  if (failing.length > 0 && !override)
    throw new RefusedError(notEligible(failing, asOf, evaluated !== undefined));
  await recordEligibility(tx, program.programId, rules.version, [assessed], null);
}

/** The open enrolment of a person in a programme. */
export const openEnrollmentOf = (tx: Transaction, programId: string, personId: string) =>
  tx.manager
    .createQueryBuilder(EnrollmentEntity, 'e')
    .where('e.tenant_id = :tenant AND e.program_id = :programId AND e.person_id = :personId', {
      tenant: tx.identity.tenantId,
      programId,
      personId,
    })
    .andWhere('e.status = ANY (:open)', { open: OPEN })
    .getOne();
