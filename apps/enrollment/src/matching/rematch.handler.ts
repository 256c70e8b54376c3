import { RefusedError } from '@cairn/decider';
import { Injectable } from '@nestjs/common';
import { EnrollmentEntity } from '../enrollment/enrollment.entity.js';
import type { Condition } from '../people/reach.js';
import { ProgramEntity } from '../programs/program.entity.js';
import { valuesAt } from '../programs/values-on.js';
import { Transactions, type CommandIdentity, type Keep, type Transaction } from '../transact.js';
import { bookedUntil, daysAfter, SILENT_DAYS } from './course.js';
import { courseOf, type Judgement } from './courses.js';
import { engagementOf, recordSignal } from './fit-signals.js';
import type { MatchCommand } from './match.commands.js';
import { isRunning, RUNNING, SOUGHT } from './match.decider.js';
import type { MatchEntity } from './match.entity.js';
import { noSuchMatch, notInState } from './match.errors.js';
import type { Party, RematchReason, Signal } from './match.events.js';
import { decideMatch, lockMatchOf, matchStream, requestMatch } from './match.rows.js';

const DAY_MS = 86_400_000;

/** What becomes of a match that runs: signals, the early warning, and the way to another coach. */
@Injectable()
export class RematchHandler {
  constructor(private readonly transactions: Transactions) {}

  /**
   * Opens the request for another coach beside the match that runs.
   * @param concerning which matches `m` there are to the giver
   * @param check that the giver may, and as whom
   * @returns the match that runs
   */
  request(
    identity: CommandIdentity,
    enrollmentId: string,
    reason: RematchReason,
    concerning: Condition,
    check: (running: MatchEntity, tx: Transaction) => Promise<Party | 'program'>,
    keep: Keep<MatchEntity>,
  ): Promise<MatchEntity> {
    return this.transactions.run(
      identity,
      async (tx) => {
        const running = await runningOf(tx, enrollmentId, concerning);
        const by = await check(running, tx);
        if (await tx.alreadyDone(matchStream(running.matchId))) return running;
        const sought = await lockMatchOf(tx, enrollmentId, { statuses: SOUGHT });
        const command = { kind: 'request-rematch', at: identity.occurredAt, by, reason } as const;
        const [requested] = await decideMatch(tx, running, { ...command, underWay: sought !== null });
        if (requested !== undefined && sought === null) {
          const from = { matchId: running.matchId, coachId: running.coachId! };
          await requestMatch(tx, running, requested.occurredAt, from);
        }
        return running;
      },
      keep,
    );
  }

  /** What one of the two thinks of the match. @param concerning as with `request` @param check as whom it is given */
  signal(
    identity: CommandIdentity,
    enrollmentId: string,
    signal: Signal,
    concerning: Condition,
    check: (running: MatchEntity) => Party,
    keep: Keep<MatchEntity>,
  ): Promise<MatchEntity> {
    return this.transactions.run(
      identity,
      async (tx) => {
        const running = await runningOf(tx, enrollmentId, concerning);
        const by = check(running);
        if (!isRunning(running.state))
          throw new RefusedError(notInState('judged by the two', running.status));
        const { refs, coach, matchedAt = identity.occurredAt } = running.state;
        const said = { coachId: coach.coachId, by, signal, at: identity.occurredAt };
        await recordSignal(tx, refs, said, matchedAt);
        return running;
      },
      keep,
    );
  }

  /** What the sessions of an engagement say of its match, where that runs still. */
  judge(
    identity: CommandIdentity,
    enrollmentId: string,
    engagementId: string,
    { reasons, silentAt }: Judgement,
  ): Promise<void> {
    return this.watch(identity, enrollmentId, ({ matchId }, at) =>
      Promise.resolve(
        engagementOf(matchId) === engagementId ? { kind: 'judge', at, reasons, silentAt } : null,
      ),
    );
  }

  /** Looks whether anything is in the calendar, when that has been due. */
  lookForSilence(identity: CommandIdentity, enrollmentId: string): Promise<void> {
    return this.watch(identity, enrollmentId, async (match, at, { manager }) => {
      const { tenantId, occurredAt, now } = identity;
      const enrollment = await manager.findOneByOrFail(EnrollmentEntity, { tenantId, enrollmentId });
      // A pause that ends sets the deadline anew.
      if (enrollment.status !== 'active' || !isRunning(match.state)) return null;
      // What was due long ago is looked at a day from now: sessions may be about to say what has been since.
      if (Date.parse(now) - Date.parse(occurredAt) > DAY_MS)
        return { kind: 'await-silence', at, until: daysAfter(now, 1) };
      const program = await manager.findOneByOrFail(ProgramEntity, { programId: match.programId });
      const days = SILENT_DAYS[valuesAt(program.state, at).cadence];
      const course = await courseOf(manager, engagementOf(match.matchId));
      const began = match.state.matchedAt ?? at;
      const last = bookedUntil(course) ?? began;
      const until = daysAfter(last > began ? last : began, days);
      return until > at ? { kind: 'await-silence', at, until } : { kind: 'fall-silent', at };
    });
  }

  private async watch(
    identity: CommandIdentity,
    enrollmentId: string,
    commandOf: (match: MatchEntity, at: string, tx: Transaction) => Promise<MatchCommand | null>,
  ): Promise<void> {
    await this.transactions.run(identity, async (tx) => {
      const match = await lockMatchOf(tx, enrollmentId, { statuses: RUNNING });
      if (match === null || !isRunning(match.state)) return;
      if (await tx.alreadyDone(matchStream(match.matchId))) return;
      const last = match.state.lastOccurredAt;
      const at = last > identity.occurredAt ? last : identity.occurredAt;
      const command = await commandOf(match, at, tx);
      if (command !== null) await decideMatch(tx, match, command);
    });
  }
}

/** The match that runs, or else the latest, which a command then refuses. @throws RefusedError where there is none at all */
async function runningOf(tx: Transaction, enrollmentId: string, concerning: Condition): Promise<MatchEntity> {
  const match =
    (await lockMatchOf(tx, enrollmentId, { statuses: RUNNING, concerning })) ??
    (await lockMatchOf(tx, enrollmentId, { concerning }));
  if (match === null) throw new RefusedError(noSuchMatch());
  return match;
}
