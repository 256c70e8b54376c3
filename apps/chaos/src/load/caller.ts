import { commandIdOf } from '@cairn/http';
import type { DevelopmentIssuer } from '@cairn/identity';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often each event happens, by the name of its contract. */
export type Counts = Readonly<Record<string, number>>;

/** A command that was answered with success, and what has to come of it: here and, by reactions, elsewhere. */
export interface Acknowledged {
  readonly commandId: string;
  readonly tenantId: string;
  readonly what: string;
  readonly makes: Counts;
}

export interface Telling {
  readonly method?: 'POST' | 'PUT';
  readonly contentType?: string;
  /** It overwrites what is there, whatever that is. */
  readonly overwrites?: boolean;
  /** What it is about is on its way from another service: 404 until it has come. */
  readonly isOnItsWay?: boolean;
}

/** What passes by itself: the same command, sent again under the same key, has its answer then. */
const PASSING = /:(command-in-flight|not-yet-known|unavailable|busy|changed-meanwhile)$/;
const ANSWERS_WITHIN = 5_000;
/** Longer than any fault of the plan takes to heal. */
const PATIENCE_MS = 180_000;
/** From question to question, longer and longer: where fifty coachees wait for a fault to heal, it is their asking that keeps the rest busy. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

// What a caller looks at of an answer it decides itself.
// eslint-disable-next-line typescript/no-explicit-any
type Body = any;

/** What all callers of a run have seen. */
export class Witness {
  readonly acknowledged: Acknowledged[] = [];
  /** How often a command was sent again: nobody answered in time, or not now. */
  retries = 0;
  /** What was answered with 500, each time: defects, whatever comes of them. */
  readonly failed: string[] = [];
}

/** The command was refused, or never had an answer. */
export class Unanswered extends Error {}

/** A careful caller in one tenant, in roles integration and program-admin: each command has a key, and is sent under it until it is answered. */
export class Caller {
  private token: Promise<string> | undefined;

  constructor(
    private readonly url: (path: string) => string,
    private readonly issuer: DevelopmentIssuer,
    private readonly witness: Witness,
    readonly tenantId: string = randomUUID(),
  ) {}

  /**
   * @param as `hr`, `program-admin`, `coachee:<personId>` or `coach:<coachId>`
   * @param at when it happened, the instant in UTC without its seconds, as 2024-01-08T09:00
   * @throws Unanswered
   */
  async tell(
    as: string,
    at: string,
    path: string,
    body: unknown,
    makes: Counts,
    how: Telling = {},
  ): Promise<Body> {
    const headers = { 'cairn-on-behalf-of': as, 'cairn-occurred-at': `${at}:00.000Z` };
    return this.send(path, body, makes, how, headers);
  }

  /** A command that is given now, in the caller's own name. @throws Unanswered */
  async give(path: string, body: unknown, makes: Counts, how: Telling = {}): Promise<Body> {
    return this.send(path, body, makes, how, {});
  }

  /** Reads until it holds. @throws Unanswered where it never does */
  async until(path: string, holds: (body: Body) => boolean): Promise<Body> {
    return this.patiently(`GET ${path}`, async () => {
      const { status, body } = await this.exchange('GET', path, {}, undefined);
      if (status === 400 || status === 403)
        throw new Unanswered(`GET ${path}: ${status} ${JSON.stringify(body)}`);
      return status === 200 && holds(body) ? { done: body as Body } : `${status} ${JSON.stringify(body)}`;
    });
  }

  private async send(
    path: string,
    body: unknown,
    makes: Counts,
    {
      method = 'POST',
      contentType = 'application/json',
      overwrites = method === 'PUT',
      isOnItsWay = false,
    }: Telling,
    headers: Record<string, string>,
  ): Promise<Body> {
    const key = randomUUID();
    const what = `${method} ${path}`;
    const sent = {
      ...headers,
      'idempotency-key': key,
      ...(body === undefined ? {} : { 'content-type': contentType }),
      ...(overwrites ? { 'if-match': '*' } : {}),
    };
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const answered = await this.patiently(what, async () => {
      const answer = await this.exchange(method, path, sent, text as string | undefined);
      const { status, body: problem } = answer;
      if (status >= 200 && status < 300) return { done: answer.body as Body };
      if (
        status > 0 &&
        status < 500 &&
        !(status === 404 && isOnItsWay) &&
        !PASSING.test(String(problem.type))
      )
        throw new Unanswered(`${what}: ${status} ${JSON.stringify(problem)}`);
      return `${status} ${JSON.stringify(problem)}`;
    });
    const [bare] = path.split('?', 1);
    const commandId = commandIdOf(this.tenantId, 'chaos', method, bare!, key);
    this.witness.acknowledged.push({ commandId, tenantId: this.tenantId, what, makes });
    return answered;
  }

  private async patiently<T>(what: string, attempt: () => Promise<{ done: T } | string>): Promise<T> {
    const end = Date.now() + PATIENCE_MS;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const outcome = await attempt();
      if (typeof outcome !== 'string') return outcome.done;
      if (Date.now() > end) throw new Unanswered(`${what} was never answered; last: ${outcome}`);
      await sleep(pause);
    }
  }

  /** Status 0 where nobody answered in time: whether a command took effect is not known then. */
  private async exchange(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string | undefined,
  ): Promise<{ status: number; body: Body }> {
    const who = {
      tenantId: this.tenantId,
      subject: 'chaos',
      roles: ['integration' as const, 'program-admin' as const],
      sensitive: true,
    };
    this.token ??= this.issuer.sign(who);
    try {
      const answer = await fetch(this.url(path), {
        method,
        headers: { authorization: `Bearer ${await this.token}`, ...headers },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(ANSWERS_WITHIN),
      });
      const text = await answer.text();
      if (answer.status >= 500 && method !== 'GET') this.witness.retries += 1;
      if (answer.status === 500)
        this.witness.failed.push(`${method} ${path.replaceAll(/[0-9a-f-]{36}/g, '…')}`);
      return { status: answer.status, body: text === '' ? '' : JSON.parse(text) };
    } catch (error) {
      if (method !== 'GET') this.witness.retries += 1;
      return { status: 0, body: String((error as Error).cause ?? error) };
    }
  }
}
