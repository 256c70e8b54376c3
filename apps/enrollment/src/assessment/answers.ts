import type { Transaction } from '../transact.js';
import { isAnonymous, type Category } from './assessment.events.js';
import type { Answer } from './results.js';

/*
 * The answers. A row holds the category and never the rater. Until answering is over it lies beside its rater's row in
 * time: both are written by one transaction. `mix` ends that.
 */

export async function putAnswer(tx: Transaction, assessmentId: string, answer: Answer): Promise<void> {
  await tx.client.query(
    'INSERT INTO assessment_answers (assessment_id, category, items) VALUES ($1, $2, $3)',
    [assessmentId, answer.category, JSON.stringify(answer.items)],
  );
}

export async function answersOf(tx: Transaction, assessmentId: string): Promise<Answer[]> {
  const { rows } = await tx.client.query<{ category: Category; items: Answer['items'] }>(
    'SELECT category, items FROM assessment_answers WHERE assessment_id = $1',
    [assessmentId],
  );
  return rows;
}

/**
 * Writes all answers anew, in the order of keys that chance gives, by one statement of one transaction: neither their place
 * in the table nor the transaction that wrote them tells any more who answered when. Raters' links end, and who has
 * answered is forgotten.
 */
export async function mixAnswers(tx: Transaction, assessmentId: string): Promise<void> {
  await tx.client.query(
    `WITH given AS (DELETE FROM assessment_answers WHERE assessment_id = $1 RETURNING category, items),
          mixed AS MATERIALIZED (SELECT gen_random_uuid() AS answer_key, category, items FROM given ORDER BY 1)
     INSERT INTO assessment_answers (answer_key, assessment_id, category, items)
     SELECT answer_key, $1, category, items FROM mixed`,
    [assessmentId],
  );
  await forgetRaters(tx, assessmentId);
}

/** Once results are released, or nothing will be, no single answer is of use to anybody. */
export async function dropAnswers(tx: Transaction, assessmentId: string): Promise<void> {
  await tx.client.query('DELETE FROM assessment_answers WHERE assessment_id = $1', [assessmentId]);
  await forgetRaters(tx, assessmentId);
}

async function forgetRaters(tx: Transaction, assessmentId: string): Promise<void> {
  await tx.client.query(
    'UPDATE assessment_raters SET answered = false, token_hash = NULL WHERE assessment_id = $1',
    [assessmentId],
  );
}

const AS_A_WHOLE =
  'Whoever runs the programme, or pays for it, sees no more than figures over many coachees.';

/** What a rater is told before the first question. */
export const noticeOf = (category: Category): string =>
  isAnonymous(category)
    ? `Your answers are anonymous. They are added up with those of others who were asked as you were, and shown only if at least three of you answer; otherwise they are shown to nobody, in no form. ${AS_A_WHOLE} Once answering is over, nothing is kept that says which answers are yours.`
    : category === 'self'
      ? `Your answers are yours: they are shown to you as your own view, and to your coach only if you share your results. ${AS_A_WHOLE}`
      : `Your answers are not anonymous: they are shown to the person they are about as those of their manager, and to that person’s coach if they share their results. ${AS_A_WHOLE}`;
