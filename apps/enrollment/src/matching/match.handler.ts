import { RefusedError } from '@cairn/decider';
import { Injectable } from '@nestjs/common';
import { noSuchCoach } from '../coaches/coach.errors.js';
import { isCandidate } from '../coaches/coach.js';
import { lockCoach } from '../coaches/coach.rows.js';
import { dayIn } from '../programs/calendar.js';
import type { Condition } from '../people/reach.js';
import { ProgramEntity } from '../programs/program.entity.js';
import { Transactions, type CommandIdentity, type Keep, type Transaction } from '../transact.js';
import { readyCoach, readyCoachee } from './candidates.js';
import { loadCoachees, loadCoaches } from './candidates.load.js';
import { fit } from './fit.js';
import type { MatchCommand } from './match.commands.js';
import { RUNNING, SOUGHT, type MatchState } from './match.decider.js';
import type { MatchEntity } from './match.entity.js';
import { conflictOfInterest, neverApproved, noOpenHistory, noSuchMatch, notInState } from './match.errors.js';
import { coachLeaves, decideMatch, isHistory, lockMatchOf, matchStream, requestMatch } from './match.rows.js';
import { shortlist } from './shortlist.js';

/** What a handler hands to `give`: the command, made from the match as it was found under its lock. */
export type CommandOf = (match: MatchEntity, tx: Transaction) => MatchCommand | Promise<MatchCommand>;

/** A command, and the match that it is on: another than was found, where a request is opened anew. */
export interface Given {
  readonly match: MatchEntity;
  readonly command: MatchCommand;
}

@Injectable()
export class MatchHandler {
  constructor(private readonly transactions: Transactions) {}

  /**
   * The coach has left the company: a proposal goes back to the request, a running match ends, and another coach is looked
   * for, so that nobody is left without one unseen. @throws RefusedError where it is neither
   */
  leave(identity: CommandIdentity, enrollmentId: string, coachId: string): Promise<MatchEntity> {
    return this.transactions.run(identity, async (tx) => {
      const match = await lockMatchOf(tx, enrollmentId, { coachId });
      if (match === null) throw new RefusedError(noSuchMatch());
      if (await tx.alreadyDone(matchStream(match.matchId))) return match;
      const command = coachLeaves(match.state, identity.occurredAt);
      if (command === null) throw new RefusedError(notInState('left by its coach', match.status));
      await decideMatch(tx, match, command);
      const sought = await lockMatchOf(tx, enrollmentId, { statuses: SOUGHT });
      if (command.kind === 'close' && sought === null && !(await isHistory(tx, match)))
        await requestMatch(tx, match, command.at, { matchId: match.matchId, coachId });
      return match;
    });
  }

  /** The coach to whom it is proposed takes no new match any more: it goes back to the request. */
  giveBack(identity: CommandIdentity, enrollmentId: string, coachId: string): Promise<MatchEntity> {
    return this.give(identity, enrollmentId, (match) => {
      const { state } = match;
      if (state.status !== 'proposed' || state.coach.coachId !== coachId)
        throw new RefusedError(notInState('given back', state.status));
      const last = state.lastOccurredAt;
      const at = last > identity.occurredAt ? last : identity.occurredAt;
      const command = { kind: 'decline', at, by: 'coach', code: 'no-capacity' } as const;
      return Promise.resolve({ match, command });
    });
  }

  /**
   * Any command on the match of an enrolment.
   * @param concerning which matches `m` there are to its giver: of a match and a request for the next, the one that is theirs
   * @throws RefusedError
   */
  give(
    identity: CommandIdentity,
    enrollmentId: string,
    commandOf: (found: MatchEntity, tx: Transaction) => Promise<Given>,
    keep?: Keep<MatchEntity>,
    concerning?: Condition,
  ): Promise<MatchEntity> {
    return this.transactions.run(
      identity,
      async (tx) => {
        const found = await lockMatchOf(tx, enrollmentId, { concerning });
        if (found === null) throw new RefusedError(noSuchMatch());
        if (await tx.alreadyDone(matchStream(found.matchId))) return found;
        const { match, command } = await commandOf(found, tx);
        if (command.kind === 'accept') await handOver(tx, match, command.at);
        await decideMatch(tx, match, command);
        return match;
      },
      keep,
    );
  }
}

/** The next coach accepts: the match with the former one, where it goes on still, ends with that. */
async function handOver(tx: Transaction, { enrollmentId, state }: MatchEntity, at: string): Promise<void> {
  if (state.status !== 'proposed' || state.from === undefined) return;
  // Places in the order of coach ids, as everywhere where several are taken.
  for (const coachId of [state.coach.coachId, state.from.coachId].sort()) await lockCoach(tx, coachId);
  const former = await lockMatchOf(tx, enrollmentId, { statuses: RUNNING });
  if (former !== null) await decideMatch(tx, former, { kind: 'close', at, reason: 'rematch' });
}

/** Finds the best coaches for a request: the command that keeps them, or names the constraint that nobody meets. */
export async function shortlistFor(match: MatchEntity, tx: Transaction): Promise<MatchCommand> {
  const { occurredAt: at } = tx.identity;
  const { coachee, coaches } = await candidatesFor(match, tx);
  const found = shortlist(coachee, coaches);
  if (!found.found) return { kind: 'shortlist', at, outcome: found };
  const fitting = found.coaches.map(({ coach, fit }) => ({ coachId: coach.coachId, ...fit }));
  return { kind: 'shortlist', at, outcome: { found: true, coaches: fitting } };
}

/**
 * The shortlist of a history that is told: the coach who was found then, with the fit as it is computed now. Whether they
 * would be found now, no constraint is asked; but nobody ever coached themself. @throws RefusedError
 */
export async function toldShortlist(
  match: MatchEntity,
  tx: Transaction,
  coachId: string,
): Promise<MatchCommand> {
  const { coachee, coaches } = await candidatesFor(match, tx, coachId);
  const [coach] = coaches;
  if (coach === undefined) throw new RefusedError(noSuchCoach());
  if (!(await isHistory(tx, match))) throw new RefusedError(noOpenHistory());
  // Other services know a coach from their approval on.
  if (isCandidate(coach.of.status)) throw new RefusedError(neverApproved(coachId, coach.of.status));
  if (coach.of.personId === match.personId)
    throw new RefusedError(conflictOfInterest(coachId, 'reporting-line'));
  const fitting = { coachId, ...fit(coachee, coach) };
  return { kind: 'shortlist', at: tx.identity.occurredAt, outcome: { found: true, coaches: [fitting] } };
}

/** The coachee, and all coaches or the one, as they can be compared at the time of the command. */
async function candidatesFor(match: MatchEntity, tx: Transaction, coachId?: string) {
  const { tenantId, occurredAt } = tx.identity;
  const [coachee] = await loadCoachees(tx.manager, tenantId, [requestOf(match)]);
  const coaches = await loadCoaches(tx.manager, tenantId, occurredAt, coachId);
  const program = await tx.manager.findOneByOrFail(ProgramEntity, { programId: match.programId });
  const on = dayIn(program.state.values.zone, occurredAt);
  return { coachee: readyCoachee(coachee!, on), coaches: coaches.map((coach) => readyCoach(coach, on)) };
}

/** A request as the search for coaches takes it. */
export function requestOf({
  enrollmentId,
  personId,
  state,
}: {
  enrollmentId: string;
  personId: string;
  state: MatchState;
}) {
  return { enrollmentId, personId, declinedCoachIds: state.status === 'none' ? [] : state.declinedCoachIds };
}
