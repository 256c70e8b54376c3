import { setTimeout as sleep } from 'node:timers/promises';
import { NotLeaderError } from './client.js';

/** A write that the server has accepted but does not show to readers yet. */
export class NotYetReadable extends Error {
  constructor(stream: string) {
    super(`what was just written to stream ${stream} cannot be read yet`);
    this.name = 'NotYetReadable';
  }
}

/** gRPC: cancelled by the server, unknown, deadline exceeded, resource exhausted, aborted, internal, unavailable. */
const TRANSIENT = new Set([1, 2, 4, 8, 10, 13, 14]);

/** Whether the same call may succeed later: the server is away, starts again, or its leader moves. */
export function isTransient(error: unknown): boolean {
  if (error instanceof NotLeaderError || error instanceof NotYetReadable) return true;
  if (!(error instanceof Error)) return false;
  if (/certificate/i.test(error.message)) return false; // "unavailable", too, but waiting does not make it trusted
  if ('code' in error && typeof error.code === 'number') return TRANSIENT.has(error.code);
  return error.message.startsWith('Failed to discover'); // no node of the cluster answered
}

/**
 * Tries again, ever more slowly, while the fault is transient, for at most `ms` milliseconds. The client itself never
 * does: it only opens another connection for the next call.
 */
export async function patiently<T>(attempt: () => Promise<T>, ms: number, signal?: AbortSignal): Promise<T> {
  const end = performance.now() + ms;
  for (let delay = 20; ; delay = Math.min(delay * 2, 1000)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTransient(error) || signal?.aborted || performance.now() + delay > end) throw error;
    }
    await sleep(delay, undefined, { signal }).catch(() => undefined);
  }
}
