import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Role } from '@cairn/identity';
import { mutationsOf } from '@cairn/service/testing';
import { operationsOf, type Operation } from './api.js';
import type { Who } from './client.js';
import { openCairn, type Cairn } from './harness.js';
import { untilCovered } from './published.js';
import { MAPPING } from './story/people.js';
import { tellStory, type Story } from './story/story.js';

/*
 * Every command, on what really exists and by whoever may give it, with each member of its body left out or replaced by
 * what it is not: never an error of ours, and nothing that keeps the events behind it from being published.
 */
process.env['LOG_LEVEL'] = 'fatal';
let cairn: Cairn;
let story: Story;
let operations: Operation[];
beforeAll(async () => {
  cairn = await openCairn('postgres');
  operations = await operationsOf(cairn.client);
  story = await tellStory(cairn.client);
}, 180_000);
afterAll(() => cairn?.stop());

const idsOf = ({ people, coaches, enrollments, engagements, sessions, goals, ...told }: Story) => ({
  programId: told.programId,
  cohortId: told.cohortId,
  importId: told.importId,
  practiceId: told.practiceId,
  raterId: told.raterId,
  assessmentId: told.assessmentId,
  personId: people.vera,
  userId: people.ada,
  groupId: told.groupId,
  // Computed for each who asks: there is none here.
  proposalId: crypto.randomUUID(),
  managerId: people.mona,
  coachId: coaches.rosa,
  enrollmentId: enrollments.ben,
  engagementId: engagements.ben,
  sessionId: sessions['b1'] ?? sessions['a1']!,
  goalId: goals.ada,
  name: MAPPING.name,
});

function playing(role: Role): Who {
  const { people, coaches } = story;
  if (role === 'coachee') return { roles: [role], personId: people.ben };
  if (role === 'coach') return { roles: [role], coachId: coaches.rosa };
  return role === 'manager' ? { roles: [role], personId: people.mona } : { roles: [role] };
}

describe('a command with something wrong in its body', () => {
  it('is refused or taken, and stops nothing', async () => {
    const ids = idsOf(story) as Record<string, string>;
    const faults: string[] = [];
    let sent = 0;
    const one = async ({ name, method, path, roles }: Operation, body: unknown): Promise<void> => {
      sent += 1;
      const { status, text } = await cairn.client.send(playing(roles![sent % roles!.length]!), {
        method,
        path: path.replaceAll(/\{(\w+)\}/g, (_, id: string) => ids[id]!),
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', 'if-match': '*' },
      });
      if (status >= 500 || text.includes('canary'))
        faults.push(`${name}: ${status} ${text.slice(0, 200)} for ${JSON.stringify(body).slice(0, 300)}`);
    };
    const json = operations.filter(
      ({ isCommand, contentType }) => isCommand && contentType?.includes('json'),
    );
    for (const operation of json) {
      const bodies = [operation.fullBody, operation.body].flatMap((body) => [...mutationsOf(body)]);
      const distinct = [...new Map(bodies.map((body) => [JSON.stringify(body), body])).values()];
      while (distinct.length > 0)
        await Promise.all(distinct.splice(0, 16).map((body) => one(operation, body)));
    }
    expect(faults).toEqual([]);
    expect(sent).toBeGreaterThan(2_000);
    await untilCovered(cairn.client);
  }, 300_000);

  it('has left no dead letter', async () => {
    for (const name of ['enrollment', 'sessions', 'goals', 'analytics'] as const) {
      const { rows } = await cairn.databases[name].pool.query(
        'select reason, detail from bus_in.dead_letters',
      );
      expect(rows).toEqual([]);
    }
  });
});
