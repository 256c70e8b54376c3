import type { Role, Subject } from '@cairn/identity';
import { expect, it } from '@jest/globals';
import { allowFeed } from './events-feed.js';

const refusalOf = (roles: readonly Role[], sensitive = false): string | undefined => {
  const subject: Subject = { tenantId: 't', subject: 's', roles, sensitive };
  try {
    allowFeed(subject, false);
    return undefined;
  } catch (error) {
    return (error as { refusal: { slug: string } }).refusal.slug;
  }
};

it('a feed is for nobody in HR, whatever other role they have', () => {
  expect(refusalOf(['integration'])).toBeUndefined();
  expect(refusalOf(['integration', 'coachee'])).toBeUndefined();
  expect(refusalOf(['integration', 'hr'], true)).toBe('feed-not-for-hr');
});
