import type { DirectoryPerson, PersonKey } from './directory.js';
import {
  changeEvent,
  type Change,
  inOrder,
  leftEvent,
  type PersonEvent,
  type Place,
  ratingEvent,
  reasonEvent,
  scoreEvent,
  type When,
} from './events.js';
import type { PersonName } from './names.js';
import type { PersonRow } from './rows.js';

/** One person after the import and what is to be recorded about them. No events: only the directory changes. */
export interface PersonChange {
  readonly key: PersonKey;
  /** As the person was before; null for somebody new. */
  readonly before: DirectoryPerson | null;
  readonly after: DirectoryPerson;
  readonly events: readonly PersonEvent[];
  /** What is new, by name: 'name', 'manager', 'left' … */
  readonly changed: readonly string[];
}

/** Where somebody works, as events carry it: what is not known is not there. */
export const placeOf = (person: Pick<DirectoryPerson, 'department' | 'position' | 'location'>): Place => ({
  ...(person.department ? { department: person.department } : {}),
  ...(person.position ? { position: person.position } : {}),
  ...(person.location ? { location: person.location } : {}),
});

/** Where somebody works now, of what has changed: what is null is not known any more. */
export const movedTo = (after: Partial<DirectoryPerson>): Place & Pick<Change, 'cleared'> => {
  const cleared = (['department', 'position', 'location'] as const).filter((name) => after[name] === null);
  return { ...placeOf({ ...NOWHERE, ...after }), ...(cleared.length > 0 ? { cleared } : {}) };
};
const NOWHERE = { department: null, position: null, location: null };

/** From when this row's changes hold. */
export const since = (row: PersonRow, snapshotOn: string): When =>
  row.effectiveOn ? { on: row.effectiveOn, dateBasis: 'column' } : { on: snapshotOn, dateBasis: 'snapshot' };

/** A person who was not in the directory. */
export function added(row: PersonRow, managerKey: PersonKey | null, snapshotOn: string): PersonChange {
  const after: DirectoryPerson = {
    key: row.key,
    givenName: row.givenName,
    familyName: row.familyName,
    email: row.email ?? null,
    department: row.department ?? null,
    position: row.position ?? null,
    location: row.location ?? null,
    level: row.level ?? 'individual',
    managerKey,
    hiredOn: row.hiredOn,
    onLeave: row.standing === 'onLeave',
    leftOn: row.leftOn,
    leavingReason: row.leavingReason,
    engagementScore: row.engagementScore,
    performanceRating: row.performanceRating,
  };
  const events: PersonEvent[] = [
    {
      type: 'PersonAdded',
      on: row.hiredOn,
      data: {
        startedOn: row.hiredOn,
        placeholder: false,
        level: after.level,
        ...(managerKey ? { managerKey } : {}),
        ...placeOf(after),
        dateBasis: 'column',
      },
    },
  ];
  if (after.onLeave) events.push(changeEvent('onLeave', since(row, snapshotOn)));
  if (row.leftOn !== null) events.push(leftEvent({ on: row.leftOn, dateBasis: 'column' }));
  if (row.leftOn !== null && row.leavingReason) events.push(reasonEvent(row.leftOn, row.leavingReason));
  if (row.engagementScore) events.push(scoreEvent(row.engagementScore));
  if (row.performanceRating) events.push(ratingEvent(row.performanceRating));
  return { key: after.key, before: null, after, events: inOrder(events), changed: [] };
}

/** A manager whom the file names but does not contain; there before all their reports, the first of them on `firstOn`. */
export function placeholderAdded(key: PersonKey, name: PersonName, firstOn: string): PersonChange {
  const after: DirectoryPerson = {
    key,
    givenName: name.givenName,
    familyName: name.familyName,
    email: null,
    department: null,
    position: null,
    location: null,
    level: 'manager',
    managerKey: null,
    hiredOn: null,
    onLeave: false,
    leftOn: null,
    leavingReason: null,
    engagementScore: null,
    performanceRating: null,
  };
  const data = { placeholder: true, level: after.level, dateBasis: 'column' } as const;
  return { key, before: null, after, events: [{ type: 'PersonAdded', on: firstOn, data }], changed: [] };
}

/** A person absent from a file that is complete. */
export function absent(before: DirectoryPerson, snapshotOn: string): PersonChange {
  const after: DirectoryPerson = { ...before, leftOn: snapshotOn, leavingReason: 'other', onLeave: false };
  const events = [leftEvent({ on: snapshotOn, dateBasis: 'snapshot' }), reasonEvent(snapshotOn, 'other')];
  return { key: before.key, before, after, events, changed: ['left', 'leavingReason'] };
}
