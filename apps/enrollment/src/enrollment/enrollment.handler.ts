import { RefusedError } from '@cairn/decider';
import { derivedId } from '@cairn/event-store';
import { Injectable } from '@nestjs/common';
import { withdrawOpen } from '../assessment/assessment.rows.js';
import { endMatch, requestMatch } from '../matching/match.rows.js';
import { dayIn, deadlineAfter } from '../programs/calendar.js';
import type { ProgramEntity } from '../programs/program.entity.js';
import { cohortIsClosed, noSuchCohort } from '../programs/program.errors.js';
import { lockProgram, saveProgram } from '../programs/program.rows.js';
import type { TriggerKind } from '../programs/triggers.js';
import { endOf, valuesAt } from '../programs/values-on.js';
import { Transactions, type CommandIdentity, type Keep, type Transaction } from '../transact.js';
import type { EnrollmentCommand } from './enrollment.commands.js';
import { enrollmentDecider } from './enrollment.decider.js';
import { EnrollmentEntity } from './enrollment.entity.js';
import { alreadyEnrolled, noSuchEnrollment, programOver } from './enrollment.errors.js';
import type { EnrollmentEvent, Nominator } from './enrollment.events.js';
import { decideInto, enrollmentStream } from './enrollment.rows.js';
import {
  endWhereCoachGone,
  leaveWhereGone,
  hasLeft,
  leaving,
  noEarlierThanKnown,
  seekWhereCoachGone,
} from './leavers.js';
import { openEnrollmentOf, requireEligible, requireNominable } from './nomination.js';
import { inviteWaiting, waitingBefore } from './waitlist.js';

const OVER: readonly EnrollmentEvent['type'][] = [
  'EnrollmentCompleted',
  'EnrollmentDiscontinued',
  'EnrollmentCancelled',
];

/** What a handler hands to `give`: the command, made from what was found under the programme's lock. */
export type CommandOf = (
  enrollment: EnrollmentEntity,
  program: ProgramEntity,
  tx: Transaction,
) => EnrollmentCommand | Promise<EnrollmentCommand>;

@Injectable()
export class EnrollmentHandler {
  constructor(private readonly transactions: Transactions) {}

  /** Nominates a person into a cohort. @throws RefusedError when they are in the programme already */
  nominate(
    identity: CommandIdentity,
    to: {
      programId: string;
      cohortId: string;
      personId: string;
      by: Nominator;
      history: boolean;
      /** Although the eligibility rules do not hold. */
      override: boolean;
      /** The kind of trigger that proposed it. */
      reason?: TriggerKind;
    },
    keep?: Keep<EnrollmentEntity>,
  ): Promise<EnrollmentEntity> {
    const enrollmentId = derivedId(identity.commandId, 'enrollment');
    return this.transactions.run(
      identity,
      async (tx) => {
        const program = await lockProgram(tx, to.programId);
        const { tenantId } = identity;
        const known = await tx.manager.findOneBy(EnrollmentEntity, { enrollmentId, tenantId });
        if (known !== null) return known;
        const cohort = program.state.cohorts.find((one) => one.cohortId === to.cohortId);
        if (cohort === undefined) throw new RefusedError(noSuchCohort());
        const day = dayIn(program.state.values.zone, identity.occurredAt);
        if (cohort.closedOn !== null && cohort.closedOn <= day) throw new RefusedError(cohortIsClosed());
        const end = endOf(program, identity.occurredAt);
        if (end.endsAt <= identity.occurredAt) throw new RefusedError(programOver(to.programId, end.endsOn));
        // Of history that is told, the leaving comes when it is reached; else time has run already.
        await requireNominable(
          tx,
          to.personId,
          to.history ? day : dayIn(program.state.values.zone, identity.now),
        );
        const open = await openEnrollmentOf(tx, to.programId, to.personId);
        if (open !== null) throw new RefusedError(alreadyEnrolled(open.enrollmentId, open.status));

        const { by, history, override, reason, ...refs } = to;
        // What an importer tells has happened; nobody asks whether it should have.
        if (!history) await requireEligible(tx, program, to.personId, override);
        const enrollment = tx.manager.create(EnrollmentEntity, {
          enrollmentId,
          tenantId,
          ...refs,
          version: 0,
          status: 'none',
          state: enrollmentDecider.initialState,
          queue: null,
          createdAt: new Date(identity.now),
        });
        const at = identity.occurredAt;
        await decideInto(tx, program, enrollment, {
          kind: 'nominate',
          at,
          refs: { enrollmentId, ...refs },
          by,
          history,
          ...(reason ? { reason } : {}),
        });
        return enrollment;
      },
      keep,
    );
  }

  /** Whether an enrolment is this person's. */
  isOf(tenantId: string, enrollmentId: string, personId: string | undefined): Promise<boolean> {
    const { manager } = this.transactions.dataSource;
    return personId === undefined
      ? Promise.resolve(false)
      : manager.existsBy(EnrollmentEntity, { tenantId, enrollmentId, personId });
  }

  /** What time has brought about by now: an invitation that lapsed, the end of the enrolment. */
  settle(identity: CommandIdentity, enrollmentId: string): Promise<EnrollmentEntity> {
    return this.give(identity, enrollmentId, (found) => ({
      kind: 'expire',
      at: noEarlierThanKnown(identity, found),
    }));
  }

  /** The allotment is used up. */
  completeEarly(identity: CommandIdentity, enrollmentId: string): Promise<EnrollmentEntity> {
    return this.give(identity, enrollmentId, (found) => ({
      kind: 'complete',
      at: noEarlierThanKnown(identity, found),
      early: true,
    }));
  }

  /** Units that an engagement which has ended left are there again. */
  grantAgain(identity: CommandIdentity, enrollmentId: string, count: number): Promise<EnrollmentEntity> {
    return this.give(identity, enrollmentId, async (found, program, tx) => ({
      kind: 'grant-again',
      at: noEarlierThanKnown(identity, found),
      count,
      // Of a leaving, sessions may hear before the enrolment does.
      hasLeft: await hasLeft(tx, program, found, identity.occurredAt),
    }));
  }

  /** The coachee has left the company. */
  leave(identity: CommandIdentity, enrollmentId: string): Promise<EnrollmentEntity> {
    return this.give(identity, enrollmentId, (found) => leaving(identity, found));
  }

  /** Any command on an enrolment, with what follows from it: the match is asked for or ended, and a free place is given on. */
  give(
    identity: CommandIdentity,
    enrollmentId: string,
    commandOf: CommandOf,
    keep?: Keep<EnrollmentEntity>,
  ): Promise<EnrollmentEntity> {
    const { tenantId } = identity;
    return this.transactions.run(
      identity,
      async (tx) => {
        const found = await tx.manager.findOneBy(EnrollmentEntity, { enrollmentId, tenantId });
        if (found === null) throw new RefusedError(noSuchEnrollment());
        const program = await lockProgram(tx, found.programId);
        const enrollment = await tx.manager.findOneByOrFail(EnrollmentEntity, { enrollmentId, tenantId });
        if (await tx.alreadyDone(enrollmentStream(enrollmentId))) return enrollment;

        const command = await commandOf(enrollment, program, tx);
        const events = [...(await decideInto(tx, program, enrollment, command))];
        if (command.kind === 'declare-history') {
          events.push(...(await leaveWhereGone(tx, program, enrollment, command)));
          const over = events.find(({ type }) => OVER.includes(type));
          const until = over?.occurredAt ?? (command.complete ? null : command.through);
          await endWhereCoachGone(tx, program, enrollment, until);
          if (command.complete) await seekWhereCoachGone(tx, enrollment);
        }
        for (const event of events) {
          if (event.type === 'EnrollmentActivated') await requestMatch(tx, enrollment, event.occurredAt);
          else if (OVER.includes(event.type)) {
            await endMatch(tx, enrollment, event.occurredAt, endOfMatch(event));
            // One that is completed is still assessed: a follow-up asks what is left when it is over.
            if (event.type !== 'EnrollmentCompleted')
              await withdrawOpen(tx, enrollmentId, event.occurredAt, endOfMatch(event));
          }
        }
        if (events.length > 0) {
          await inviteWaiting(tx, program, enrollment);
          await saveProgram(tx, program);
        }
        return enrollment;
      },
      keep,
    );
  }
}

/**
 * Invites, or puts on the waitlist where no place is free or others wait for it. Imported history goes its own way: whom the
 * importer says was invited is not held up by who waits.
 */
export const inviteAt =
  ({ occurredAt: at }: CommandIdentity): CommandOf =>
  async ({ queue, state }, program, tx) => {
    const { zone, activationDays } = valuesAt(program.state, at);
    const before = await waitingBefore(tx, program, queue);
    const held = state.history === null ? before : 0;
    const place =
      program.placesTaken + held < program.capacity
        ? { free: true as const, deadline: deadlineAfter(zone, at, activationDays) }
        : { free: false as const, queue: before + 1 };
    return { kind: 'invite', at, place, ...endOf(program, at) };
  };

const endOfMatch = (event: EnrollmentEvent): string => {
  if (event.type === 'EnrollmentDiscontinued' || event.type === 'EnrollmentCancelled')
    return event.data.reason;
  return 'enrollment-completed';
};

/** What an enrolment that is activated at `at` is granted: its sessions, its last day, and the instant at which it is over. */
export const grantedAt = (program: ProgramEntity, at: string) => {
  const { allotment } = valuesAt(program.state, at);
  return { ...themesAt(program, at), allotment, ...endOf(program, at) };
};

/** The themes that preferences given at `at` may name. */
export const themesAt = ({ state }: ProgramEntity, at: string) => ({
  programThemes: valuesAt(state, at).themes,
});
