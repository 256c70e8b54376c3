import { react } from '@cairn/messaging';
import { unsettledOf, toEach } from './engagement-order.js';

/** The engagement ends: sessions ahead are cancelled, units that are left returned. */
export const enrollmentDiscontinued = react({
  name: 'end-engagement-discontinued',
  event: 'EnrollmentDiscontinued',
  known: (client, { data, envelope }) => unsettledOf(client, envelope, data.enrollmentId),
  commands: ({ data }, engagements) => toEach(engagements, { kind: 'end', reason: data.reason }),
});
