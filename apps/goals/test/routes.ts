/*
 * Every route of goals, with a body as it takes it, and what it answers to those whom it is not for: the coachee and the
 * coach of another engagement, the coachee's manager with whom nothing is shared, HR and a sponsor.
 */
export interface Route {
  readonly body?: object;
  /** Who gives the command, or reads. */
  readonly by: 'coachee' | 'coach' | 'program-admin' | 'integration' | 'anybody';
  readonly others: string;
}

const PAIR_ALONE = '404 404 403 403 403';
const COACHEE_ALONE = '404 403 403 403 403';
const SEEN_BY_HR = '404 404 404 200 403';
const NO_LINK = '404 404 404 404 404';
const TERMS = { theme: 'giving-feedback', weight: 2, targetDate: '2026-12-01' };

export const ROUTES: Readonly<Record<string, Route>> = {
  'GET /v1/engagements/{engagementId}/goals': { by: 'coachee', others: SEEN_BY_HR },
  'GET /v1/engagements/{engagementId}/brief': { by: 'coach', others: PAIR_ALONE },
  'GET /v1/goals/{goalId}': { by: 'coachee', others: SEEN_BY_HR },
  'GET /v1/people/{personId}/goals': { by: 'coachee', others: SEEN_BY_HR },
  'GET /v1/events': { by: 'integration', others: '403 403 403 403 403' },
  'POST /v1/engagements/{engagementId}/goals': {
    by: 'coachee',
    others: PAIR_ALONE,
    body: { ...TERMS, text: 'Give specific feedback.' },
  },
  'GET /v1/engagements/{engagementId}/pulse-raters': { by: 'coachee', others: '404 403 403 200 403' },
  'POST /v1/engagements/{engagementId}/pulse-raters': { by: 'coachee', others: COACHEE_ALONE, body: {} },
  'POST /v1/engagements/{engagementId}/pulse-raters/{raterId}/approve': {
    by: 'program-admin',
    others: '403 403 403 200 403',
  },
  'POST /v1/engagements/{engagementId}/pulse-raters/{raterId}/link': {
    by: 'program-admin',
    others: '403 403 403 409 403',
  },
  'POST /v1/engagements/{engagementId}/pulse-raters/{raterId}/remove': {
    by: 'program-admin',
    others: '404 403 403 200 403',
  },
  'POST /v1/answers/open': { by: 'anybody', others: NO_LINK, body: { token: 'leads-nowhere' } },
  'POST /v1/answers': {
    by: 'anybody',
    others: NO_LINK,
    body: { token: 'leads-nowhere', answers: [{ theme: 'giving-feedback', values: [5] }] },
  },
  'POST /v1/goals/{goalId}/agree': { by: 'coach', others: PAIR_ALONE },
  'POST /v1/goals/{goalId}/scale': {
    by: 'coach',
    others: PAIR_ALONE,
    body: { levels: ['a', 'b', 'c', 'd', 'e'], baselineLevel: -1 },
  },
  'POST /v1/goals/{goalId}/practices': {
    by: 'coachee',
    others: COACHEE_ALONE,
    body: { dueOn: '2026-08-10', text: 'Hold the talk.' },
  },
  'POST /v1/goals/{goalId}/practices/{practiceId}/report': {
    by: 'coachee',
    others: COACHEE_ALONE,
    body: { done: 'yes', text: 'It went well.' },
  },
  'POST /v1/goals/{goalId}/check-ins': {
    by: 'coachee',
    others: COACHEE_ALONE,
    body: { movement: 'forward', text: 'More than before.' },
  },
  'POST /v1/goals/{goalId}/score': {
    by: 'coach',
    others: PAIR_ALONE,
    body: { level: 1, moment: 'interim' },
  },
  'POST /v1/goals/{goalId}/revise': {
    by: 'coachee',
    others: PAIR_ALONE,
    body: { ...TERMS, weight: 3, text: 'Give specific feedback weekly.' },
  },
  'POST /v1/goals/{goalId}/close': { by: 'coach', others: PAIR_ALONE, body: { outcome: 'attained' } },
  'POST /v1/goals/{goalId}/share': {
    by: 'coachee',
    others: COACHEE_ALONE,
    body: { with: 'hr', shared: true },
  },
};
