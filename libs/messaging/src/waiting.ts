import { TransientFault } from './faults.js';

/** Sleeps until `ms` have passed or the signal aborts; never rejects. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/**
 * What `work` comes to, or a `TransientFault` where it has come to nothing after `ms`; it is not waited for any more then.
 * @param who does not answer then
 */
export async function within<T>(ms: number, who: string, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const fault = () => new TransientFault(`${who} does not answer: nothing within ${ms / 1000} s`);
  const timer = setTimeout(() => late.reject(fault()), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds to wait before the attempt after `failures` failed ones: 0.2 s, doubling, at most 10 s. */
export const backoffMs = (failures: number): number => Math.min(200 * 2 ** Math.max(0, failures - 1), 10_000);

/** A bell that one loop waits for: rung while nobody waits, it is heard by the next who does. */
export class Bell {
  private rung = false;
  private wake: (() => void) | undefined;

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  async heard(withinMs: number): Promise<void> {
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wake = undefined;
    }
    this.rung = false;
  }
}
