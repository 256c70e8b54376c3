import { fold, RefusedError } from '@cairn/decider';
import { derivedId } from '@cairn/event-store';
import { unshare } from '../assessment/assessment.rows.js';
import { freePlace, keepPlace, takePlace, takeToldPlace } from '../coaches/places.js';
import { EnrollmentEntity } from '../enrollment/enrollment.entity.js';
import { EVERYTHING, type Condition } from '../people/reach.js';
import { inTime, type Transaction } from '../transact.js';
import { readyCoach, readyCoachee } from './candidates.js';
import { loadCoachees, loadCoaches } from './candidates.load.js';
import { conflictBetween } from './constraints.js';
import type { MatchCommand } from './match.commands.js';
import {
  holdsPlaceOf,
  isNextUnasked,
  isRunning,
  matchDecider,
  RUNNING,
  SOUGHT,
  type MatchState,
} from './match.decider.js';
import { MatchEntity } from './match.entity.js';
import { conflictOfInterest, outOfOrder } from './match.errors.js';
import { ASIDES, type From, type MatchEvent } from './match.events.js';

export const matchStream = (matchId: string): string => `match-${matchId}`;

/**
 * Decides and writes: the match's row, the coach's place that it takes or gives back, and the events into the transaction.
 * The match's row is locked by the caller. @throws RefusedError
 */
export async function decideMatch(
  tx: Transaction,
  match: MatchEntity,
  command: MatchCommand,
): Promise<readonly MatchEvent[]> {
  const before = match.state;
  const last = before.status === 'none' ? null : before.lastOccurredAt;
  const decision = matchDecider.decide(inTime(tx.identity, command, last), before);
  if (!decision.ok) throw new RefusedError(decision.refusal);
  const { events } = decision;
  if (events.length === 0) return [];

  const isNew = match.version === 0;
  const after = fold(matchDecider, events, before);
  tx.append(matchStream(match.matchId), events, match.version);
  const asidesIn = (some: typeof events) => some.filter(({ type }) => ASIDES.has(type)).length;
  const proposal = events.findIndex(({ type }) => type === 'MatchProposed');
  if (proposal >= 0)
    match.beforeProposal = match.version + proposal - match.asides - asidesIn(events.slice(0, proposal));
  match.asides += asidesIn(events);
  match.version += events.length;
  match.state = after;
  match.status = after.status;
  match.coachId = 'coach' in after ? after.coach.coachId : null;
  const held = holdsPlaceOf(before);
  const holds = holdsPlaceOf(after);
  if (isRunning(before) || asidesIn(events) === events.length) {
    // What happens to a running match asks nothing of the coach anew, nor does what its coach never hears of.
  } else if (holds !== null && (await isOfThePast(tx, match, command))) {
    if (holds !== held) await takeToldPlace(tx, holds);
  } else if (holds !== null) {
    // Whatever the shortlist said, the coach is judged anew at the proposal and at the match.
    await (holds === held ? keepPlace : takePlace)(tx, holds);
    await requireNoConflict(tx, match, holds);
  }
  if (held !== null && held !== holds) await freePlace(tx, held);

  const { matchId, version, asides, beforeProposal, status, state, coachId, runId } = match;
  if (isNew) await tx.manager.insert(MatchEntity, match as object);
  else
    await tx.manager.update(MatchEntity, { matchId }, {
      version,
      asides,
      beforeProposal,
      status,
      state,
      coachId,
      runId,
    } as object);
  // However the two came together, where the coachee has not handed over with the choice.
  if (isNextUnasked(before, events)) await unshare(tx, match.enrollmentId, events.at(-1)!.occurredAt);
  return events;
}

/**
 * Whether an importer tells that these two came together: then they did, and neither the coach's places nor conflicts of
 * interest as they are now are asked.
 */
const isOfThePast = async (tx: Transaction, match: MatchEntity, { kind }: MatchCommand): Promise<boolean> =>
  (kind === 'choose' || kind === 'accept') &&
  tx.identity.occurredAt !== tx.identity.now &&
  (await isHistory(tx, match));

/** Whether the history of the match's enrolment is being told. */
export async function isHistory(tx: Transaction, { tenantId, enrollmentId }: MatchEntity): Promise<boolean> {
  const { state } = await tx.manager.findOneByOrFail(EnrollmentEntity, { tenantId, enrollmentId });
  return state.history !== null;
}

/** @throws RefusedError where there is a conflict of interest by now */
async function requireNoConflict(
  { manager, identity: { tenantId, occurredAt } }: Transaction,
  { enrollmentId, personId }: MatchEntity,
  coachId: string,
): Promise<void> {
  const [coachee] = await loadCoachees(manager, tenantId, [{ enrollmentId, personId, declinedCoachIds: [] }]);
  const [coach] = await loadCoaches(manager, tenantId, occurredAt, coachId);
  // The day is that of their hours, which are no matter here.
  const on = occurredAt.slice(0, 10);
  const conflict = conflictBetween(readyCoachee(coachee!, on), readyCoach(coach!, on));
  if (conflict !== null) throw new RefusedError(conflictOfInterest(coachId, conflict));
}

/**
 * The match of an enrolment with which something is to be done, locked: the one for which a coach is looked for, then the
 * running one, then the latest. @param which of them only
 */
export const lockMatchOf = (
  tx: Transaction,
  enrollmentId: string,
  which: {
    readonly statuses?: readonly string[];
    readonly coachId?: string;
    readonly concerning?: Condition;
  } = {},
): Promise<MatchEntity | null> =>
  tx.manager
    .createQueryBuilder(MatchEntity, 'm')
    .setLock('pessimistic_write')
    .where('m.tenant_id = :tenantId AND m.enrollment_id = :enrollmentId', {
      tenantId: tx.identity.tenantId,
      enrollmentId,
    })
    .andWhere(which.statuses ? 'm.status = ANY (:statuses)' : 'true', which)
    .andWhere(which.coachId ? 'm.coach_id = :coachId' : 'true', which)
    .andWhere(`(${(which.concerning ?? EVERYTHING).sql})`, which.concerning?.parameters)
    .orderBy(FIRST_SOUGHT, 'DESC')
    .addOrderBy(THEN_RUNNING, 'DESC')
    .addOrderBy('m.created_at', 'DESC')
    .limit(1)
    .getOne();

/** Matches `m` for which a coach is looked for, then those that run. In SQL. */
export const FIRST_SOUGHT = `(m.status IN ('requested', 'shortlisted', 'proposed'))`;
export const THEN_RUNNING = `(m.status IN ('active', 'atRisk'))`;

/**
 * Opens the match of an enrolment: of one that has just become active, in the transaction of its activation, or the next
 * one, which leads away from another.
 */
export async function requestMatch(
  tx: Transaction,
  enrollment: Pick<EnrollmentEntity, 'enrollmentId' | 'programId' | 'cohortId' | 'personId' | 'tenantId'>,
  at: string,
  from?: From,
  declined: readonly string[] = [],
): Promise<MatchEntity> {
  const { enrollmentId, programId, cohortId, personId, tenantId } = enrollment;
  const matchId = derivedId(tx.identity.commandId, from ? 'rematch' : 'match');
  const match = tx.manager.create(MatchEntity, {
    matchId,
    tenantId,
    enrollmentId,
    programId,
    cohortId,
    personId,
    coachId: null,
    runId: null,
    version: 0,
    asides: 0,
    beforeProposal: 0,
    createdAt: new Date(tx.identity.now),
  });
  match.state = matchDecider.initialState;
  const refs = { matchId, enrollmentId, programId, cohortId, personId };
  await decideMatch(tx, match, { kind: 'request', at, refs, declined, ...(from && { from }) });
  return match;
}

/**
 * Opens a request anew where nobody coaches and nobody is looked for, though the enrolment goes on: the request was withdrawn,
 * or the coach left in a history. @param match the latest
 * @returns the match that something can be done with now: `match` itself where there is nothing to open
 */
export async function requestAnew(tx: Transaction, match: MatchEntity, told: string): Promise<MatchEntity> {
  const { enrollmentId, state } = match;
  if (state.status !== 'withdrawn' && state.status !== 'ended') return match;
  // Whoever ends the enrolment meanwhile waits, and ends this request with it.
  const enrollment = await tx.manager.findOneOrFail(EnrollmentEntity, {
    where: { tenantId: tx.identity.tenantId, enrollmentId },
    lock: { mode: 'pessimistic_write' },
  });
  if (!GOES_ON.includes(enrollment.status)) return match;
  const meanwhile = await lockMatchOf(tx, enrollmentId, { statuses: [...SOUGHT, ...RUNNING] });
  if (meanwhile !== null) return meanwhile;
  const last = state.lastOccurredAt;
  const { at } = inTime(tx.identity, { at: told }, last);
  if (at < last) throw new RefusedError(outOfOrder(at, last));
  const former = await lockMatchOf(tx, enrollmentId, { statuses: ['ended'] });
  const from = former === null ? undefined : { matchId: former.matchId, coachId: former.coachId! };
  const declined = state.status === 'withdrawn' ? state.declinedCoachIds : [];
  return requestMatch(tx, enrollment, at, from, declined);
}

const GOES_ON: readonly string[] = ['active', 'paused'];

/** Of matches `m`: the latest of an enrolment that goes on, where nobody coaches and nobody is looked for. In SQL. */
export const WITHOUT_ANYBODY = `m.status IN ('withdrawn', 'ended')
  AND EXISTS (SELECT 1 FROM enrollments g WHERE g.enrollment_id = m.enrollment_id AND g.status IN ('active', 'paused'))
  AND NOT EXISTS (SELECT 1 FROM matches o WHERE o.enrollment_id = m.enrollment_id
                     AND (o.status NOT IN ('withdrawn', 'ended') OR (o.created_at, o.match_id) > (m.created_at, m.match_id)))`;

/** What a coach's leaving does to a match: a proposal goes back to the request, an active one ends; null for any other. */
export function coachLeaves(state: MatchState, leftAt: string): MatchCommand | null {
  if (state.status !== 'proposed' && !isRunning(state)) return null;
  const at = state.lastOccurredAt > leftAt ? state.lastOccurredAt : leftAt;
  return state.status === 'proposed'
    ? { kind: 'decline', at, by: 'coach', code: 'other' }
    : { kind: 'close', at, reason: 'coach-left' };
}

/**
 * All matches of an enrolment, whatever becomes of them meanwhile: one that a coach accepts while this waits is neither
 * sought nor running to a look that asks for its status.
 */
export async function lockMatchesOf({ manager }: Transaction, enrollmentId: string): Promise<void> {
  const ofIt = 'SELECT FROM matches WHERE enrollment_id = $1 ORDER BY match_id FOR UPDATE';
  await manager.query(ofIt, [enrollmentId]);
}

/** Ends what an enrolment that is over has of matches: a request is withdrawn, a coach's place given back. */
export async function endMatch(
  tx: Transaction,
  { enrollmentId }: EnrollmentEntity,
  at: string,
  reason: string,
): Promise<void> {
  await lockMatchesOf(tx, enrollmentId);
  for (const statuses of [RUNNING, SOUGHT]) {
    const match = await lockMatchOf(tx, enrollmentId, { statuses });
    if (match === null || match.state.status === 'none') continue;
    // The match may have moved on after the fact that ends it, since imported facts come late.
    const last = match.state.lastOccurredAt;
    await decideMatch(tx, match, { kind: 'close', at: last > at ? last : at, reason });
  }
}
