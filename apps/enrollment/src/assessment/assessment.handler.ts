import { RefusedError } from '@cairn/decider';
import { derivedId } from '@cairn/event-store';
import { hashOfLinkToken, newLinkToken } from '@cairn/identity';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { EnrollmentEntity } from '../enrollment/enrollment.entity.js';
import { noSuchEnrollment, notInState as enrollmentNotInState } from '../enrollment/enrollment.errors.js';
import type { EnrollmentStatus } from '../enrollment/enrollment.state.js';
import { PersonEntity } from '../people/person.entity.js';
import { dayAfter, dayIn, endOfDay } from '../programs/calendar.js';
import { lockProgram } from '../programs/program.rows.js';
import { valuesAt } from '../programs/values-on.js';
import { Transactions, type CommandIdentity, type Keep, type Transaction } from '../transact.js';
import { answersOf } from './answers.js';
import type { AssessmentIntent } from './assessment.commands.js';
import { assessmentDecider, OPEN } from './assessment.decider.js';
import { AssessmentEntity, RaterEntity } from './assessment.entity.js';
import * as errors from './assessment.errors.js';
import { ATTRIBUTED, type AssessmentRefs, type Category, type Moment } from './assessment.events.js';
import { assessmentStream, decideAssessment, lockAssessment, settledUpTo } from './assessment.rows.js';
import { CURRENT } from './questionnaires/questionnaire.js';
import { raterFor, type Nominee } from './rater.js';
import { resultsOf } from './results.js';

/** Nobody is asked for longer than that. */
const MOST_DAYS = 90;

/** A follow-up measures what is left when it is over; before anything can have begun, nobody is asked. */
const ASSESSED: Readonly<Record<Moment, readonly EnrollmentStatus[]>> = {
  baseline: ['active', 'paused'],
  followUp: ['active', 'paused', 'completed'],
};

export interface Request {
  readonly moment: Moment;
  readonly categories: readonly Category[];
  readonly closesOn: string;
}

/** What a handler hands to `give`: the command, made from the assessment as it was found under its lock. */
export type IntentOf = (assessment: AssessmentEntity, tx: Transaction) => Intent | Promise<Intent>;
/** `at` where it is not the command's own time. */
type Intent = AssessmentIntent & { readonly at?: string };

/** Judges whether the giver reaches the person: the first thing that is asked. */
export type Reach = (personId: string, tx: Transaction) => Promise<void>;

@Injectable()
export class AssessmentHandler {
  constructor(private readonly transactions: Transactions) {}

  /** Asks for an assessment of an enrolment. @throws RefusedError */
  request(
    identity: CommandIdentity,
    enrollmentId: string,
    asked: Request,
    reach: Reach,
    keep?: Keep<AssessmentEntity>,
  ): Promise<AssessmentEntity> {
    const assessmentId = derivedId(identity.commandId, 'assessment');
    const { tenantId, occurredAt: at } = identity;
    return this.transactions.run(
      identity,
      async (tx) => {
        const found = await tx.manager.findOneBy(EnrollmentEntity, { enrollmentId, tenantId });
        if (found === null) throw new RefusedError(noSuchEnrollment());
        await reach(found.personId, tx);
        // Whoever changes an enrolment comes past here: it does not end while its assessment begins.
        const program = await lockProgram(tx, found.programId);
        const known = await tx.manager.findOneBy(AssessmentEntity, { assessmentId, tenantId });
        if (known !== null) return known;
        const enrollment = await tx.manager.findOneByOrFail(EnrollmentEntity, { enrollmentId });
        if (!ASSESSED[asked.moment].includes(enrollment.status))
          throw new RefusedError(enrollmentNotInState('assessed', enrollment.status));

        const { zone, themes } = valuesAt(program.state, at);
        const opensOn = dayIn(zone, at);
        const latest = dayAfter(opensOn, MOST_DAYS);
        if (asked.closesOn < opensOn || asked.closesOn > latest)
          throw new RefusedError(errors.closesBadly(opensOn, latest));
        const questions = await questionsFor(tx, enrollmentId, asked.moment, themes);
        const { programId, cohortId, personId } = enrollment;
        const refs = { assessmentId, enrollmentId, programId, cohortId, personId };
        const attributed = await attributedRaters(tx, refs, asked.categories);
        const assessment = tx.manager.create(AssessmentEntity, {
          ...refs,
          tenantId,
          version: 0,
          answered: {},
          uncounted: [],
          createdAt: new Date(identity.now),
        });
        assessment.state = assessmentDecider.initialState;
        await decideAssessment(tx, assessment, {
          kind: 'request',
          at,
          refs,
          ...asked,
          ...questions,
          opensOn,
          closesAt: endOfDay(zone, asked.closesOn),
          zone,
          attributed,
        });
        for (const rater of attributed) await tx.manager.insert(RaterEntity, rater as object);
        return assessment;
      },
      keep,
    );
  }

  /** Any command on an assessment that is there. @throws RefusedError */
  give(
    identity: CommandIdentity,
    assessmentId: string,
    intentOf: IntentOf,
    keep?: Keep<AssessmentEntity>,
  ): Promise<AssessmentEntity> {
    return this.transactions.run(
      identity,
      async (tx) => {
        const assessment = await lockAssessment(tx, assessmentId);
        if (await tx.alreadyDone(assessmentStream(assessmentId))) return assessment;
        const intent = await intentOf(assessment, tx);
        await decideAssessment(tx, assessment, { at: identity.occurredAt, ...intent });
        return assessment;
      },
      keep,
    );
  }

  /** Nominates a rater, by whom `raterFor` finds in the directory. */
  nominate(
    identity: CommandIdentity,
    assessmentId: string,
    nominee: Nominee,
    check: IntentCheck,
    keep?: Keep<AssessmentEntity>,
  ): Promise<AssessmentEntity> {
    return this.give(
      identity,
      assessmentId,
      async (assessment, tx) => {
        await check(assessment, tx);
        const raterId = derivedId(identity.commandId, 'rater');
        const personId = await raterFor(tx, assessment, nominee);
        const { category } = nominee;
        const rater = { raterId, tenantId: identity.tenantId, assessmentId, category, personId };
        await tx.manager.insert(RaterEntity, { ...rater, answered: false, tokenHash: null });
        return { kind: 'nominate', raterId, category };
      },
      keep,
    );
  }

  /** Removes a rater; their link leads nowhere from then on. Until when each may, the decider says. */
  remove(
    identity: CommandIdentity,
    assessmentId: string,
    raterId: string,
    check: IntentCheck,
    keep?: Keep<AssessmentEntity>,
  ): Promise<AssessmentEntity> {
    return this.give(
      identity,
      assessmentId,
      async (assessment, tx) => {
        await check(assessment, tx);
        const by = identity.actor.role === 'coachee' ? 'coachee' : 'staff';
        const of = { raterId, assessmentId };
        const rater = await tx.manager.findOneBy(RaterEntity, of);
        const alike = { assessmentId, category: rater?.category, answered: true };
        if (by === 'staff' && rater !== null && (await tx.manager.existsBy(RaterEntity, alike)))
          throw new RefusedError(errors.categoryAnswers());
        await tx.manager.delete(RaterEntity, of);
        return { kind: 'remove', raterId, by };
      },
      keep,
    );
  }

  /** A new link for a rater, which replaces the one before. @returns the token, kept nowhere */
  mint(
    identity: CommandIdentity,
    assessmentId: string,
    raterId: string,
    check: IntentCheck,
    keep?: Keep<string>,
  ): Promise<string> {
    const token = newLinkToken();
    return this.transactions.run(
      identity,
      async (tx) => {
        const assessment = await lockAssessment(tx, assessmentId);
        await check(assessment, tx);
        const { state } = assessment;
        const rater = 'raters' in state ? state.raters.find((one) => one.raterId === raterId) : undefined;
        if (rater === undefined) throw new RefusedError(errors.noSuchRater());
        if (!rater.approved) throw new RefusedError(errors.raterNotApproved());
        if (!(await takesAnswers(tx, assessment))) {
          const status = assessment.status === 'collecting' ? 'closed' : assessment.status;
          throw new RefusedError(errors.notInState('answered', status));
        }
        if (await hasLeft(tx, raterId)) throw new RefusedError(errors.raterHasLeft());
        const { affected } = await tx.manager.update(
          RaterEntity,
          { raterId, answered: false },
          { tokenHash: hashOfLinkToken(token) },
        );
        if (affected === 0) throw new RefusedError(errors.alreadyAnswered());
        return token;
      },
      keep,
    );
  }

  /** Whether an assessment is this person's. */
  isOf(tenantId: string, assessmentId: string, personId: string | undefined): Promise<boolean> {
    const { manager } = this.transactions.dataSource;
    return personId === undefined
      ? Promise.resolve(false)
      : manager.existsBy(AssessmentEntity, { tenantId, assessmentId, personId });
  }

  /** What time has brought about by now: days whose answers can be told, and the end of answering. */
  settle(identity: CommandIdentity, assessmentId: string): Promise<AssessmentEntity> {
    return this.give(identity, assessmentId, () => ({ kind: 'settle' }));
  }

  /** The results of the answers that there are, for the command that releases them. */
  async release(assessment: AssessmentEntity, tx: Transaction): Promise<AssessmentIntent> {
    const { state, assessmentId } = assessment;
    if (state.status === 'none') throw new RefusedError(errors.noSuchAssessment());
    const answers = await answersOf(tx, assessmentId);
    return { kind: 'release', results: resultsOf(state.themes, state.categories, answers) };
  }

  /** The coachee has left the company: nobody is left to read what is still open, in whatever programme. */
  leave(identity: CommandIdentity, assessmentId: string): Promise<AssessmentEntity> {
    return this.give(identity, assessmentId, ({ state }) => {
      const last = state.status === 'none' ? '' : state.lastOccurredAt;
      const at = last > identity.occurredAt ? last : identity.occurredAt;
      return { kind: 'withdraw', at, reason: 'left-the-company' };
    });
  }
}

type IntentCheck = (assessment: AssessmentEntity, tx: Transaction) => Promise<void>;

/** Whether a link leads to questions: somebody is asked, and the last day is not over. */
export async function takesAnswers(tx: Transaction, { status, state, enrollmentId }: AssessmentEntity) {
  if (status !== 'collecting' || state.status === 'none') return false;
  return state.closesAt > (await settledUpTo(tx, enrollmentId, tx.identity.now));
}

/** Whether the rater is somebody of the directory who is not there any more. */
export async function hasLeft({ manager }: Transaction, raterId: string): Promise<boolean> {
  const { personId } = await manager.findOneByOrFail(RaterEntity, { raterId });
  return personId !== null && !(await manager.existsBy(PersonEntity, { personId, leftOn: IsNull() }));
}

/** What is asked: of a baseline the programme's themes by the present questionnaire, of a follow-up what its baseline asked. */
async function questionsFor(
  tx: Transaction,
  enrollmentId: string,
  moment: Moment,
  themes: readonly string[],
) {
  const earlier = await tx.manager.find(AssessmentEntity, { where: { enrollmentId } });
  const open = earlier.find(({ status }) => OPEN.includes(status));
  if (open !== undefined) throw new RefusedError(errors.assessmentOpen(open.assessmentId, open.status));
  const baseline = earlier.find(({ state }) => state.status === 'released' && state.moment === 'baseline');
  if (moment === 'baseline') {
    if (baseline !== undefined) throw new RefusedError(errors.alreadyAssessed(baseline.assessmentId));
    return { questionnaire: CURRENT.name, questionnaireVersion: CURRENT.version, themes };
  }
  if (baseline?.state.status !== 'released') throw new RefusedError(errors.noBaseline());
  const { questionnaire, themes: asked } = baseline.state;
  return { questionnaire: questionnaire.name, questionnaireVersion: questionnaire.version, themes: asked };
}

/** Self and manager come by themselves. */
async function attributedRaters(
  tx: Transaction,
  { assessmentId, personId }: AssessmentRefs,
  categories: readonly Category[],
) {
  const { tenantId, commandId } = tx.identity;
  const raters = [];
  for (const category of ATTRIBUTED.filter((one) => categories.includes(one))) {
    const rater = category === 'self' ? personId : await managerOf(tx, personId);
    const raterId = derivedId(commandId, category);
    raters.push({
      raterId,
      tenantId,
      assessmentId,
      category,
      personId: rater,
      answered: false,
      tokenHash: null,
    });
  }
  return raters;
}

async function managerOf(tx: Transaction, personId: string): Promise<string> {
  const { tenantId } = tx.identity;
  const { managerId } = await tx.manager.findOneByOrFail(PersonEntity, { personId, tenantId });
  const manager =
    managerId === null ? null : await tx.manager.findOneBy(PersonEntity, { personId: managerId });
  if (manager === null || manager.leftOn !== null) throw new RefusedError(errors.noManager());
  return manager.personId;
}
