import type { StoredEvent } from '@cairn/event-store';
import type { PulseEvent } from './pulse.events.js';

/** A stored event in its latest shape. All shapes are still the first ones; an older one is brought up to date here. */
export const pulseEventOf = ({ type, occurredAt, data }: StoredEvent): PulseEvent =>
  ({ type, occurredAt, data }) as unknown as PulseEvent;

export const isOfPulse = ({ stream }: Pick<StoredEvent, 'stream'>): boolean => stream.startsWith('pulse-');
