import type { FastifyInstance } from 'fastify';
import type { Reply, TestApp } from './app.js';
import { expectStatus, person } from './given.js';

export const CLOSES_ON = '2026-01-19';

/** Somebody who holds a link and no token. */
export async function byLink(app: TestApp, path: string, body: object): Promise<Reply> {
  const fastify = app.http.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const sent = { method: 'POST' as const, url: `/enrollment/v1${path}`, payload: body };
  const { statusCode, body: text } = await fastify.inject(sent);
  return { status: statusCode, body: text === '' ? undefined : JSON.parse(text), headers: {} };
}

export const open = (app: TestApp, token: string) => byLink(app, '/answers/open', { token });

/** Answers every item with the same value. */
export async function answer(app: TestApp, token: string, value: number): Promise<Reply> {
  const { themes } = expectStatus(200, await open(app, token)) as { themes: { theme: string }[] };
  const answers = themes.map(({ theme }) => ({ theme, values: [value, value, value] }));
  return byLink(app, '/answers', { token, answers });
}

export async function request(
  app: TestApp,
  enrollmentId: string,
  categories: readonly string[],
  some: object = {},
): Promise<string> {
  const body = { moment: 'baseline', categories, closesOn: CLOSES_ON, ...some };
  return expectStatus(201, await app.as('hr').post(`/enrollments/${enrollmentId}/assessments`, body))
    .assessmentId;
}

interface Shown {
  readonly raterId: string;
  readonly category: string;
  readonly personId: string | null;
}

export const raters = async (app: TestApp, assessmentId: string): Promise<Shown[]> =>
  expectStatus(200, await app.as('hr').get(`/assessments/${assessmentId}/raters`)).items;

/** Nominates by the coachee, approves, and mints. @returns the token */
export async function asked(
  app: TestApp,
  coacheeId: string,
  assessmentId: string,
  category: string,
): Promise<string> {
  const { personId } = await person(app, category === 'directReport' ? { managerId: coacheeId } : {});
  const path = `/assessments/${assessmentId}/raters`;
  const nominee = { category, personId };
  expectStatus(201, await app.as('coachee', { personId: coacheeId }).post(path, nominee));
  const found = (await raters(app, assessmentId)).find((each) => each.personId === personId)!;
  expectStatus(200, await app.as('hr').post(`${path}/${found.raterId}/approve`));
  return link(app, assessmentId, found.raterId);
}

/** A new link for a rater. @returns its token */
export async function link(app: TestApp, assessmentId: string, raterId: string): Promise<string> {
  const minted = await app.as('hr').post(`/assessments/${assessmentId}/raters/${raterId}/link`);
  return (expectStatus(200, minted).link as string).split('#')[1]!;
}
