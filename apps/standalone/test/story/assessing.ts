import { enrolment, type Enrollments } from './enrolling.js';
import type { Opening } from './opening.js';
import type { Teller } from './teller.js';

export interface Assessments {
  /** Ada's. */
  readonly assessmentId: string;
  /** What stood on the links: nowhere else may it ever be found. */
  readonly tokens: readonly string[];
}

/**
 * What each answers to the three questions of every theme: as three numbers beside each other it is said nowhere else, so
 * that it is heard where an answer got out. The coachee reads the first two, which are not anonymous.
 */
const ANSWERS: Readonly<Record<string, readonly (readonly number[])[]>> = {
  self: [[2, 6, 3]],
  manager: [[5, 1, 6]],
  peer: [
    [6, 2, 7],
    [1, 6, 2],
    [7, 3, 6],
  ],
  other: [[3, 7, 1]],
};
export const ANONYMOUS = [...ANSWERS['peer']!, ...ANSWERS['other']!];

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
  const left = structuredClone(ANSWERS) as Record<string, number[][]>;
  for (const { raterId, category } of items as Rater[]) {
    if (category === 'peer' || category === 'other')
      await tell('hr', '2024-01-10T12:00', `raters/${raterId}/approve`, undefined, raterId);
    const { link } = await teller.give(assessment(assessmentId, `raters/${raterId}/link`), undefined, {
      key: raterId,
    });
    const token = (link as string).split('#')[1]!;
    tokens.push(token);
    await answer(teller, token, left[category]!.shift()!);
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

/** What one who is still waited for has answered, while others are: it lies among the answers, and nowhere else. */
export const WAITING = [1, 7, 4];

/** Cleo is asked about by one colleague who answers, and by others who have not yet. */
export async function assessOpenly(
  teller: Teller,
  { people }: Opening,
  { cleo }: Enrollments,
): Promise<string> {
  const body = { moment: 'baseline', categories: ['peer'], closesOn: '2024-04-30' };
  const { assessmentId } = await teller.tell('hr', '2024-04-10T10:00', enrolment(cleo, 'assessments'), body);
  const own = `coachee:${people.cleo}`;
  const named = assessment(assessmentId, 'raters');
  await teller.tell(own, '2024-04-10T11:00', named, { category: 'peer', personId: people.ben });
  const { items } = await teller.until(named, (list) => list.items.length === 1);
  const rater = assessment(assessmentId, `raters/${items[0].raterId}`);
  await teller.tell('hr', '2024-04-10T12:00', `${rater}/approve`);
  const { link } = await teller.give(`${rater}/link`);
  await answer(teller, (link as string).split('#')[1]!, WAITING);
  return assessmentId;
}

/** By the link. What was answered already, unheard, is told so. */
async function answer(teller: Teller, token: string, values: readonly number[]): Promise<void> {
  const path = '/enrollment/v1/answers';
  const { themes } = await teller.give(`${path}/open`, { token });
  const answers = (themes as { theme: string }[]).map(({ theme }) => ({ theme, values }));
  await teller.give(path, { token, answers }, { isDone: /:already-answered$/ });
}
