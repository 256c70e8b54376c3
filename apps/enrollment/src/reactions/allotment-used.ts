import { react } from '@cairn/messaging';
import type { ReactionCommand } from './commands.js';

/** An enrolment is complete when its sessions are used up, before its last day. */
export const allotmentUsed = react({
  name: 'complete-enrollment',
  event: 'AllotmentUsed',
  known: () => Promise.resolve(),
  commands: ({ data }): ReactionCommand[] => [{ kind: 'complete-early', enrollmentId: data.enrollmentId }],
  // It has ended in another way meanwhile.
  settledBy: ['enrollment-state'],
});
