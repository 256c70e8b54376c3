import type { Json } from './client.js';

export const SERVICES = ['enrollment', 'sessions', 'goals', 'analytics'] as const;
export type Service = (typeof SERVICES)[number];

/** How far one service is with what it has to do of its own accord, as its health page says. */
export interface Backlog {
  readonly service: Service;
  /** Everything that was recorded anywhere before has been heard; ISO, '' where not even the first is. */
  readonly heardUpTo: string;
  /** Messages of all tenants that are not heard yet. */
  readonly behind: number;
  /** Deadlines that are due. */
  readonly due: number;
  /** Its relay, where it has one, has told all that is recorded. */
  readonly isTold: boolean;
}

/** @returns undefined where the service does not answer now, or not how far it is */
export async function backlogOf(
  url: string,
  service: Service,
): Promise<(Backlog & { at: string }) | undefined> {
  try {
    // 503 says that it is stuck; the answer is the same.
    const response = await fetch(`${url}/${service}/health/flow`);
    const { checks } = (await response.json()) as Json;
    const details: Json[] = checks.map(({ detail }: Json) => detail);
    if (details.some((detail) => typeof detail !== 'object')) return undefined;
    const heard = details.flatMap(({ sources = [] }) => sources.map(({ covered }: Json) => covered ?? ''));
    const total = (of: string) => details.reduce((sum, detail) => sum + Number(detail[of] ?? 0), 0);
    return {
      service,
      heardUpTo: heard.sort()[0] ?? '',
      behind: total('behind'),
      due: total('waiting'),
      isTold: details.every(({ head, published }) => published === undefined || published === head),
      at: afterSecondOf(response),
    };
  } catch {
    return undefined;
  }
}

/** The server's time, its second rounded up: it is its clock that events go by. */
function afterSecondOf(response: Response): string {
  const said = Date.parse(response.headers.get('date') ?? '');
  return new Date(Number.isNaN(said) ? Date.now() : said + 1000).toISOString();
}

/** How long nothing may move before the demo gives up, and how often it says what it waits for; ms. */
const PATIENCE = 60_000;
const SAY_EVERY = 15_000;

/**
 * How long to wait for something that Cairn does of its own accord: as long as what was recorded before is being worked
 * off, whoever's it is, and a minute longer.
 */
export class Patience {
  private movedAt: number;
  private toldAt: number;
  private seen = '';
  private words = '';

  /** @param began now, in ms; @param since the server's time then, ISO */
  constructor(
    began: number,
    private readonly since: string,
  ) {
    this.movedAt = began;
    this.toldAt = began;
  }

  /** Looks at how far the services are. @returns what to say of it now, if anything, and whether to give up */
  look(now: number, backlogs: readonly Backlog[]): { say?: string; over: boolean } {
    const old = backlogs.filter(({ heardUpTo, due }) => heardUpTo < this.since || due > 0);
    const seen = old.map(({ service, behind, heardUpTo, due }) => [service, behind, heardUpTo, due]).join();
    if (old.length > 0 && seen !== this.seen) this.movedAt = now;
    this.seen = seen;
    this.words = old.map(wordsOf).join('; ');
    const over = now - this.movedAt > PATIENCE;
    if (over || now - this.toldAt < SAY_EVERY) return { over };
    this.toldAt = now;
    return { say: this.backlog, over };
  }

  /** What there is still to be worked off. */
  get backlog(): string {
    return this.words === '' ? 'no backlog is left at the services' : `before it in line: ${this.words}`;
  }
}

const wordsOf = ({ service, behind, due, heardUpTo }: Backlog): string =>
  [
    `${service} has ${behind.toLocaleString('en')} messages to hear`,
    heardUpTo === '' ? '' : `(up to ${heardUpTo.slice(11, 19)} UTC so far)`,
    due > 0 ? `and ${due.toLocaleString('en')} deadlines to settle` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
