import { react } from '@cairn/messaging';
import { unsettledOf, toEach } from './engagement-order.js';

/** The engagement is complete: sessions ahead are cancelled, units that are left returned. */
export const enrollmentCompleted = react({
  name: 'complete-engagement',
  event: 'EnrollmentCompleted',
  known: (client, { data, envelope }) => unsettledOf(client, envelope, data.enrollmentId),
  commands: (_, engagements) => toEach(engagements, { kind: 'complete' }),
});
