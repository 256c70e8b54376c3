import type { Subject } from '@cairn/identity';
import { readsTotals } from '../../people/reach.js';
import type { CoachEntity } from '../coach.entity.js';
import { formatSlots } from '../weekly-hours.js';

/** What a coachee who may choose them reads of a coach. */
export function introduced({ coachId, name, state }: CoachEntity) {
  if (state.status === 'none') throw new Error(`coach ${coachId} has no state`);
  const { hours, ...profile } = state.profile;
  return { coachId, name, ...profile, hours: formatSlots(hours.slots), zone: hours.zone };
}

/**
 * A coach as HR, the programme admin and the coach read it. How many coachees they have tells HR of those whose record it
 * may not see.
 */
export function shownTo(subject: Subject, coach: CoachEntity) {
  const { coachId, externalRef, email, personId, status, capacity, placesTaken, conflicts } = coach;
  const places = readsTotals(subject) || subject.coachId === coachId ? { placesTaken } : {};
  return { externalRef, ...introduced(coach), email, personId, status, capacity, ...places, conflicts };
}
