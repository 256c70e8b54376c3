import { parseSlots } from '../src/coaches/weekly-hours.js';
import type { Coach, Coachee } from '../src/matching/candidates.js';

/** A Wednesday in winter. */
export const ON = '2026-01-14';

export const hours = (zone: string, text: string) => ({ zone, slots: parseSlots(text)! });

/** A coachee who asks for nothing in particular, but for what `some` says. */
export function coachee(externalRef: string, some: Partial<Coachee> = {}): Coachee {
  return {
    personId: `person-${externalRef}`,
    externalRef,
    level: 'manager',
    function: null,
    industry: null,
    managerChain: [],
    themes: [],
    styles: [],
    languages: ['en'],
    hours: null,
    declinedCoachIds: [],
    ...some,
  };
}

/** An approved external coach with one place left, but for what `some` says. */
export function coach(externalRef: string, some: Partial<Coach> = {}): Coach {
  return {
    coachId: `coach-${externalRef}`,
    externalRef,
    status: 'approved',
    placesLeft: 1,
    capacity: 1,
    personId: null,
    managerChain: [],
    industries: [],
    functions: [],
    levels: ['manager', 'director'],
    years: 10,
    specialties: [],
    styles: [],
    languages: ['en'],
    hours: hours('Europe/Berlin', 'mon-fri 09:00-17:00'),
    conflicts: [],
    ...some,
  };
}
