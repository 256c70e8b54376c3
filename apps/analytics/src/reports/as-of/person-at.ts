import type { Level, PersonFact } from '../../projections/people/person-facts.js';
import { isKnown, type Moment } from './moment.js';

/** One person as the directory had them on a day. People's facts count from their own date in the world. */
export interface PersonAt {
  readonly personId: string;
  /** Absent for a placeholder, who counts as there before all its reports. */
  readonly startedOn?: string;
  readonly level: Level;
  readonly managerId?: string;
  readonly department?: string;
  readonly position?: string;
  readonly location?: string;
}

/**
 * @param facts of one person, in stream order
 * @param day on which the person is looked at. Undefined for somebody who was not known yet.
 */
export function personAt(facts: readonly PersonFact[], day: string, moment: Moment): PersonAt | undefined {
  let person: PersonAt | undefined;
  for (const fact of facts) {
    if (!isKnown(fact, moment)) continue;
    if (fact.fact === 'added')
      person = {
        personId: fact.personId,
        level: fact.level,
        ...(fact.day === undefined ? {} : { startedOn: fact.day }),
        ...(fact.managerId === undefined ? {} : { managerId: fact.managerId }),
        ...placeOf(fact),
      };
    else if (!person || fact.day > day) continue;
    else if (fact.fact === 'changed') person = changed(person, fact);
  }
  return person;
}

function changed(person: PersonAt, fact: PersonFact & { fact: 'changed' }): PersonAt {
  if (fact.kind === 'managerChanged') {
    const { managerId: _, ...without } = person;
    return fact.managerId === undefined ? without : { ...without, managerId: fact.managerId };
  }
  const cleared = Object.fromEntries((fact.cleared ?? []).map((name) => [name, undefined]));
  return {
    ...person,
    ...cleared,
    ...(fact.level === undefined ? {} : { level: fact.level }),
    ...placeOf(fact),
  };
}

const placeOf = ({
  department,
  position,
  location,
}: Pick<PersonAt, 'department' | 'position' | 'location'>) => ({
  ...(department === undefined ? {} : { department }),
  ...(position === undefined ? {} : { position }),
  ...(location === undefined ? {} : { location }),
});

/** Everybody whom the person is known to have reported to, or to come to report to, on whatever day. */
export const managersOf = (facts: readonly PersonFact[], moment: Moment): ReadonlySet<string> =>
  new Set(
    facts.flatMap((fact) =>
      isKnown(fact, moment) && 'managerId' in fact && fact.managerId !== undefined ? fact.managerId : [],
    ),
  );
