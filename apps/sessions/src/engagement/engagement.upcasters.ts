import type { StoredEvent } from '@cairn/event-store';
import type { EngagementEvent } from './engagement.events.js';

/**
 * A stored event in its latest shape. No shape has changed so far: the first change adds here, by type, what makes the
 * new one of the old, and keeps a fixture of the old beside engagement.fixtures.json.
 */
export const engagementEventOf = ({ type, occurredAt, data }: StoredEvent): EngagementEvent =>
  ({ type, occurredAt, data }) as EngagementEvent;
