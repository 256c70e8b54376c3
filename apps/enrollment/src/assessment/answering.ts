import { RefusedError } from '@cairn/decider';
import { newId } from '@cairn/event-store';
import { CLOCK, type Clock } from '@cairn/http';
import { hashOfLinkToken } from '@cairn/identity';
import { Inject, Injectable } from '@nestjs/common';
import { PersonEntity } from '../people/person.entity.js';
import { dayIn } from '../programs/calendar.js';
import { Transactions, type Transaction } from '../transact.js';
import { noticeOf, putAnswer } from './answers.js';
import type { AssessmentState } from './assessment.decider.js';
import { RaterEntity, type AssessmentEntity } from './assessment.entity.js';
import { alreadyAnswered, noSuchLink, notAllAnswered } from './assessment.errors.js';
import { isAnonymous, type Category } from './assessment.events.js';
import { hasLeft, takesAnswers } from './assessment.handler.js';
import { lockAssessment, saveAssessment } from './assessment.rows.js';
import { itemsOf, ITEMS_PER_THEME, questionnaireOf } from './questionnaires/questionnaire.js';

export interface Given {
  readonly theme: string;
  readonly values: readonly number[];
}

type Asked = Exclude<AssessmentState, { status: 'none' }>;

/**
 * Answering by a link. It is no command with an Idempotency-Key, since that would keep beside the rater's link when it was
 * answered and with what; the link itself is good for once. And it is no event: see the README.
 */
@Injectable()
export class Answering {
  constructor(
    private readonly transactions: Transactions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The questions to which a link leads. @throws RefusedError 404 alike for every link that leads nowhere */
  open(token: string) {
    return this.byLink(token, async (tx, { personId }, state, category) => {
      const questionnaire = questionnaireOf(state.questionnaire);
      const side = category === 'self' ? 'self' : 'other';
      return {
        category,
        anonymous: isAnonymous(category),
        notice: noticeOf(category),
        /** Null where it is the rater themself. */
        about: category === 'self' ? null : await nameOf(tx, personId),
        closesAt: state.closesAt,
        questionnaire: state.questionnaire,
        scale: questionnaire.scale,
        themes: state.themes.map((theme) => ({
          theme,
          items: itemsOf(questionnaire, theme).map((item) => item[side]),
        })),
      };
    });
  }

  /** Takes the answers, once. @throws RefusedError */
  answer(token: string, answers: readonly Given[]): Promise<void> {
    return this.byLink(token, async (tx, assessment, state, category) => {
      const items = allOf(state.themes, answers);
      const on = dayIn(state.zone, tx.identity.now);
      await putAnswer(tx, assessment.assessmentId, { category, items });
      await tx.manager.update(RaterEntity, { tokenHash: hashOfLinkToken(token) }, { answered: true });
      const before = assessment.uncounted.find((day) => day.on === on)?.answers ?? 0;
      assessment.uncounted = [
        ...assessment.uncounted.filter((day) => day.on !== on),
        { on, answers: before + 1 },
      ];
      assessment.answered = {
        ...assessment.answered,
        [category]: (assessment.answered[category] ?? 0) + 1,
      };
      await saveAssessment(tx, assessment);
    });
  }

  private async byLink<T>(
    token: string,
    work: (tx: Transaction, assessment: AssessmentEntity, state: Asked, category: Category) => Promise<T>,
  ): Promise<T> {
    const tokenHash = hashOfLinkToken(token);
    const { manager } = this.transactions.dataSource;
    const found = await manager.findOneBy(RaterEntity, { tokenHash });
    if (found === null) throw new RefusedError(noSuchLink());
    const now = this.clock.now().toISOString();
    const commandId = newId();
    const actor = { subject: 'link', role: 'rater' };
    const identity = { commandId, correlationId: commandId, tenantId: found.tenantId, actor };
    return this.transactions.run({ ...identity, occurredAt: now, now }, async (tx) => {
      const assessment = await lockAssessment(tx, found.assessmentId);
      // Under the lock once more: another link may have replaced this one, or the same one been used.
      const rater = await tx.manager.findOneBy(RaterEntity, { tokenHash });
      const { state } = assessment;
      if (rater === null || state.status === 'none' || !(await takesAnswers(tx, assessment)))
        throw new RefusedError(noSuchLink());
      if (rater.answered) throw new RefusedError(alreadyAnswered());
      if (await hasLeft(tx, rater.raterId)) throw new RefusedError(noSuchLink());
      return work(tx, assessment, state, rater.category);
    });
  }
}

/** The answers by theme. @throws RefusedError where a question is left out, or asked of nobody */
function allOf(themes: readonly string[], answers: readonly Given[]): Record<string, readonly number[]> {
  const items = Object.fromEntries(answers.map(({ theme, values }) => [theme, values]));
  const complete =
    answers.length === themes.length &&
    themes.every((theme) => Object.hasOwn(items, theme) && items[theme]!.length === ITEMS_PER_THEME);
  if (!complete) throw new RefusedError(notAllAnswered(themes, ITEMS_PER_THEME));
  return items;
}

async function nameOf(tx: Transaction, personId: string): Promise<string> {
  const { tenantId } = tx.identity;
  const { givenName, familyName } = await tx.manager.findOneByOrFail(PersonEntity, { tenantId, personId });
  return `${givenName} ${familyName}`;
}
