import { movedTo, type PersonChange, since } from './changes.js';
import type { DirectoryPerson, PersonKey } from './directory.js';
import {
  changeEvent,
  inOrder,
  leftEvent,
  type PersonEvent,
  ratingEvent,
  reasonEvent,
  scoreEvent,
  type When,
} from './events.js';
import { levels } from './mapping.js';
import type { NoteCode } from './problems.js';
import type { PersonRow } from './rows.js';

/** A person in the directory, as the row shows them now. */
export function compared(
  before: DirectoryPerson,
  row: PersonRow,
  managerKey: PersonKey | null | undefined,
  snapshotOn: string,
): { readonly change: PersonChange; readonly notes: readonly NoteCode[] } {
  const after: Mutable<DirectoryPerson> = { ...before };
  const events: PersonEvent[] = [];
  const changed: string[] = [];
  const notes: NoteCode[] = [];

  if (row.givenName !== before.givenName || row.familyName !== before.familyName) changed.push('name');
  Object.assign(after, { givenName: row.givenName, familyName: row.familyName });
  if (row.email !== undefined && row.email !== before.email) {
    after.email = row.email;
    changed.push('email');
  }

  let when = since(row, snapshotOn);
  const wasGone = before.leftOn !== null;
  const isGone = row.standing === 'left';
  // A hire date after the leaving says when they came back; an older one is that of their first time.
  const hiredAgain = wasGone && row.hiredOn > before.leftOn!;
  const cameBack = wasGone && (!isGone || hiredAgain);
  if (cameBack) {
    let back: When = hiredAgain ? { on: row.hiredOn, dateBasis: 'column' } : when;
    if (back.on <= before.leftOn!) back = { on: snapshotOn, dateBasis: 'snapshot' };
    Object.assign(after, { leftOn: null, leavingReason: null, hiredOn: row.hiredOn, onLeave: false });
    events.push(changeEvent('returned', back));
    changed.push('returned');
    // Nothing of their second time is older than that.
    if (!isGone || when.on < back.on) when = back;
  } else if (row.hiredOn !== before.hiredOn) notes.push('hire-date-kept');

  if (isGone) {
    const left: When = row.leftOn !== null ? { on: row.leftOn, dateBasis: 'column' } : when;
    if (!wasGone || cameBack || (row.leftOn !== null && row.leftOn !== before.leftOn)) {
      Object.assign(after, { leftOn: left.on, onLeave: false });
      events.push(leftEvent(left));
      changed.push('left');
    }
    const reason = row.leavingReason ?? after.leavingReason;
    if (reason && (reason !== after.leavingReason || after.leftOn !== before.leftOn)) {
      if (reason !== after.leavingReason) changed.push('leavingReason');
      after.leavingReason = reason;
      events.push(reasonEvent(after.leftOn!, reason));
    }
    // What changed before somebody left is known at the latest on the day they did.
    if (when.on > after.leftOn!) when = { ...when, on: after.leftOn! };
  } else if ((row.standing === 'onLeave') !== after.onLeave) {
    after.onLeave = row.standing === 'onLeave';
    events.push(changeEvent(after.onLeave ? 'onLeave' : 'returned', when));
    changed.push(after.onLeave ? 'leave' : 'returned');
  }

  const role = roleOf(before, row, managerKey, isGone);
  if (wasGone && !cameBack) {
    if (role.changed.length > 0) notes.push('left-person-kept');
  } else {
    Object.assign(after, role.after);
    changed.push(...role.changed);
    // Only what is new: told late, the rest may have changed since that day.
    if (role.moved) events.push(changeEvent('moved', when, movedTo(role.after)));
    if (after.level !== before.level) {
      const up = levels.indexOf(after.level) > levels.indexOf(before.level);
      events.push(changeEvent(up ? 'levelUp' : 'levelDown', when, { level: after.level }));
    }
    if (after.managerKey !== before.managerKey) {
      events.push(changeEvent('managerChanged', when, { managerKey: after.managerKey }));
    }
  }

  const score = newer(row.engagementScore, before.engagementScore, (each) => each.surveyedOn);
  if (score === 'older') notes.push('older-score-kept');
  else if (score) {
    after.engagementScore = score;
    events.push(scoreEvent(score));
    changed.push('engagementScore');
  }
  const rating = newer(row.performanceRating, before.performanceRating, (each) => each.reviewedOn);
  if (rating === 'older') notes.push('older-rating-kept');
  else if (rating) {
    after.performanceRating = rating;
    events.push(ratingEvent(rating));
    changed.push('performanceRating');
  }
  return { change: { key: before.key, before, after, events: inOrder(events), changed }, notes };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Manager, place and level as the row has them. Empty cells of somebody who has left say nothing about the time before. */
function roleOf(
  before: DirectoryPerson,
  row: PersonRow,
  managerKey: PersonKey | null | undefined,
  isGone: boolean,
): { after: Partial<DirectoryPerson>; changed: string[]; moved: boolean } {
  const says = {
    department: row.department,
    position: row.position,
    location: row.location,
    level: row.level,
    managerKey,
  };
  const different = Object.entries(says).filter(
    ([key, value]) =>
      value !== undefined && !(isGone && value === null) && value !== before[key as keyof typeof says],
  );
  return {
    after: Object.fromEntries(different),
    changed: different.map(([key]) => (key === 'managerKey' ? 'manager' : key)),
    moved: different.some(([key]) => key === 'department' || key === 'position' || key === 'location'),
  };
}

/** The fact if it is news: of a later day, or another value of the same day. */
function newer<T extends object>(
  said: T | null,
  known: T | null,
  dayOf: (fact: T) => string,
): T | 'older' | null {
  if (said === null) return null;
  if (known === null || dayOf(said) > dayOf(known)) return said;
  if (dayOf(said) < dayOf(known)) return 'older';
  return Object.entries(said).some(([key, value]) => known[key as keyof T] !== value) ? said : null;
}
