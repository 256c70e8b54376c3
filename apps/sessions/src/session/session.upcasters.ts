import type { StoredEvent } from '@cairn/event-store';
import type { SessionEvent } from './session.events.js';

/**
 * A stored event in its latest shape. No shape has changed so far: the first change adds here, by type, what makes the
 * new one of the old, and keeps a fixture of the old beside session.fixtures.json.
 */
export const sessionEventOf = ({ type, occurredAt, data }: StoredEvent): SessionEvent =>
  ({ type, occurredAt, data }) as SessionEvent;
