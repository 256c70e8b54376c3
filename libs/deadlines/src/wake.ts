import { setTimeout as sleep } from 'node:timers/promises';

/** A nap from which somebody else may wake the sleeper; who is woken while awake does not nap next time. */
export class Wake {
  private called = false;
  private rouse: (() => void) | undefined;

  call(): void {
    this.called = true;
    this.rouse?.();
  }

  /** Ends after `ms` milliseconds, when called, or when `signal` aborts. */
  async nap(ms: number, signal: AbortSignal): Promise<void> {
    const alarm = new AbortController();
    this.rouse = () => alarm.abort();
    if (!this.called)
      await sleep(ms, undefined, { signal: AbortSignal.any([signal, alarm.signal]) }).catch(() => {});
    this.called = false;
    this.rouse = undefined;
  }
}
