import { react } from '@cairn/messaging';
import { unsettledOf, toEach } from './engagement-order.js';

/** The engagement ends: sessions ahead are cancelled, units that are left returned. */
export const enrollmentCancelled = react({
  name: 'end-engagement-cancelled',
  event: 'EnrollmentCancelled',
  known: (client, { data, envelope }) => unsettledOf(client, envelope, data.enrollmentId),
  commands: ({ data }, engagements) => toEach(engagements, { kind: 'end', reason: data.reason }),
});
