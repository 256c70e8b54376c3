import type { Client } from '../client.js';
import { assess, type Assessments } from './assessing.js';
import { declare, enrol, type Enrollments } from './enrolling.js';
import { live, type Lives } from './living.js';
import { match, type Engagements } from './matching.js';
import { session } from './meeting.js';
import { open, type Opening } from './opening.js';
import { Teller } from './teller.js';

/** The end of the last day that is told: midnight in Berlin. */
export const AS_OF = '2024-04-14T22:00:00.000Z';

export interface Story extends Opening, Lives, Assessments {
  readonly enrollments: Enrollments;
  readonly engagements: Engagements;
}

/**
 * Tells one small programme, from January to the middle of April 2024, by HTTP alone: every kind of event that Cairn
 * publishes happens in it. What is right to say of it is worked out in programme.e2e.spec.ts.
 */
export async function tellStory(client: Client, teller = new Teller(client)): Promise<Story> {
  const opening = await open(teller);
  const enrollments = await enrol(teller, opening);
  const assessments = await assess(teller, opening, enrollments);
  const engagements = await match(teller, opening, enrollments);
  const lives = await live(teller, opening, enrollments, engagements);
  const { ben, cleo, ivy } = enrollments;
  await declare(teller, [ben, cleo, ivy], AS_OF);
  await teller.until(session(lives.sessions['c3']!), ({ state }) => state === 'unconfirmed');
  // The last that follows from an end, by itself: what Dan had left, and Fay twice.
  await teller.untilPublished('sessions', 3, ({ type }) => /\.sessions-returned\./.test(type));
  // Somebody in HR looks at a session and a goal, as at the directory before: each is told.
  for (const path of [session(lives.sessions['a1']!), `/goals/v1/goals/${lives.goals.ada}`])
    await teller.until(path, () => true, { roles: ['hr'] });
  return { ...opening, ...lives, ...assessments, enrollments, engagements };
}

/** Says that the past is told: from now on deadlines follow the clock, and what was still open ends with its last day. */
export async function endStory(client: Client, { enrollments }: Story): Promise<void> {
  const teller = new Teller(client);
  const open = [enrollments.ben, enrollments.cleo, enrollments.ivy];
  await declare(teller, open, AS_OF, true);
  for (const id of open)
    await teller.until(`/enrollment/v1/enrollments/${id}`, ({ status }) => status === 'completed');
}
