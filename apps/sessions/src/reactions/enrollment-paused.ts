import { react } from '@cairn/messaging';
import { openOf, toEach } from './engagement-order.js';

/** The engagement pauses too, and the sessions ahead are cancelled without forfeit. */
export const enrollmentPaused = react({
  name: 'pause-engagement',
  event: 'EnrollmentPaused',
  known: (client, { data, envelope }) => openOf(client, envelope, data.enrollmentId),
  commands: ({ data }, engagements) => toEach(engagements, { kind: 'pause', from: data.from }),
});
