import { newId } from '@cairn/event-store';
import type { DevelopmentIssuer, Subject } from '@cairn/identity';
import { setTimeout as delay } from 'node:timers/promises';
import { unpacked } from './workbook.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Of a workbook all that is written in it. */
  readonly text: string;
  // What a spec looks at it decides itself.
  // eslint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface Request {
  readonly method?: string;
  readonly path: string;
  /** JSON unless it is a text, which is sent as it is. */
  readonly body?: unknown;
  /** Idempotency-Key; a new one for each command unless given, none at all with null. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Nobody answered: whether a command took effect is not known. */
export class NoAnswer extends Error {}

/** Anybody with a token, or with none. */
export type Who = Partial<Subject> | null;

/** Calls a running Cairn over HTTP in one tenant, as whoever a spec wants to be. */
export class Client {
  private readonly tokens = new Map<string, Promise<string>>();
  /** Method and path of everything that was answered with success. */
  readonly succeeded = new Set<string>();

  /** @param url the one origin, or where each path is */
  constructor(
    readonly url: string | ((path: string) => string),
    private readonly issuer: DevelopmentIssuer,
    readonly tenantId: string = newId(),
  ) {}

  /** The same Cairn in a tenant of its own. */
  elsewhere(): Client {
    return new Client(this.url, this.issuer);
  }

  token(who: Partial<Subject>): Promise<string> {
    const id = JSON.stringify(who);
    const known = this.tokens.get(id);
    if (known) return known;
    const subject = { tenantId: this.tenantId, subject: 'spec', roles: [], ...who };
    const token = this.issuer.sign(subject);
    this.tokens.set(id, token);
    return token;
  }

  /** @throws NoAnswer where the connection fails */
  async send(who: Who, { method = 'GET', path, body, key, headers }: Request): Promise<Answer> {
    const isText = typeof body === 'string';
    const withKey = method !== 'GET' && key !== null;
    const { response, text } = await exchange(
      typeof this.url === 'string' ? this.url + path : this.url(path),
      {
        method,
        headers: {
          ...(who ? { authorization: `Bearer ${await this.token(who)}` } : {}),
          ...(withKey ? { 'idempotency-key': key ?? newId() } : {}),
          ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      },
    );
    if (response.ok) this.succeeded.add(`${method} ${path.split('?', 1)[0]}`);
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text ? JSON.parse(text) : text,
    };
  }

  /** The body of an answer that must be a success. @throws Error with the problem otherwise */
  async good(who: Who, request: Request): Promise<Answer['body']> {
    const { status, body } = await this.send(who, request);
    if (status >= 200 && status < 300) return body;
    throw new Error(`${request.method ?? 'GET'} ${request.path}: ${status} ${JSON.stringify(body)}`);
  }

  /**
   * Asks again until it holds, and gives the body.
   * @throws Error with the last answer after `seconds`
   */
  async until(
    who: Who,
    path: string,
    holds: (body: Answer['body']) => boolean,
    seconds = 30,
  ): Promise<Answer['body']> {
    for (const end = Date.now() + seconds * 1000; ; await delay(50)) {
      const { status, body } = await this.send(who, { path });
      if (status === 200 && holds(body)) return body;
      if (Date.now() > end)
        throw new Error(`it did not come to pass: ${path}: ${status} ${JSON.stringify(body)}`);
    }
  }
}

async function exchange(url: string, init: RequestInit): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(url, init);
    const isWorkbook = /spreadsheetml/.test(response.headers.get('content-type') ?? '');
    return { response, text: isWorkbook ? unpacked(await response.bytes()) : await response.text() };
  } catch (error) {
    throw new NoAnswer(`${init.method} ${url}: ${(error as Error).message}`, { cause: error });
  }
}
