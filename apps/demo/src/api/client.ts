import { setTimeout as delay } from 'node:timers/promises';
import { v5 } from 'uuid';
import type { Instant } from '../days.js';
import { DemoError } from '../options.js';
import { backlogOf, Patience, SERVICES, type Service } from './backlog.js';

/** In whose name integration gives a command: `coachee:<personId>`, `coach:<coachId>`, `program-admin`, … */
export type Behalf = string;

export interface Command {
  readonly path: string;
  /** POST unless given. */
  readonly method?: 'POST' | 'PUT' | 'PATCH';
  readonly body?: unknown;
  readonly contentType?: string;
  /** As whom; role integration itself where absent. */
  readonly as?: Behalf;
  /** When it happened; now where absent. */
  readonly at?: Instant;
  /** What it is in the story: with run and seed it makes the idempotency key, so that a resumed run repeats nothing. */
  readonly label: string;
}

/** A refusal by Cairn. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: {
      readonly type?: string;
      readonly detail?: string;
      readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
      readonly [more: string]: unknown;
    },
    what: string,
  ) {
    const { detail = JSON.stringify(problem), errors = [] } = problem;
    const where = errors.map((error) => `\n  ${error.pointer}: ${error.detail}`);
    super(`${what} was refused (${status}): ${detail}${where.join('')}`);
  }
}

export interface Tokens {
  /** Role integration, with the claim "sensitive". */
  readonly integration: string;
  readonly hr: string;
}

/** How long the server may be away before the demo gives up, in ms; less where it was never there. */
const PATIENCE = 180_000;
const PATIENCE_AT_FIRST = 10_000;
/** How often to look at what the services have before them, where the answer keeps one waiting; ms. */
const LOOK_EVERY = 3_000;
/** Items on a page of a list. */
const PAGE = 500;

// What the demo reads it takes apart itself, independently of the services' own types.
// eslint-disable-next-line typescript/no-explicit-any
export type Json = any;

/** What a service has not heard of yet, a moment after it happened. */
const WAITS = /(not-yet-known|changed-meanwhile|nothing-asked|feedback-not-asked)$/;

const START = 'Start it in another terminal with: npm start. Is it elsewhere? Then say so with --url.';
const RESUME = 'Start it again with: npm start. Then go on with this run: npm run demo -- --resume';

/** Cairn over its public HTTP APIs alone. Waits for a server that is away, and never does anything twice. */
export class Client {
  commands = 0;
  /** Called when the server goes away and when it is back. */
  onTrouble: (message: string) => void = () => undefined;
  private away = false;
  private answered = false;

  constructor(
    private readonly url: string,
    private readonly tokens: Tokens,
    private readonly run: string,
    private readonly seed: number,
  ) {}

  async get(path: string, as: keyof Tokens = 'hr'): Promise<Json> {
    return JSON.parse(await this.send(path, { headers: { authorization: `Bearer ${this.tokens[as]}` } }));
  }

  /** A list whole: its first page, with the items of all. `path` has a query. */
  async list(path: string): Promise<Json> {
    const first = await this.get(`${path}&limit=${PAGE}`);
    for (let { nextCursor } = first; nextCursor !== undefined;) {
      const page = await this.get(`${path}&limit=${PAGE}&cursor=${encodeURIComponent(nextCursor)}`);
      first.items.push(...page.items);
      ({ nextCursor } = page);
    }
    return first;
  }

  async give({
    path,
    method = 'POST',
    body,
    contentType = 'application/json',
    as,
    at,
    label,
  }: Command): Promise<Json> {
    this.commands++;
    const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const answer = await this.send(path, {
      method,
      headers: {
        authorization: `Bearer ${this.tokens.integration}`,
        'idempotency-key': v5(`${this.seed} ${label}`, this.run),
        ...(as === undefined ? {} : { 'cairn-on-behalf-of': as }),
        ...(at === undefined ? {} : { 'cairn-occurred-at': at }),
        // Nobody else changes what the story made.
        'if-match': '*',
        ...(text === undefined ? {} : { 'content-type': contentType }),
      },
      ...(text === undefined ? {} : { body: text }),
    });
    return answer === '' ? undefined : JSON.parse(answer);
  }

  /**
   * Answers by a link, as whoever was handed it does: without a token. Does nothing where it has been answered by then, or
   * leads nowhere any more. @param valuesOf what is answered under each heading
   */
  async answer(
    service: 'enrollment' | 'goals',
    link: string,
    valuesOf: (heading: string) => readonly number[],
  ): Promise<void> {
    const token = link.slice(link.indexOf('#') + 1);
    const post = (path: string, body: object) =>
      this.send(`/${service}/v1/answers${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token, ...body }),
      });
    try {
      const { themes } = JSON.parse(await post('/open', {})) as Json;
      await post('', { answers: themes.map(({ theme }: Json) => ({ theme, values: valuesOf(theme) })) });
    } catch (error) {
      const isOver =
        error instanceof Refused &&
        (error.status === 404 || error.problem.type?.endsWith('already-answered'));
      if (!isOver) throw error;
    }
  }

  /** Asks until `holds` is true of the answer; how long, says `Patience`. @throws DemoError naming what was waited for */
  async until(
    what: string,
    path: string,
    holds: (answer: Json) => boolean | Promise<boolean>,
    as: keyof Tokens = 'hr',
  ): Promise<Json> {
    return this.wait(what, async () => {
      const answer = await this.get(path, as).catch((error: unknown) => {
        if (error instanceof Refused && (error.status === 404 || error.status === 409)) return undefined;
        throw error;
      });
      return answer !== undefined && (await holds(answer)) ? answer : undefined;
    });
  }

  /** Waits until a service has done what all that is recorded by now asks of it. @throws DemoError */
  async settled(service: Service): Promise<void> {
    let since: string | undefined;
    await this.wait(`${service} to come to rest`, async () => {
      // Asked first: what is told by then is before the service when it is asked.
      const told = await Promise.all(SERVICES.map((each) => backlogOf(this.url, each)));
      const now = await backlogOf(this.url, service);
      since ??= now?.at;
      const hasAll = now?.behind === 0 && told.every((each) => each?.isTold);
      return now && (hasAll || now.heardUpTo > since!) && now.due === 0 ? now : undefined;
    });
  }

  private async wait<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    for (const look = this.looking(what); ; await delay(150)) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      await look();
    }
  }

  /** To be called again and again while waiting: says what is waited for, and at last throws a DemoError that names it. */
  private looking(what: string): () => Promise<void> {
    let patience: Patience | undefined;
    let lookedAt = Date.now();
    return async () => {
      if (Date.now() - lookedAt < LOOK_EVERY) return;
      lookedAt = Date.now();
      const found = await Promise.all(SERVICES.map((service) => backlogOf(this.url, service)));
      const backlogs = found.filter((one) => one !== undefined);
      patience ??= new Patience(lookedAt, backlogs[0]?.at ?? new Date().toISOString());
      const { over, say } = patience.look(Date.now(), backlogs);
      if (say !== undefined) this.onTrouble(`Waiting for ${what}; ${say} …`);
      if (over)
        throw new DemoError(
          `${what}: waited in vain; ${patience.backlog}. ${this.url}/<service>/health/flow tells more. ` +
            'Go on with this run later: npm run demo -- --resume',
        );
    };
  }

  private async send(path: string, init: RequestInit): Promise<string> {
    const began = Date.now();
    const what = `${init.method ?? 'GET'} ${path}`;
    const look = this.looking(`what ${what} needs`);
    for (let attempt = 1; ; attempt++) {
      let response: Response;
      let text: string;
      try {
        response = await fetch(`${this.url}${path}`, init);
        text = await response.text();
      } catch {
        if (Date.now() - began > (this.answered ? PATIENCE : PATIENCE_AT_FIRST))
          throw new DemoError(`Cairn does not answer at ${this.url}. ${this.answered ? RESUME : START}`);
        if (!this.away) {
          this.away = true;
          this.onTrouble(`Cairn does not answer at ${this.url}; waiting for it …`);
        }
        await delay(Math.min(2000, 200 * attempt));
        continue;
      }
      if (this.away) this.onTrouble('Cairn answers; going on.');
      this.away = false;
      this.answered = true;
      if (response.ok) return text;
      if (response.status === 401)
        throw new DemoError(
          `Cairn at ${this.url} does not accept the demo's tokens: it was started from another checkout, or with another ` +
            'CAIRN_HOME. Start it from here, or give tokens that it trusts in CAIRN_INTEGRATION_TOKEN and CAIRN_HR_TOKEN.',
        );
      const problem = asProblem(text);
      const { type = '' } = response.status === 409 ? problem : {};
      const again = response.status === 503 || type.endsWith('command-in-flight');
      if (WAITS.test(type)) await look();
      else if (!again || Date.now() - began > PATIENCE) throw new Refused(response.status, problem, what);
      await delay(Math.min(2000, 150 * attempt));
    }
  }
}

function asProblem(text: string): Refused['problem'] {
  try {
    return JSON.parse(text) as Refused['problem'];
  } catch {
    return { detail: text.slice(0, 300) };
  }
}

/** Runs `work` on each item, at most `limit` at once. */
export async function eachOf<T>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      await work(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
}
