import { RefusedError } from '@cairn/decider';
import type { Transaction } from '../transact.js';
import { isLapsed } from './coach.decider.js';
import { CoachEntity } from './coach.entity.js';
import { credentialsLapsed, noPlaceLeft, notAvailable } from './coach.errors.js';
import { lockCoach } from './coach.rows.js';

/**
 * Takes one of a coach's places for a match. The row stays locked until the transaction ends; whoever takes several places
 * takes them in the order of coach ids.
 * @throws RefusedError where the coach is full or takes no new matches
 */
export async function takePlace(tx: Transaction, coachId: string): Promise<void> {
  await requirePlaces(tx, coachId, 1);
  await tx.manager
    .createQueryBuilder()
    .update(CoachEntity)
    .set({ placesTaken: () => 'places_taken + 1' })
    .where('coach_id = :coachId', { coachId })
    .execute();
}

/** Takes a place for a match that was made in the past, whatever the coach takes now. */
export async function takeToldPlace(tx: Transaction, coachId: string): Promise<void> {
  await lockCoach(tx, coachId);
  await tx.manager
    .createQueryBuilder()
    .update(CoachEntity)
    .set({ placesTaken: () => 'places_taken + 1', ceiling: () => 'greatest(ceiling, places_taken + 1)' })
    .where('coach_id = :coachId', { coachId })
    .execute();
}

/**
 * That the place which a proposal holds can become a match: since it was taken, the coach may have been suspended or
 * have come to take fewer. The row stays locked. @throws RefusedError
 */
export const keepPlace = (tx: Transaction, coachId: string): Promise<void> => requirePlaces(tx, coachId, 0);

async function requirePlaces(tx: Transaction, coachId: string, more: number): Promise<void> {
  const { status, state, placesTaken, capacity } = await lockCoach(tx, coachId);
  if (status !== 'approved') throw new RefusedError(notAvailable(coachId, status));
  if (state.status !== 'none' && isLapsed(state, tx.identity.occurredAt))
    throw new RefusedError(credentialsLapsed(coachId));
  if (placesTaken + more > capacity) throw new RefusedError(noPlaceLeft(coachId));
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
