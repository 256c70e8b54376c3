import { byReference } from '../coaches/label.js';
import type { Coach, ReadyCoach, ReadyCoachee } from './candidates.js';
import { sift, type NobodyQualifies } from './constraints.js';
import { fit, scoreOf, type Fit } from './fit.js';

/** A shortlist has three coaches where three qualify. */
export const SHORTLIST_LENGTH = 3;

export interface RankedCoach {
  readonly coach: Coach;
  readonly fit: Fit;
}

export type Shortlist =
  | { readonly found: true; readonly coaches: readonly RankedCoach[] }
  | ({ readonly found: false } & NobodyQualifies);

/**
 * The best coaches for one coachee, best first; equal scores stand in the order of the coaches' external references.
 * Coaches of declined shortlists (`declinedCoachIds`) are left out.
 */
export function shortlist(coachee: ReadyCoachee, coaches: readonly ReadyCoach[]): Shortlist {
  const left = sift(coachee, coaches);
  if (!Array.isArray(left)) return { found: false, ...left };
  const best = left
    .map((coach) => ({ coach, score: scoreOf(coachee, coach) }))
    .sort((a, b) => b.score - a.score || byReference(a.coach.of, b.coach.of))
    .slice(0, SHORTLIST_LENGTH);
  return { found: true, coaches: best.map(({ coach }) => ({ coach: coach.of, fit: fit(coachee, coach) })) };
}
