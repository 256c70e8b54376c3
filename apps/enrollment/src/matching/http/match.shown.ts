import { digestOf, versioned } from '@cairn/http';
import { hasRole, type Subject } from '@cairn/identity';
import type { EntityManager } from 'typeorm';
import { undecidedBy } from '../../coaches/access.js';
import { CoachEntity } from '../../coaches/coach.entity.js';
import { introduced } from '../../coaches/http/coach.shown.js';
import { seesPreferences } from '../../enrollment/http/enrollment.shown.js';
import { reachedByHr } from '../../people/reach.js';
import { meaningOf } from '../bulk-run.js';
import { opinionsOf, type Opinions } from '../fit-signals.js';
import { isRunning, type MatchState } from '../match.decider.js';
import { isCoachOf, versionSeenBy, type MatchEntity } from '../match.entity.js';
import type { FittingCoach } from '../match.events.js';

/**
 * Matches as their API shows them: each coach with the score and, for those who may see what was asked for, its parts: that
 * one of the themes asked for is the only one that a coach has would tell which.
 */
async function shown(manager: EntityManager, subject: Subject, matches: readonly MatchEntity[]) {
  const coachIds = matches.flatMap(({ state }) => [
    ...('coaches' in state ? state.coaches.map(({ coachId }) => coachId) : []),
    ...('coach' in state ? [state.coach.coachId] : []),
  ]);
  const coaches = await manager
    .createQueryBuilder(CoachEntity, 'c')
    .where('c.coach_id = ANY (:coachIds)', { coachIds })
    .getMany();
  const known = new Map(coaches.map((coach) => [coach.coachId, coach]));
  // Of a coach whose record HR does not read, the match of somebody else has no more than who it is.
  const undecided = hasRole(subject, 'hr') ? await undecidedBy(manager, subject, coaches) : new Set();
  const people = matches.map(({ personId }) => personId);
  const reached = await reachedByHr(manager, subject, people);
  return matches.map((match) => {
    const { matchId, enrollmentId, programId, cohortId, personId, status, state } = match;
    const isCoach = isCoachOf(subject, match);
    const withParts = reached.has(personId) || isCoach || seesPreferences(subject, personId);
    const isOwn = isCoach || (hasRole(subject, 'coachee') && subject.personId === personId);
    const withFit = ({ coachId, score, parts }: FittingCoach) => {
      const coach = known.get(coachId)!;
      if (undecided.has(coach) && !isOwn) return { coachId, name: coach.name };
      return { ...introduced(coach), score, ...(withParts ? { parts } : {}) };
    };
    return {
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
      /** Why it is at risk: what happened to its sessions. */
      risks: state.status === 'atRisk' ? state.risks : [],
      // The next coach is not told that there was another one.
      ...(isCoach ? {} : { kind: kindOf(state) }),
    };
  });
}

/** The same as they are read: with the reader's own words. No command answers these: it may be given in their name. */
export async function readBy(manager: EntityManager, subject: Subject, matches: readonly MatchEntity[]) {
  const running = matches.filter(({ state }) => isRunning(state)).map(({ matchId }) => matchId);
  const opinions = await opinionsOf(manager, running);
  const all = await shown(manager, subject, matches);
  return matches.map((match, n) => ({
    ...all[n]!,
    ...(isRunning(match.state) && ownWords(subject, match, opinions.get(match.matchId))),
    ...consent(subject, match),
  }));
}

/** What a command on a match answers, with its ETag. */
export async function answered(manager: EntityManager, subject: Subject, match: MatchEntity) {
  const [one] = await shown(manager, subject, [match]);
  return versionedFor(subject, match, one!);
}

/** With its ETag: coaches' profiles, and the reader's own word, move without the version, so they follow a dot. */
export const versionedFor = <Body>(subject: Subject, match: MatchEntity, body: Body) =>
  versioned(body, `${versionSeenBy(subject, match)}.${digestOf(body)}`);

const kindOf = (state: MatchState): 'first' | 'rematch' =>
  'from' in state && state.from !== undefined ? 'rematch' : 'first';

/** Whether the next coach is to know what the former one knew, as the coachee said it last. */
function consent(subject: Subject, { personId, state }: MatchEntity) {
  const isTheirs = hasRole(subject, 'coachee') && subject.personId === personId;
  return isTheirs && state.status === 'proposed' && state.from ? { handover: state.handover ?? false } : {};
}

/** What somebody said of their own match, to themself alone; and to the coachee that another coach is theirs for the asking. */
function ownWords(
  subject: Subject,
  match: MatchEntity,
  { coachee, coach, low }: Opinions = { coachee: null, coach: null, low: false },
) {
  if (hasRole(subject, 'coachee') && subject.personId === match.personId)
    return { fitSignal: coachee, rematchOffered: low || coachee === 'not-right' };
  return isCoachOf(subject, match) ? { fitSignal: coach } : {};
}
