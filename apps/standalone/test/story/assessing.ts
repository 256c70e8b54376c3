import { enrolment, type Enrollments } from './enrolling.js';
import type { Opening } from './opening.js';
import type { Teller } from './teller.js';

export interface Assessments {
  /** Ada's. */
  readonly assessmentId: string;
  /** What stood on the links: nowhere else may it ever be found. */
  readonly tokens: readonly string[];
}

interface Rater {
  readonly raterId: string;
  readonly category: string;
  readonly personId: string | null;
}

const assessment = (id: string, action: string) => `/enrollment/v1/assessments/${id}/${action}`;

/**
 * Ada is assessed by herself, by Mona, by three peers, of whom one is from outside, and by one more from outside, who is
 * too few to be shown. Ben's is withdrawn.
 */
export async function assess(
  teller: Teller,
  { people }: Opening,
  enrollments: Enrollments,
): Promise<Assessments> {
  const request = async (name: 'ada' | 'ben', categories: string[]): Promise<string> => {
    const body = { moment: 'baseline', categories, closesOn: '2024-01-31' };
    const path = enrolment(enrollments[name], 'assessments');
    return (await teller.tell('hr', '2024-01-10T10:00', path, body)).assessmentId;
  };
  const assessmentId = await request('ada', ['self', 'manager', 'peer', 'other']);
  const tell = (as: string, at: string, action: string, body?: unknown, key = '') =>
    teller.tell(as, at, assessment(assessmentId, action), body, { key });
  const ada = `coachee:${people.ada}`;
  const nominees = [
    { category: 'peer', personId: people.ben },
    { category: 'peer', personId: people.cleo },
    { category: 'peer' },
    { category: 'other' },
  ];
  for (const nominee of nominees)
    await tell(ada, '2024-01-10T11:00', 'raters', nominee, JSON.stringify(nominee));
  const { items } = await teller.until(
    assessment(assessmentId, 'raters'),
    (list) => list.items.length === 2 + nominees.length,
  );
  const tokens: string[] = [];
  for (const [n, { raterId, category }] of (items as Rater[]).entries()) {
    if (category === 'peer' || category === 'other')
      await tell('hr', '2024-01-10T12:00', `raters/${raterId}/approve`, undefined, raterId);
    const { link } = await teller.give(assessment(assessmentId, `raters/${raterId}/link`), undefined, {
      key: raterId,
    });
    const token = (link as string).split('#')[1]!;
    tokens.push(token);
    await answer(teller, token, 3 + (n % 4));
  }
  await tell('hr', '2024-01-12T09:00', 'close');
  await tell('hr', '2024-01-12T10:00', 'release');
  await tell(ada, '2024-01-12T11:00', 'share', { shared: true });
  const priorities = [{ theme: 'giving-feedback', sources: ['manager', 'peer'] }];
  await tell(ada, '2024-01-12T12:00', 'priorities', { priorities });

  const bens = await request('ben', ['self']);
  await teller.tell('hr', '2024-01-11T09:00', assessment(bens, 'withdraw'), { reason: 'by-hr' });
  return { assessmentId, tokens };
}

/** By the link. What was answered already, unheard, is told so. */
async function answer(teller: Teller, token: string, value: number): Promise<void> {
  const path = '/enrollment/v1/answers';
  const { themes } = await teller.give(`${path}/open`, { token });
  const answers = (themes as { theme: string }[]).map(({ theme }) => ({
    theme,
    values: [value, value, value],
  }));
  await teller.give(path, { token, answers }, { isDone: /:already-answered$/ });
}
