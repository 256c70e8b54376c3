import { react } from '@cairn/messaging';
import { openOf, toEach } from './engagement-order.js';

/** The engagement goes on; sessions are booked anew. */
export const enrollmentResumed = react({
  name: 'resume-engagement',
  event: 'EnrollmentResumed',
  known: (client, { data, envelope }) => openOf(client, envelope, data.enrollmentId),
  commands: ({ data }, engagements) => toEach(engagements, { kind: 'resume', on: data.on }),
});
