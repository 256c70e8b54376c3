import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@cairn/event-store';
import { publish } from './publish.js';

describe('the publishing of goals', () => {
  it('knows nothing of an event of a later release: it is not passed over as one that is kept in here', () => {
    const stored = { stream: 'goal-1', type: 'SomethingOfTheNextRelease', data: {}, metadata: {} };
    expect(publish(stored as unknown as StoredEvent)).toBeUndefined();
    expect(publish({ ...stored, type: 'GoalSharingSet' } as unknown as StoredEvent)).toEqual([]);
  });
});
