import { RefusedError } from '@cairn/decider';
import { derivedId } from '@cairn/event-store';
import { Injectable } from '@nestjs/common';
import type { Condition } from '../people/reach.js';
import { dayIn } from '../programs/calendar.js';
import { ProgramEntity } from '../programs/program.entity.js';
import { noSuchCohort, noSuchProgram } from '../programs/program.errors.js';
import { Transactions, withCommandId, type CommandIdentity } from '../transact.js';
import type { Assigned, Unassigned } from './assign.js';
import { assignApart } from './assign-apart.js';
import { loadCoachees, loadCoaches } from './candidates.load.js';
import { CONSTRAINT_MEANINGS, type NobodyQualifies } from './constraints.js';
import type { MatchCommand } from './match.commands.js';
import { MatchEntity } from './match.entity.js';
import { requestOf } from './match.handler.js';
import { decideMatch, lockMatchOf, WITHOUT_ANYBODY } from './match.rows.js';

export interface BulkRunResult {
  readonly assigned: readonly {
    readonly enrollmentId: string;
    readonly matchId: string;
    readonly personId: string;
    readonly coachId: string;
    readonly score: number;
  }[];
  readonly unassigned: readonly {
    readonly enrollmentId: string;
    readonly matchId: string;
    readonly personId: string;
    readonly constraint: NobodyQualifies['constraint'];
    readonly meaning: string;
  }[];
  /** Who has no coach and was not matched: they are choosing one, or paused, or none is looked for, or others were faster. */
  readonly leftOut: readonly {
    readonly enrollmentId: string;
    readonly matchId: string;
    readonly personId: string;
    readonly reason: keyof typeof LEFT_OUT;
    readonly meaning: string;
  }[];
  /** Σ of the scores assigned. */
  readonly totalFit: number;
}

/** Why a run leaves somebody as they are: a choice that is under way stays the coachee's. */
const LEFT_OUT = {
  shortlisted: 'has a shortlist to choose from; once it is declined, a run takes them along',
  proposed: 'has proposed to a coach, who has not answered yet',
  rematch: 'looks for another coach, whom they choose themself from a shortlist',
  withdrawn: 'has no coach, and none is looked for any more; a shortlist opens a request again',
  paused: 'is paused; once they go on, a run takes them along',
  outrun: 'others took the place that was found for them, again and again; another run takes them along',
} as const;

/** A coach's place that others took meanwhile is looked for again so often. */
const ROUNDS = 5;
/** Matches written at a time. */
const WRITERS = 4;

/**
 * After the optimum was found, the coach became full or was suspended, or a conflict of interest came up; or the request was
 * shortlisted by hand.
 */
const OUTRUN = [
  'coach-full',
  'coach-not-available',
  'conflict-of-interest',
  'match-state',
  'coach-declined-before',
];

/**
 * Matches a cohort at the optimum. Each match is written in a transaction of its own, under an id that follows from the
 * run's and the match's: a run that broke off is sent again under its key and goes on. What it wrote before was part of the
 * optimum, so that the rest of it is what is left to do.
 */
@Injectable()
export class BulkRun {
  constructor(private readonly transactions: Transactions) {}

  /** @param reach whom the giver of the command reaches, on `m.person_id` */
  async run(
    identity: CommandIdentity,
    programId: string,
    cohortId: string,
    reach: Condition,
  ): Promise<BulkRunResult> {
    const { tenantId, commandId } = identity;
    const { manager } = this.transactions.dataSource;
    const program = await manager.findOneBy(ProgramEntity, { programId, tenantId });
    if (program === null) throw new RefusedError(noSuchProgram());
    if (!program.state.cohorts.some((cohort) => cohort.cohortId === cohortId))
      throw new RefusedError(noSuchCohort());
    const on = dayIn(program.state.values.zone, identity.occurredAt);

    let unassigned: BulkRunResult['unassigned'] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const requests = await this.openRequests(identity, cohortId, reach);
      const requestFor = new Map(requests.map((request) => [request.personId, request]));
      const coachees = await loadCoachees(manager, tenantId, requests.map(requestOf));
      const optimum = await assignApart(
        coachees,
        await loadCoaches(manager, tenantId, identity.occurredAt),
        on,
      );
      const outrun = await this.write(
        optimum.assigned.map((each) => ({
          match: requestFor.get(each.coachee.personId)!,
          ...assignedBy(identity, each),
        })),
        identity,
      );
      await this.write(
        optimum.unassigned.map((each) => ({
          match: requestFor.get(each.coachee.personId)!,
          ...nobodyFor(identity, each),
        })),
        identity,
      );
      unassigned = optimum.unassigned.map(({ coachee, constraint }) => {
        const { enrollmentId, matchId, personId } = requestFor.get(coachee.personId)!;
        return { enrollmentId, matchId, personId, constraint, meaning: meaningOf(constraint) };
      });
      if (outrun === 0) break;
    }
    const matched = await manager.find(MatchEntity, {
      where: { tenantId, runId: commandId },
      order: { matchId: 'ASC' },
    });
    const assigned = matched.flatMap(({ enrollmentId, matchId, personId, state }) =>
      'coach' in state
        ? [{ enrollmentId, matchId, personId, coachId: state.coach.coachId, score: state.coach.score }]
        : [],
    );
    const millionths = assigned.reduce((sum, { score }) => sum + Math.round(score * 1e6), 0);
    const without = await this.withoutCoach(identity, cohortId, reach);
    const others = new Set(without.filter(({ reason }) => reason !== 'outrun').map(({ matchId }) => matchId));
    // Whoever was shortlisted or paused meanwhile is told as such, and once.
    const nobody = unassigned.filter(({ matchId }) => !others.has(matchId));
    const told = new Set(nobody.map(({ matchId }) => matchId));
    const leftOut = without.filter(({ matchId }) => !told.has(matchId));
    return { assigned, unassigned: nobody, leftOut, totalFit: millionths / 1e6 };
  }

  /** Requests of active enrolments that were there at the time of the run. */
  private openRequests(
    identity: CommandIdentity,
    cohortId: string,
    reach: Condition,
  ): Promise<MatchEntity[]> {
    return (
      this.matchesOf(identity, cohortId, reach)
        // Who looks for another coach chooses themself.
        .andWhere(`m.status = 'requested' AND e.status = 'active' AND m.state->'from' IS NULL`)
        .getMany()
    );
  }

  /** All who have no coach after the run, whoever the run found nobody for among them. */
  private async withoutCoach(
    identity: CommandIdentity,
    cohortId: string,
    reach: Condition,
  ): Promise<BulkRunResult['leftOut']> {
    const { entities, raw } = await this.matchesOf(identity, cohortId, reach)
      .addSelect('e.status', 'standing')
      .andWhere(
        `(m.status IN ('requested', 'shortlisted', 'proposed') AND e.status IN ('paused', 'active') OR ${WITHOUT_ANYBODY})`,
      )
      .getRawAndEntities<{ standing: string }>();
    return entities.map(({ enrollmentId, matchId, personId, status, state }, i) => {
      const again = 'from' in state && state.from !== undefined;
      const standing = status === 'requested' ? (again ? 'rematch' : 'outrun') : status;
      const isOver = status === 'withdrawn' || status === 'ended';
      const isPaused = raw[i]!.standing === 'paused';
      const reason = (isOver ? 'withdrawn' : isPaused ? 'paused' : standing) as keyof typeof LEFT_OUT;
      return { enrollmentId, matchId, personId, reason, meaning: LEFT_OUT[reason] };
    });
  }

  /** Matches (`m`) and their enrolments (`e`), as they were there at the time of the run. */
  private matchesOf({ tenantId, occurredAt }: CommandIdentity, cohortId: string, reach: Condition) {
    return this.transactions.dataSource
      .createQueryBuilder(MatchEntity, 'm')
      .innerJoin('enrollments', 'e', 'e.enrollment_id = m.enrollment_id')
      .where('m.tenant_id = :tenantId AND m.cohort_id = :cohortId', { tenantId, cohortId })
      .andWhere(`m.state->>'lastOccurredAt' <= :occurredAt`, { occurredAt })
      .andWhere(`(${reach.sql})`, reach.parameters)
      .orderBy('m.match_id');
  }

  /** @returns how many could not be written because somebody else was first */
  private async write(
    all: readonly { match: MatchEntity; command: MatchCommand; name: string }[],
    identity: CommandIdentity,
  ): Promise<number> {
    let outrun = 0;
    let next = 0;
    const writer = async () => {
      for (let i = next++; i < all.length; i = next++) {
        const { match, command, name } = all[i]!;
        const own = withCommandId(identity, derivedId(identity.commandId, `${name}:${match.matchId}`));
        if (!(await this.writeOne(own, match, command, identity.commandId))) outrun += 1;
      }
    };
    // Nobody writes on once this command is answered: after a fault the other writers finish what they have in hand.
    const ended = await Promise.allSettled(
      Array.from({ length: WRITERS }, () => writer().finally(() => (next = all.length))),
    );
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
    return outrun;
  }

  private async writeOne(
    identity: CommandIdentity,
    { enrollmentId, matchId }: MatchEntity,
    command: MatchCommand,
    runId: string,
  ): Promise<boolean> {
    try {
      return await this.transactions.run(identity, async (tx) => {
        const match = await lockMatchOf(tx, enrollmentId);
        // Withdrawn meanwhile, and opened anew.
        if (match?.matchId !== matchId) return false;
        if (command.kind === 'assign') match.runId = runId;
        await decideMatch(tx, match, command);
        return true;
      });
    } catch (error) {
      if (error instanceof RefusedError && OUTRUN.includes(error.refusal.slug)) return false;
      throw error;
    }
  }
}

const assignedBy = ({ occurredAt: at }: CommandIdentity, { coach, fit }: Assigned) => ({
  name: 'assign',
  command: { kind: 'assign', at, coach: { coachId: coach.coachId, ...fit } } as const,
});

const nobodyFor = ({ occurredAt: at }: CommandIdentity, { constraint, removed }: Unassigned) => ({
  name: `nobody ${constraint}`,
  command: { kind: 'shortlist', at, outcome: { found: false, constraint, removed } } as const,
});

/** A constraint in words. */
export const meaningOf = (constraint: NobodyQualifies['constraint']): string =>
  constraint === 'no-coaches' ? 'there is a coach at all' : CONSTRAINT_MEANINGS[constraint];
