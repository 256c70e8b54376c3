import { fold, RefusedError } from '@cairn/decider';
import { endOfDay } from '../programs/calendar.js';
import { inTime, type Transaction } from '../transact.js';
import type { CoachCommand } from './coach.commands.js';
import { coachDecider } from './coach.decider.js';
import { CoachEntity } from './coach.entity.js';
import { noSuchCoach } from './coach.errors.js';
import type { ToldProfile } from './coach.events.js';
import type { CoachProfile, TellingCredential } from './coach.js';

export const coachStream = (coachId: string): string => `coach-${coachId}`;

/** A coach's row, locked. */
export async function lockCoach(tx: Transaction, coachId: string): Promise<CoachEntity> {
  const { tenantId } = tx.identity;
  const coach = await tx.manager.findOne(CoachEntity, {
    where: { coachId, tenantId },
    lock: { mode: 'pessimistic_write' },
  });
  if (coach === null) throw new RefusedError(noSuchCoach());
  return coach;
}

/**
 * Decides a command: the row is changed in memory and the events are queued; the caller writes the row.
 * @throws RefusedError
 */
export function decideCoach(tx: Transaction, coach: CoachEntity, command: CoachCommand): void {
  const last = coach.state.status === 'none' ? null : coach.state.lastOccurredAt;
  const decision = coachDecider.decide(inTime(tx.identity, command, last), coach.state);
  if (!decision.ok) throw new RefusedError(decision.refusal);
  if (decision.events.length === 0) return;
  tx.append(coachStream(coach.coachId), decision.events, coach.version);
  coach.version += decision.events.length;
  const after = fold(coachDecider, decision.events, coach.state);
  if (after.status === 'none') return;
  coach.state = after;
  coach.status = after.status;
  coach.personId = after.personId;
  coach.capacity = after.capacity;
  coach.ceiling = Math.max(after.capacity, coach.placesTaken);
  coach.reassessedAt = after.reassessed === undefined ? null : new Date(after.reassessed.at);
}

/** Records credentials, or renews them; each is valid to the end of its last day where the coach is. @throws RefusedError */
export function decideCredentials(
  tx: Transaction,
  coach: CoachEntity,
  credentials: readonly TellingCredential[] = [],
): void {
  const { occurredAt: at } = tx.identity;
  for (const { expiresOn, ...held } of credentials) {
    const expires = expiresOn === null ? null : { on: expiresOn, at: lastInstant(coach, expiresOn) };
    decideCoach(tx, coach, { kind: 'record-credential', at, ...held, expires });
  }
}

/** When a day is over where the coach is. */
export const lastInstant = ({ state }: CoachEntity, day: string): string =>
  endOfDay(state.status === 'none' ? 'UTC' : state.profile.hours.zone, day);

/** Writes a coach's row, apart from the places, which only `places.ts` counts. */
export async function saveCoach(tx: Transaction, coach: CoachEntity): Promise<void> {
  const { coachId, name, email, personId, conflicts } = coach;
  const { version, status, state, capacity, ceiling, reassessedAt } = coach;
  const details = { name, email, personId, conflicts, reassessedAt };
  const columns = { ...details, version, status, state, capacity, ceiling };
  await tx.manager.update(CoachEntity, { coachId }, columns as object);
}

/** The profile as events tell it. */
export const toldOf = (profile: CoachProfile): ToldProfile => ({
  industries: profile.industries,
  functions: profile.functions,
  levels: profile.levels,
  years: profile.years,
  specialties: profile.specialties,
  styles: profile.styles,
  languages: profile.languages,
  hours: profile.hours,
});
