import type { EntityManager } from 'typeorm';
import { CoachEntity } from '../../coaches/coach.entity.js';
import { introduced } from '../../coaches/http/coach.shown.js';
import { meaningOf } from '../bulk-run.js';
import type { MatchEntity } from '../match.entity.js';
import type { FittingCoach } from '../match.events.js';

/** Matches as their API shows them: each coach with the score and its parts. */
export async function shown(manager: EntityManager, matches: readonly MatchEntity[]) {
  const coachIds = matches.flatMap(({ state }) => [
    ...('coaches' in state ? state.coaches.map(({ coachId }) => coachId) : []),
    ...('coach' in state ? [state.coach.coachId] : []),
  ]);
  const coaches = await manager
    .createQueryBuilder(CoachEntity, 'c')
    .where('c.coach_id = ANY (:coachIds)', { coachIds })
    .getMany();
  const known = new Map(coaches.map((coach) => [coach.coachId, coach]));
  const withFit = ({ coachId, score, parts }: FittingCoach) => ({
    ...introduced(known.get(coachId)!),
    score,
    parts,
  });
  return matches.map(({ matchId, enrollmentId, programId, cohortId, personId, status, state }) => ({
    matchId,
    enrollmentId,
    programId,
    cohortId,
    personId,
    status,
    shortlist: 'coaches' in state ? state.coaches.map(withFit) : null,
    coach: 'coach' in state ? withFit(state.coach) : null,
    /** Why the latest search found nobody. */
    nobody:
      state.status === 'requested' && state.nobody !== null
        ? { ...state.nobody, meaning: meaningOf(state.nobody.constraint) }
        : null,
  }));
}
