import type { FeedEvent } from '../src/proof/feed.js';

const refs = { personId: 'p', enrollmentId: 'e', programId: 'g' };

/** What a feed says of one enrolment, at nine in the morning of a day. */
export const event = (stream: string, name: string, day: string, data: object = {}): FeedEvent => ({
  name,
  at: `${day}T09:00:00.000Z`,
  recordedAt: '',
  stream,
  data: { ...refs, ...data },
});
