import { envelopesOf, messageOf, type BusMessage } from '@cairn/messaging';
import { definition as sessions } from '@cairn/sessions/app.module';
import { booking } from './events.js';

/** Bookings as sessions' relay would send them, each of a stream and a place in the log of its own, from `first` on. */
export const bookingMessages = (topic: string, count: number, partitions: number, first = 1): BusMessage[] =>
  Array.from({ length: count }, (_, index) => {
    const { stream, event } = booking();
    const position = String(first + index).padStart(16, '0');
    const stored = { ...event, stream, version: 1, position, recordedAt: event.occurredAt };
    const source = { service: 'sessions', generation: 1, publish: sessions.publish! };
    const [addressed] = envelopesOf(source, stored);
    return messageOf({ ...addressed!, topic }, partitions);
  });
