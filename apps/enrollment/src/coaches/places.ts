import { RefusedError } from '@cairn/decider';
import type { Transaction } from '../transact.js';
import { CoachEntity } from './coach.entity.js';
import { noPlaceLeft, noSuchCoach, notAvailable } from './coach.errors.js';

/**
 * Takes one of a coach's places for a match. The row stays locked until the transaction ends; whoever takes several places
 * takes them in the order of coach ids.
 * @throws RefusedError where the coach is full or takes no new matches
 */
export async function takePlace(tx: Transaction, coachId: string): Promise<void> {
  const { tenantId } = tx.identity;
  const taken = await tx.manager
    .createQueryBuilder()
    .update(CoachEntity)
    .set({ placesTaken: () => 'places_taken + 1' })
    .where('coach_id = :coachId AND tenant_id = :tenantId', { coachId, tenantId })
    .andWhere(`status = 'approved' AND places_taken < capacity`)
    .execute();
  if (taken.affected === 1) return;
  const coach = await tx.manager.findOneBy(CoachEntity, { coachId, tenantId });
  if (coach === null) throw new RefusedError(noSuchCoach());
  throw new RefusedError(
    coach.status === 'approved' ? noPlaceLeft(coachId) : notAvailable(coachId, coach.status),
  );
}

/** Gives a place back. */
export async function freePlace(tx: Transaction, coachId: string): Promise<void> {
  await tx.manager
    .createQueryBuilder()
    .update(CoachEntity)
    .set({ placesTaken: () => 'places_taken - 1', ceiling: () => 'greatest(capacity, places_taken - 1)' })
    .where('coach_id = :coachId', { coachId })
    .execute();
}
