import type { StoredEvent } from '@cairn/event-store';
import type { GoalEvent } from './goal.events.js';

/** A stored event in its latest shape. All shapes are still the first ones; an older one is brought up to date here. */
export const goalEventOf = ({ type, occurredAt, data }: StoredEvent): GoalEvent =>
  ({ type, occurredAt, data }) as unknown as GoalEvent;
