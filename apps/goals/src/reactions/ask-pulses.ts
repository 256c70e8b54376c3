import { RefusedError } from '@cairn/decider';
import { react, type EventOf } from '@cairn/messaging';
import type { PoolClient } from 'pg';
import { engagementOf, sessionsAhead, type KnownEngagement, type SessionAhead } from '../knowledge/known.js';

/** What the reactions ask of this service: pulses before a session. */
export interface AskPulses {
  readonly engagement: KnownEngagement;
  readonly session: SessionAhead;
}

interface Known {
  readonly engagement: KnownEngagement;
  readonly ahead: readonly SessionAhead[];
}

async function known(
  client: PoolClient,
  { data, envelope }: EventOf<'SessionScheduled' | 'SessionRescheduled' | 'GoalAgreed' | 'GoalRevised'>,
): Promise<Known> {
  const { tenantid: tenantId, time } = envelope;
  const engagement = await engagementOf(client, tenantId, data.engagementId).catch((error: unknown) => {
    throw error instanceof RefusedError ? new RefusedError(NOT_YET_KNOWN) : error;
  });
  return { engagement, ahead: await sessionsAhead(client, tenantId, data.engagementId, time) };
}

/** Its event comes by another partition. */
const NOT_YET_KNOWN = {
  kind: 'not-yet-known',
  slug: 'not-yet-known',
  detail: 'The engagement is not known here yet: its event is on its way. Try again in a second.',
} as const;

const all = ({ engagement, ahead }: Known): AskPulses[] => ahead.map((session) => ({ engagement, session }));

/** Before a session that is booked, its goals' raters are asked. */
export const sessionScheduled = react({
  name: 'ask-pulses-before-session',
  event: 'SessionScheduled',
  known,
  commands: ({ data }, found) => all(found).filter(({ session }) => session.sessionId === data.sessionId),
});

/** The day by which moves with the session. */
export const sessionRescheduled = react({
  name: 'move-pulses-with-session',
  event: 'SessionRescheduled',
  known,
  commands: ({ data }, found) => all(found).filter(({ session }) => session.sessionId === data.sessionId),
});

/** Sessions are often booked before the first goal is agreed on. */
export const goalAgreed = react({
  name: 'ask-pulses-about-goal',
  event: 'GoalAgreed',
  known,
  commands: (_, found) => all(found),
});

/** A series is often booked, and asked before, long before the goal's theme changes. */
export const goalRevised = react({
  name: 'ask-pulses-about-goal-as-revised',
  event: 'GoalRevised',
  known,
  commands: (_, found) => all(found),
});
