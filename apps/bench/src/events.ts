import { eventId, newId, type EventToAppend } from '@cairn/event-store';

const TENANT = newId();
const REFS = {
  engagementId: newId(),
  enrollmentId: newId(),
  programId: newId(),
  cohortId: newId(),
  personId: newId(),
  coachId: newId(),
};

/** An event as sessions stores it when one is booked, 1.1 kB with what the log keeps of its command. */
export function booking(): { readonly stream: string; readonly event: EventToAppend } {
  const commandId = newId();
  const sessionId = newId();
  return {
    stream: `session-${sessionId}`,
    event: {
      id: eventId(commandId, 0),
      type: 'SessionScheduled',
      occurredAt: '2026-03-01T09:00:00.000Z',
      data: {
        sessionId,
        ...REFS,
        startsAt: '2026-03-09T08:00:00.000Z',
        endsAt: '2026-03-09T09:00:00.000Z',
        zone: 'Europe/Zurich',
        by: 'coachee',
        policy: {
          version: 1,
          noticeHours: 24,
          lateCancelForfeits: true,
          noShowForfeits: true,
          silenceHours: 72,
          disputeHours: 168,
        },
      },
      metadata: {
        tenantId: TENANT,
        commandId,
        correlationId: newId(),
        actor: { subject: 'bench', role: 'coachee', personId: REFS.personId },
      },
    },
  };
}
