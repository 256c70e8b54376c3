import { setTimeout as sleep } from 'node:timers/promises';
import { LogUnavailable } from '../port.js';
import { AccessDeniedError, NotLeaderError } from './client.js';

/** A write that the server has accepted but does not show to readers yet. */
export class NotYetReadable extends Error {
  constructor(stream: string) {
    super(`what was just written to stream ${stream} cannot be read yet`);
    this.name = 'NotYetReadable';
  }
}

/** The server was asked and says nothing at all: it stands still, or the network swallows everything. */
export class SilentServer extends Error {
  constructor(ms: number) {
    super(`nothing came within ${ms / 1000} s`);
    this.name = 'SilentServer';
  }
}

/** gRPC: cancelled by the server, unknown, deadline exceeded, resource exhausted, aborted, internal, unavailable. */
const PASSING = new Set([1, 2, 4, 8, 10, 13, 14]);

/**
 * Whether an error says nothing against the call: `passing`, when the server is away, starts again, or its leader moves;
 * `standing`, when it does not let us in, or is not the one that we trust, until somebody mends that. Undefined: neither.
 */
export function outageIn(error: unknown): 'passing' | 'standing' | undefined {
  if ([NotLeaderError, NotYetReadable, SilentServer].some((kind) => error instanceof kind)) return 'passing';
  if (error instanceof AccessDeniedError) return 'standing';
  if (!(error instanceof Error)) return undefined;
  if (/certificate/i.test(error.message)) return 'standing';
  if (error.message.startsWith('Failed to discover')) return 'passing'; // no node of the cluster answered
  return 'code' in error && PASSING.has(error.code as number) ? 'passing' : undefined;
}

/**
 * Tries again, ever more slowly, while the outage passes, for at most `ms` milliseconds. The client itself never does: it
 * only opens another connection for the next call.
 * @throws LogUnavailable when it gives up, or need not wait
 */
export async function patiently<T>(attempt: () => Promise<T>, ms: number, signal?: AbortSignal): Promise<T> {
  const end = performance.now() + ms;
  for (let delay = 20; ; delay = Math.min(delay * 2, 1000)) {
    try {
      return await attempt();
    } catch (error) {
      const outage = outageIn(error);
      if (outage === undefined) throw error;
      if (outage === 'standing' || signal?.aborted || performance.now() + delay > end)
        throw new LogUnavailable(error as Error);
    }
    await sleep(delay, undefined, { signal }).catch(() => undefined);
  }
}
