import type { Position } from '../port.js';
import type { Wakeups } from './wakeups.js';

/** How many pages are kept for those who follow closely, and for how long after the last of them, in milliseconds. */
const KEPT = 8;
const KEPT_MS = 5_000;

interface Page<Event> {
  readonly reading: Promise<Event[]>;
  /** The wake-ups that there had been when it began to be read. */
  readonly seen: number;
  isFull: boolean;
}

/**
 * Pages of a log that several readers go through at about the same time, each read once. A full one stays as it is, and is
 * kept; any other is shared only while it is read, with those who have not been woken since.
 */
export class SharedPages<Event> {
  private readonly pages = new Map<string, Page<Event>>();
  private letGo: NodeJS.Timeout | undefined;

  constructor(
    private readonly read: (after: Position, limit: number) => Promise<Event[]>,
    private readonly wakeups: Pick<Wakeups, 'seen'>,
  ) {}

  page(after: Position, limit: number): Promise<Event[]> {
    const key = `${after} ${limit}`;
    const seen = this.wakeups.seen();
    const there = this.pages.get(key);
    if (there !== undefined && (there.isFull || there.seen === seen)) return there.reading;
    const page = { reading: this.read(after, limit), seen, isFull: false };
    this.pages.set(key, page);
    if (this.pages.size > KEPT) this.pages.delete(this.pages.keys().next().value!);
    const read = (isFull: boolean) => {
      page.isFull = isFull;
      if (isFull) this.keepOn();
      else if (this.pages.get(key) === page) this.pages.delete(key);
    };
    page.reading.then(
      ({ length }) => read(length === limit),
      () => read(false),
    );
    return page.reading;
  }

  /** A timer of its own for each page would hold all that were let go within those seconds. */
  private keepOn(): void {
    clearTimeout(this.letGo);
    this.letGo = setTimeout(() => this.pages.clear(), KEPT_MS).unref();
  }
}
