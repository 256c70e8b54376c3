import { testService, type TestService } from '@cairn/service/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { definition } from '../src/app.module.js';

interface Operation {
  readonly summary?: string;
  readonly 'x-roles'?: string[];
}

describe('the API document', () => {
  let sessions: TestService;
  beforeAll(async () => {
    sessions = await testService(definition);
  });
  afterAll(() => sessions.stop());

  it('names every endpoint with its purpose and its roles', async () => {
    const { body } = await sessions.call('GET', '/openapi.json');
    const operations = Object.entries(body.paths as Record<string, Record<string, Operation>>).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    );
    const own = operations.filter(({ path }) => path.startsWith('/sessions/v1/'));
    const listed = own.map(
      ({ path, method, 'x-roles': roles }) =>
        `${method} ${path.slice('/sessions/v1/'.length)} ${roles?.join(',')}`,
    );
    expect(listed.sort()).toEqual(
      [
        'get calendar coachee,coach',
        'get engagements coachee,coach,hr,program-admin,integration',
        'get engagements/{engagementId} coachee,coach,hr,program-admin,integration',
        'get events integration',
        'get sessions coachee,coach,hr,program-admin,integration',
        'get sessions/{sessionId} coachee,coach,hr,program-admin,integration',
        'get sessions/{sessionId}/notes coachee,coach',
        'post engagements/{engagementId}/series coachee,coach',
        'post engagements/{engagementId}/sessions coachee,coach',
        'post sessions/{sessionId}/cancel coachee,coach',
        'post sessions/{sessionId}/confirm coachee,coach',
        'post sessions/{sessionId}/correct program-admin',
        'post sessions/{sessionId}/dispute coachee,coach',
        'post sessions/{sessionId}/no-show coachee,coach',
        'post sessions/{sessionId}/notes coachee,coach',
        'post sessions/{sessionId}/rating coachee',
        'post sessions/{sessionId}/reschedule coachee,coach',
        'post sessions/{sessionId}/themes coach',
      ].sort(),
    );
    expect(own.filter(({ summary }) => !summary)).toEqual([]);
    expect(body.components.schemas.BookDto).toMatchObject({
      required: ['startsAt', 'zone', 'durationMinutes'],
      properties: {
        startsAt: { example: '2026-03-10T09:00' },
        durationMinutes: { minimum: 5, maximum: 480 },
      },
    });
  });
});
