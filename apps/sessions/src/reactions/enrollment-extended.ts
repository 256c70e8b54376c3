import { react } from '@cairn/messaging';
import { openOf, toEach } from './engagement-order.js';

/** Sessions can be booked up to the new last day. */
export const enrollmentExtended = react({
  name: 'extend-engagement',
  event: 'EnrollmentExtended',
  known: (client, { data, envelope }) => openOf(client, envelope, data.enrollmentId),
  commands: ({ data }, engagements) => toEach(engagements, { kind: 'extend', endsOn: data.endsOn }),
});
