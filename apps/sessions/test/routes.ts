/*
 * Every route of sessions, with a body as it takes it, and what it answers to those whom it is not for: the coachee and
 * the coach of another engagement, the coachee's manager, HR and a sponsor. `none` is a list in which nothing is.
 */
export interface Route {
  readonly body?: object;
  /** Who gives the command, or reads. */
  readonly by: 'coachee' | 'coach' | 'program-admin' | 'integration';
  readonly others: string;
}

const PAIR_ALONE = '404 404 403 403 403';
const OVERSEEN = '404 404 403 200 403';
const LISTED = 'none none 403 200 403';

export const ROUTES: Readonly<Record<string, Route>> = {
  'GET /v1/engagements': { by: 'coachee', others: LISTED },
  'GET /v1/engagements/{engagementId}': { by: 'coachee', others: OVERSEEN },
  'GET /v1/sessions': { by: 'coachee', others: LISTED },
  'GET /v1/sessions/{sessionId}': { by: 'coachee', others: OVERSEEN },
  'GET /v1/sessions/{sessionId}/notes': { by: 'coachee', others: PAIR_ALONE },
  'GET /v1/calendar': { by: 'coachee', others: 'none none 403 403 403' },
  'GET /v1/events': { by: 'integration', others: '403 403 403 403 403' },
  'POST /v1/engagements/{engagementId}/sessions': {
    by: 'coachee',
    others: PAIR_ALONE,
    body: { startsAt: '2026-04-10T09:00', zone: 'Europe/Berlin', durationMinutes: 60 },
  },
  'POST /v1/engagements/{engagementId}/series': {
    by: 'coach',
    others: PAIR_ALONE,
    body: {
      startsAt: '2026-05-10T09:00',
      zone: 'Europe/Berlin',
      durationMinutes: 60,
      count: 2,
      cadence: 'weekly',
    },
  },
  'POST /v1/sessions/{sessionId}/reschedule': {
    by: 'coach',
    others: PAIR_ALONE,
    body: { startsAt: '2026-04-11T09:00', zone: 'Europe/Berlin', durationMinutes: 45 },
  },
  'POST /v1/sessions/{sessionId}/cancel': { by: 'coachee', others: PAIR_ALONE },
  'POST /v1/sessions/{sessionId}/confirm': { by: 'coach', others: PAIR_ALONE },
  'POST /v1/sessions/{sessionId}/no-show': { by: 'coachee', others: PAIR_ALONE },
  'POST /v1/sessions/{sessionId}/dispute': {
    by: 'coachee',
    others: PAIR_ALONE,
    body: { reason: 'i-was-there' },
  },
  'POST /v1/sessions/{sessionId}/correct': {
    by: 'program-admin',
    others: '403 403 403 403 403',
    body: { to: 'coachee-no-show', forfeited: false, reason: 'excused' },
  },
  'POST /v1/sessions/{sessionId}/rating': {
    by: 'coachee',
    others: '404 403 403 403 403',
    body: { useful: 4, relationship: 5, progress: 3 },
  },
  'POST /v1/sessions/{sessionId}/themes': {
    by: 'coach',
    others: '403 404 403 403 403',
    body: { themes: ['giving-feedback'] },
  },
  'POST /v1/sessions/{sessionId}/notes': { by: 'coach', others: PAIR_ALONE, body: { text: 'Ask about Jo.' } },
};
