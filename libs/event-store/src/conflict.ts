import type { Refusal } from '@cairn/decider';
import { EventIdConflict, UnstorableEvent, WrongExpectedVersion } from './port.js';

/** Tries of one command before it gives up in favour of those who keep changing the stream. */
const TRIES = 16;

/**
 * Runs `attempt` again, from its loading on, when another writer was first. An id that came with other content is also
 * tried again, once: two tries of one command may run at the same time, and the slower one then finds the other's events.
 */
export async function retryOnConflict<T>(attempt: () => Promise<T>, tries = TRIES): Promise<T> {
  let otherContent = false;
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof EventIdConflict && !otherContent) otherContent = true;
      else if (!(error instanceof WrongExpectedVersion) || left <= 0) throw error;
      // Those who collided come back apart from each other.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** (tries - left), 50)));
    }
  }
}

/** What no log can hold, as the caller of a command is told: 422. */
export const refusalOf = ({ reason, message }: UnstorableEvent): Refusal => ({
  kind: 'invalid',
  slug: reason === 'too-large' ? 'event-too-large' : 'text-not-storable',
  detail: message,
});
