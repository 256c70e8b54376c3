import type { Client, Json } from '../api/client.js';
import { hoursAfter, type Instant } from '../days.js';
import type { Answered, Moment, PulseAnswers } from './steps.js';

/** Gives a command of one coachee's story. */
export type Give = (
  label: string,
  path: string,
  as: string,
  at: Instant | undefined,
  body?: unknown,
) => Promise<Json>;

/** The heading under which pulses ask those who report to the coachee. */
const TEAM = 'your team';

/** Names three of the team, whom HR approves. @returns their ids as raters */
export async function nameRaters(
  give: Give,
  { engagementId, coachee, team }: { engagementId: string; coachee: string; team: readonly string[] },
  at: Instant,
): Promise<string[]> {
  const path = `/goals/v1/engagements/${engagementId}/pulse-raters`;
  const raterIds: string[] = [];
  for (const personId of team) {
    const { raterId } = await give(`rater ${raterIds.length}`, path, coachee, at, { personId });
    await give(`rater ${raterIds.length} approved`, `${path}/${raterId}/approve`, 'hr', hoursAfter(at, 0.25));
    raterIds.push(raterId);
  }
  return raterIds;
}

/** Each rater is handed a link and answers by it; as everybody does who has a link, today. */
export async function answerPulses(
  client: Client,
  give: Give,
  { engagementId, raterIds }: { engagementId: string; raterIds: readonly string[] },
  { answers }: { answers: readonly PulseAnswers[] },
): Promise<void> {
  for (const [index, raterId] of raterIds.entries()) {
    const path = `/goals/v1/engagements/${engagementId}/pulse-raters/${raterId}/link`;
    const { link } = await give(`pulse link ${index}`, path, 'integration', undefined);
    const { behaviour, team } = answers[index]!;
    await client.answer('goals', link, (theme) => (theme === TEAM ? team : [behaviour]));
  }
}

/**
 * Asks for an assessment, nominates and approves raters, and has each of them answer by a link, but for those who have no
 * answers. @returns its id
 */
export async function assess(
  client: Client,
  give: Give,
  { enrollmentId, coachee, team }: { enrollmentId: string; coachee: string; team: readonly string[] },
  {
    at,
    moment,
    closesOn,
    answers,
  }: { at: Instant; moment: Moment; closesOn: string; answers: readonly Answered[] },
): Promise<string> {
  const categories = [...new Set(answers.map(({ category }) => category))];
  const body = { moment, categories, closesOn };
  const asked = await give(moment, `/enrollment/v1/enrollments/${enrollmentId}/assessments`, 'hr', at, body);
  const path = `/enrollment/v1/assessments/${asked.assessmentId}/raters`;
  for (const [index, personId] of team.entries())
    await give(`${moment} rater ${index}`, path, coachee, hoursAfter(at, 0.5), {
      category: 'directReport',
      personId,
    });
  // In the order of their naming, so that each run has the same people answer the same.
  const { items } = await client.get(path, 'integration');
  const places = (rater: Json): number => team.indexOf(rater.personId);
  const raters: Json[] = items.sort((a: Json, b: Json) => places(a) - places(b));
  const waiting = [...answers];
  for (const { raterId, category } of raters) {
    if (category === 'directReport')
      await give(`${moment} approves ${raterId}`, `${path}/${raterId}/approve`, 'hr', hoursAfter(at, 1));
    const next = waiting.findIndex((one) => one.category === category);
    if (next < 0) continue;
    const [{ values }] = waiting.splice(next, 1) as [Answered];
    const { link } = await give(
      `${moment} link ${raterId}`,
      `${path}/${raterId}/link`,
      'integration',
      undefined,
    );
    await client.answer('enrollment', link, (theme) => values[theme]!);
  }
  return asked.assessmentId;
}
