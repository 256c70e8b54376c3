import { react } from '@cairn/messaging';
import { openOf, toEach } from './engagement-order.js';

/** Enrolment grants; the ledger here keeps it. */
export const sessionsAllotted = react({
  name: 'grant-allotment',
  event: 'SessionsAllotted',
  known: (client, { data, envelope }) => openOf(client, envelope, data.enrollmentId),
  commands: ({ data }, engagements) => toEach(engagements, { kind: 'grant', total: data.total }),
});
