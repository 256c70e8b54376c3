import type { Subject } from '@cairn/identity';
import { hasRole } from '@cairn/identity';
import type { PersonAt } from './as-of/person-at.js';

/**
 * Where a person stood on the report's day and where they stand now: within a limited reader's reach is who is in it on
 * both, so that no date brings anybody into sight who has left it, nor the time before they came.
 */
export type Places = readonly (PersonAt | undefined)[];

/** Who reads a programme's report, and what that lets them see (the table "Who may see what" of the domain). */
export interface Reader {
  readonly role: 'hr' | 'program-admin' | 'manager' | 'sponsor';
  /** Operational measures in full, as they stand; else aggregates of closed months only. */
  readonly inFull: boolean;
  /** Theme and status of single people's goals, and so what is computed from them, in full. */
  readonly goals: boolean;
  /** Participation of single people. */
  readonly people: boolean;
  /** Who coaches a person, and so that it is another one now. */
  readonly coaches: boolean;
  /** What the programme costs, and how many places it has. */
  readonly terms: boolean;
  /** Who is in the report at all. */
  readonly includes: (places: Places, personId: string) => boolean;
  /**
   * Whose record may be open to the reader anyway, now or from another asOf, so that they do not count towards the
   * minimum group: themselves, whomever they ever coached, and for a manager all who ever reported to them, since what is
   * told of a month may not depend on the day from which it is asked for; and whatever the programme says today, since
   * that can change.
   * @param managers everybody whom the person ever reported to
   */
  readonly isOpenTo: (personId: string, managers: ReadonlySet<string>) => boolean;
}

/** What decides beside the token: the reader's reporting line upwards, whom they coach, and what the programme says. */
export interface Circumstances {
  /** Everybody who ever was the reader's manager, a manager of one of these and so on, whatever the report's day. */
  readonly lineUpwards: ReadonlySet<string>;
  /** Whomever the reader was ever matched with as their coach. */
  readonly coached: ReadonlySet<string>;
  /** On the report's day, and still. */
  readonly managersSeeParticipation: boolean;
}

/** Whether operational measures are told in full to the subject, as they stand; else as aggregates of closed months. */
export const readsInFull = (subject: Subject): boolean => hasRole(subject, 'hr', 'program-admin');

const nobody = () => false;
const everybody = () => true;

/** @param subject with one of the roles hr, program-admin, manager or sponsor; the first of these counts */
export function readerOf(subject: Subject, circumstances: Circumstances): Reader {
  const { personId: self, orgUnits } = subject;
  if (hasRole(subject, 'hr')) {
    const hidden = new Set([...circumstances.lineUpwards, ...(self ? [self] : [])]);
    return {
      role: 'hr',
      inFull: true,
      goals: true,
      people: true,
      coaches: true,
      terms: true,
      // Left out altogether: what is shown of all, less what is shown of each, must not be their own record.
      includes: (places, personId) =>
        !hidden.has(personId) &&
        (!orgUnits || places.every((place) => orgUnits.includes(place?.department ?? ''))),
      isOpenTo: nobody,
    };
  }
  const knows = (personId: string) => personId === self || circumstances.coached.has(personId);
  if (hasRole(subject, 'program-admin'))
    return {
      role: 'program-admin',
      inFull: true,
      goals: false,
      people: true,
      coaches: true,
      terms: true,
      includes: everybody,
      isOpenTo: knows,
    };
  if (hasRole(subject, 'manager'))
    return {
      role: 'manager',
      inFull: false,
      goals: false,
      people: circumstances.managersSeeParticipation,
      coaches: false,
      terms: hasRole(subject, 'sponsor'),
      includes: everybody,
      isOpenTo: (personId, managers) => knows(personId) || (self !== undefined && managers.has(self)),
    };
  return {
    role: 'sponsor',
    inFull: false,
    goals: false,
    people: false,
    coaches: false,
    terms: true,
    includes: everybody,
    isOpenTo: knows,
  };
}

/** The people of whom a reader may see single records. A manager sees who reported to them then, and still does. */
export const listed =
  (reader: Reader, self: string | undefined) =>
  (places: Places, personId: string): boolean =>
    reader.role === 'manager'
      ? self !== undefined && places.every((place) => place?.managerId === self)
      : reader.includes(places, personId);
