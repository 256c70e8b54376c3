import type { Client, Json } from './api/client.js';

/** The engagement of a match, once sessions and goals know of it and sessions can be booked in it. @returns its id */
export async function engagementWith(
  client: Client,
  { name, enrollmentId, coachId }: { name: string; enrollmentId: string; coachId: string },
): Promise<string> {
  const isReady = (one: Json): boolean =>
    one.coachId === coachId && (one.allotment.granted > 0 || one.state === 'ended');
  const { items } = await client.until(
    `the engagement of ${name}`,
    `/sessions/v1/engagements?enrollmentId=${enrollmentId}`,
    ({ items }) => items.some(isReady),
    'integration',
  );
  const { engagementId } = items.find(isReady);
  // Goals hears of an engagement a moment after sessions; a list of goals that is there says so.
  await client.until(`the goals of ${name}`, `/goals/v1/engagements/${engagementId}/goals`, () => true);
  return engagementId;
}
