import { readFileSync } from 'node:fs';
import { fold } from '@cairn/decider';
import type { StoredEvent } from '@cairn/event-store';
import { describe, expect, it } from '@jest/globals';
import { publish } from '../publishing/publish.js';
import { pulseDecider } from './pulse.decider.js';
import { pulseEventOf } from './pulse.upcasters.js';

/** What lies in logs out there: this file only ever grows. */
const stored = JSON.parse(
  readFileSync(new URL('pulse.fixtures.json', import.meta.url), 'utf8'),
) as StoredEvent[];

describe('stored events of a pulse', () => {
  it('have each a fixture, and are still read as they were written', () => {
    expect(new Set(stored.map(({ type }) => type))).toEqual(new Set(['PulseRequested', 'PulsesReleased']));
    expect(fold(pulseDecider, stored.map(pulseEventOf))).toMatchObject({
      status: 'requested',
      theme: 'giving-feedback',
      dueOn: '2026-03-17',
      raters: 4,
      lastOccurredAt: '2026-03-16T12:00:00.000Z',
    });
  });
  it('are each published under their own name, means as they are told today', () => {
    for (const event of stored) {
      const data = event.type === 'PulsesReleased' ? { ...event.data, mean: 5.5 } : event.data;
      expect(publish(event)).toEqual([{ name: event.type, data }]);
    }
  });
});
