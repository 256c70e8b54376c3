import { react } from '@cairn/messaging';
import { openOf, takenElsewhere, type EngagementCommand } from './engagement-order.js';

/** Enrolment grants; the ledger here keeps it. After a rematch, what the former engagement used is not there again. */
export const sessionsAllotted = react({
  name: 'grant-allotment',
  event: 'SessionsAllotted',
  known: async (client, { data: { enrollmentId, total }, envelope }) => {
    const granted: { engagementId: string; total: number }[] = [];
    for (const engagementId of await openOf(client, envelope, enrollmentId)) {
      const taken = await takenElsewhere(client, envelope, enrollmentId, engagementId);
      granted.push({ engagementId, total: Math.max(total - taken, 0) });
    }
    return granted;
  },
  commands: (_, granted): EngagementCommand[] =>
    granted.map(({ engagementId, total }) => ({ engagementId, order: { kind: 'grant', total } })),
});
