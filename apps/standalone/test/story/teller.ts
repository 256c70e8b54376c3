import { setTimeout as delay } from 'node:timers/promises';
import { NoAnswer, type Answer, type Client, type Who } from '../client.js';

export const IMPORTER = { roles: ['integration' as const], subject: 'importer', sensitive: true };

/** What passes by itself: the same command, sent again under the same key, has its answer then. */
const PASSING = /:(command-in-flight|not-yet-known|unavailable|busy|changed-meanwhile)$/;
const PATIENCE_MS = 60_000;

export interface Telling {
  readonly method?: 'POST' | 'PUT' | 'PATCH';
  /** What tells this command from others to the same address at the same time. */
  readonly key?: string;
  readonly contentType?: string;
  /** It overwrites what is there, whatever that is: as every PUT and PATCH does. */
  readonly overwrites?: boolean;
  /** The refusal that says that it was done before. */
  readonly isDone?: RegExp;
  /** In whose name, where it happens now. */
  readonly as?: string;
}

interface Published {
  readonly type: string;
  readonly data: { readonly enrollmentId?: string };
}

/** Tells what happened in the past, on behalf of those who did it, as an importer does: patiently, and once. */
export class Teller {
  /** Commands that were answered with success. */
  acknowledged = 0;
  /** How often it was tried again because nobody answered, or not now. */
  retries = 0;

  constructor(readonly client: Client) {}

  /**
   * @param as `hr`, `program-admin`, `coachee:<personId>` or `coach:<coachId>`
   * @param at the instant in UTC without its seconds, as 2024-01-08T09:00
   * @throws Error where it is refused
   */
  tell(as: string, at: string, path: string, body?: unknown, how: Telling = {}): Promise<Answer['body']> {
    const headers = { 'cairn-on-behalf-of': as, 'cairn-occurred-at': `${at}:00.000Z` };
    return this.send(path, body, how, headers);
  }

  /** A command that is given now. @throws Error where it is refused */
  give(path: string, body?: unknown, how: Telling = {}): Promise<Answer['body']> {
    return this.send(path, body, how, how.as === undefined ? {} : { 'cairn-on-behalf-of': how.as });
  }

  private send(
    path: string,
    body: unknown,
    how: Telling,
    headers: Record<string, string>,
  ): Promise<Answer['body']> {
    const { method = 'POST', key = '', contentType, overwrites = method !== 'POST', isDone } = how;
    const request = {
      method,
      path,
      body,
      key: [...Object.values(headers), path.split('/').slice(-2).join('/'), key].filter(Boolean).join(' '),
      headers: {
        ...headers,
        ...(overwrites ? { 'if-match': '*' } : {}),
        ...(contentType ? { 'content-type': contentType } : {}),
      },
    };
    return this.patiently(`${method} ${path} (${request.key})`, async () => {
      const { status, body: answered } = await this.client.send(IMPORTER, request);
      if (status >= 200 && status < 300) {
        this.acknowledged += 1;
        return { done: answered as Answer['body'] };
      }
      if (isDone?.test(String(answered.type))) return { done: answered as Answer['body'] };
      if (PASSING.test(String(answered.type))) return undefined;
      throw new Error(`${method} ${path} (${request.key}): ${status} ${JSON.stringify(answered)}`);
    });
  }

  /** Reads until it holds. @throws Error with the last answer where it never does */
  until(
    path: string,
    holds: (body: Answer['body']) => boolean,
    who: Who = IMPORTER,
  ): Promise<Answer['body']> {
    let last = '';
    return this.patiently(
      () => `it did not come to pass: ${path}: ${last}`,
      async () => {
        const { status, body, text } = await this.client.send(who, { path });
        last = `${status} ${text}`;
        return status === 200 && holds(body) ? { done: body } : undefined;
      },
    );
  }

  /** Reads a service's feed until so many of its events are what is waited for. @throws Error where they never are */
  async untilPublished(service: string, count: number, is: (event: Published) => boolean): Promise<void> {
    let found = 0;
    let after = '';
    await this.patiently(`${service} did not publish ${count} of what was waited for`, async () => {
      const path = `/${service}/v1/events?limit=1000${after && `&after=${after}`}`;
      const { status, body } = await this.client.send(IMPORTER, { path });
      if (status !== 200) return undefined;
      found += (body.events as Published[]).filter(is).length;
      after = body.next as string;
      return found >= count ? { done: found } : undefined;
    });
  }

  private async patiently<T>(
    what: string | (() => string),
    attempt: () => Promise<{ done: T } | undefined>,
  ): Promise<T> {
    for (const end = Date.now() + PATIENCE_MS; ; await delay(60)) {
      try {
        const answer = await attempt();
        if (answer !== undefined) return answer.done;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
      }
      this.retries += 1;
      if (Date.now() > end) throw new Error(typeof what === 'string' ? what : what());
    }
  }
}
