import type { CoachEntity } from '../coach.entity.js';
import { formatSlots } from '../weekly-hours.js';

/** What a coachee who may choose them reads of a coach. */
export function introduced({ coachId, name, state }: CoachEntity) {
  if (state.status === 'none') throw new Error(`coach ${coachId} has no state`);
  const { hours, ...profile } = state.profile;
  return { coachId, name, ...profile, hours: formatSlots(hours.slots), zone: hours.zone };
}

/** A coach as HR, the programme admin and the coach read it. */
export function shown(coach: CoachEntity) {
  const { externalRef, email, personId, status, capacity, placesTaken, conflicts } = coach;
  return { externalRef, ...introduced(coach), email, personId, status, capacity, placesTaken, conflicts };
}
