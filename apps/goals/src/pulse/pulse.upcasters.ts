import { inHalves } from '@cairn/contracts';
import type { StoredEvent } from '@cairn/event-store';
import type { PulseEvent } from './pulse.events.js';

/** A stored event in its latest shape: means that were released to two digits are told in halves, as those of today. */
export function pulseEventOf({ type, occurredAt, data }: StoredEvent): PulseEvent {
  const event = { type, occurredAt, data } as unknown as PulseEvent;
  return event.type === 'PulsesReleased'
    ? { ...event, data: { ...event.data, mean: inHalves(event.data.mean) } }
    : event;
}

export const isOfPulse = ({ stream }: Pick<StoredEvent, 'stream'>): boolean => stream.startsWith('pulse-');
