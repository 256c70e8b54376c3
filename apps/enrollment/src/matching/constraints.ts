import { isCandidate } from '../coaches/coach.js';
import type { ReadyCoach, ReadyCoachee } from './candidates.js';
import { sharedMinutes } from './overlap.js';

/** Below this, a session could hardly ever be placed. Minutes a week. */
export const MINIMUM_SHARED_MINUTES = 60;

/**
 * What must hold before fit is asked at all, in the order in which candidates are sifted: who may coach at all, whom the
 * rules keep apart, whom the coachee has seen, what the two need in common. Capacity comes last, so that it is named only
 * where coaches who qualify exist and all are full.
 */
export const CONSTRAINTS = [
  'approved',
  'in-service',
  'credentials',
  'reporting-line',
  'same-team',
  'declared-conflict',
  'declined-before',
  'level',
  'language',
  'hours',
  'capacity',
] as const;
export type Constraint = (typeof CONSTRAINTS)[number];

/** What each constraint asks, for people to read. */
export const CONSTRAINT_MEANINGS: Readonly<Record<Constraint, string>> = {
  approved: 'the coach has been approved',
  'in-service': 'the coach is neither suspended nor retired',
  credentials: 'the coach holds a valid credential, or never had one recorded',
  'reporting-line': 'coach and coachee do not stand in one reporting line',
  'same-team': 'coach and coachee do not report to the same manager',
  'declared-conflict': 'the coach has declared no conflict of interest with the coachee',
  'declined-before': 'the coach was not part of a declined shortlist or proposal',
  level: 'the coach coaches people of this level',
  language: 'coach and coachee share a language',
  hours: `their weekly hours meet for at least ${MINIMUM_SHARED_MINUTES} minutes`,
  capacity: 'the coach has a place left',
};

/** The conflicts of interest among them, and what each one says where it is there. */
export const CONFLICTS = {
  'reporting-line': 'coach and coachee are one person or stand in one reporting line',
  'same-team': 'coach and coachee report to the same manager',
  'declared-conflict': 'the coach has declared a conflict of interest with the coachee',
} as const satisfies Partial<Record<Constraint, string>>;
export type Conflict = keyof typeof CONFLICTS;

/** Who coaches managers coaches those who are about to become one. */
export function coachesLevelOf({ of: { level } }: ReadyCoachee, { levels }: ReadyCoach): boolean {
  return levels.has(level) || (level === 'individual' && levels.has('manager'));
}

const HOLDS: Readonly<Record<Constraint, (coachee: ReadyCoachee, coach: ReadyCoach) => boolean>> = {
  approved: (_, { of: { status } }) => !isCandidate(status),
  'in-service': (_, { of: { status } }) => status !== 'suspended' && status !== 'retired',
  credentials: (_, { of: { lapsed } }) => !lapsed,
  'reporting-line': ({ of: { personId }, chain }, coach) =>
    coach.of.personId === null ||
    (coach.of.personId !== personId && !chain.has(coach.of.personId) && !coach.chain.has(personId)),
  'same-team': ({ of: { managerChain } }, coach) =>
    coach.of.managerChain.length === 0 || coach.of.managerChain[0] !== managerChain[0],
  'declared-conflict': ({ of: { externalRef } }, { conflicts }) => !conflicts.has(externalRef),
  'declined-before': ({ declined }, { of: { coachId } }) => !declined.has(coachId),
  level: coachesLevelOf,
  language: ({ languages }, coach) =>
    languages.length === 0 || languages.some((language) => coach.languages.has(language)),
  hours: ({ week }, coach) => week === null || sharedMinutes(week, coach.week) >= MINIMUM_SHARED_MINUTES,
  capacity: (_, { placesLeft }) => placesLeft > 0,
};

/** The first constraint that keeps the two apart, or null where the coach qualifies. */
export function failedConstraint(coachee: ReadyCoachee, coach: ReadyCoach): Constraint | null {
  for (const constraint of CONSTRAINTS) if (!HOLDS[constraint](coachee, coach)) return constraint;
  return null;
}

/** The first conflict of interest between the two, or null. */
export function conflictBetween(coachee: ReadyCoachee, coach: ReadyCoach): Conflict | null {
  const conflicts = Object.keys(CONFLICTS) as Conflict[];
  return conflicts.find((conflict) => !HOLDS[conflict](coachee, coach)) ?? null;
}

/** Why nobody qualifies: the constraint that removed the last candidates, and how many each one removed on the way. */
export interface NobodyQualifies {
  readonly constraint: Constraint | 'no-coaches';
  readonly removed: readonly { readonly constraint: Constraint; readonly coaches: number }[];
}

/** Sifts the coaches by one constraint after the other. */
export function sift(coachee: ReadyCoachee, coaches: readonly ReadyCoach[]): ReadyCoach[] | NobodyQualifies {
  const counts = new Map<Constraint, number>();
  const left: ReadyCoach[] = [];
  for (const coach of coaches) {
    const failed = failedConstraint(coachee, coach);
    if (failed === null) left.push(coach);
    else counts.set(failed, (counts.get(failed) ?? 0) + 1);
  }
  if (left.length > 0) return left;
  const removed = CONSTRAINTS.flatMap((constraint) => {
    const count = counts.get(constraint);
    return count === undefined ? [] : [{ constraint, coaches: count }];
  });
  return { constraint: removed.at(-1)?.constraint ?? 'no-coaches', removed };
}
