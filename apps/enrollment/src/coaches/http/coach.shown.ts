import { digestOf } from '@cairn/http';
import type { Subject } from '@cairn/identity';
import type { EntityManager } from 'typeorm';
import { readsTotals } from '../../people/reach.js';
import { isOver } from '../coach.decider.js';
import type { CoachEntity } from '../coach.entity.js';
import { reassessmentsDue } from '../reassessments.js';
import { formatSlots } from '../weekly-hours.js';

/** What a coachee who may choose them reads of a coach. */
export function introduced({ coachId, name, state }: CoachEntity) {
  if (state.status === 'none') throw new Error(`coach ${coachId} has no state`);
  const { hours, ...profile } = state.profile;
  return { coachId, name, ...profile, hours: formatSlots(hours.slots), zone: hours.zone };
}

/**
 * A coach as HR, the programme admin and the coach read it at that time. How many coachees they have tells HR of those whose
 * record it may not see.
 */
export function shownTo(subject: Subject, coach: CoachEntity, dueAt: Date | undefined, at: string) {
  const { coachId, externalRef, email, personId, status, capacity, placesTaken, conflicts, state } = coach;
  if (state.status === 'none') throw new Error(`coach ${coachId} has no state`);
  const places = readsTotals(subject) || subject.coachId === coachId ? { placesTaken } : {};
  return {
    externalRef,
    ...introduced(coach),
    email,
    personId,
    status,
    capacity,
    ...places,
    conflicts,
    credentials: (state.credentials ?? []).map((held) => ({
      credential: held.credential,
      issuer: held.issuer,
      expiresOn: held.expiresOn,
      valid: !isOver(held, at),
    })),
    /** `dueAt`: the third completed engagement, or a year after the latest; null before. */
    reassessment: { dueAt: dueAt?.toISOString() ?? null, latest: state.reassessed ?? null },
  };
}

/** As `shownTo`, of several. */
export async function allShownTo(
  manager: EntityManager,
  subject: Subject,
  coaches: readonly CoachEntity[],
  at: string,
) {
  const due = await reassessmentsDue(
    manager,
    coaches.map(({ coachId }) => coachId),
  );
  return coaches.map((coach) => shownTo(subject, coach, due.get(coach.coachId), at));
}

/** The version for an ETag: places, the next reassessment and what expires move without the coach's, so they follow a dot. */
export const versionOf = ({ version }: CoachEntity, shown: ReturnType<typeof shownTo>): string =>
  `${version}.${digestOf(shown)}`;
