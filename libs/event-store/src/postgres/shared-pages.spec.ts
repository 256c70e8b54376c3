import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { SharedPages } from './shared-pages.js';

const LIMIT = 3;

/** A log of so many events, which are numbers, and what was read of it. */
function scene(events: number) {
  const log = { events, wakeups: 0 };
  const reads: string[] = [];
  const pages = new SharedPages<number>(
    async (after, limit) => {
      reads.push(after);
      if (log.events < 0) throw new Error('away');
      const found = Array.from({ length: log.events }, (_, at) => at + 1);
      return found.filter((at) => at > Number(after)).slice(0, limit);
    },
    { seen: () => log.wakeups },
  );
  return { log, reads, page: (after: number) => pages.page(String(after), LIMIT) };
}

afterEach(() => void jest.useRealTimers());

describe('pages of a log that several go through', () => {
  it('are read once where they are full, at the same time or one after the other', async () => {
    const { page, reads } = scene(6);
    expect(await Promise.all([page(0), page(0)])).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(await page(0)).toEqual([1, 2, 3]);
    expect(await page(3)).toEqual([4, 5, 6]);
    expect(reads).toEqual(['0', '3']);
  });

  it('are read again where they may have grown, but for those who ask while they are read', async () => {
    const { page, reads, log } = scene(2);
    expect(await Promise.all([page(0), page(0)])).toEqual([
      [1, 2],
      [1, 2],
    ]);
    log.events = 3;
    expect(await page(0)).toEqual([1, 2, 3]);
    expect(reads).toEqual(['0', '0']);
  });

  it('are not shared with whoever was woken since they began to be read', async () => {
    const { page, reads, log } = scene(1);
    const early = page(0);
    log.events = 2;
    log.wakeups += 1;
    const late = page(0);
    expect(await late).toEqual([1, 2]);
    expect(await early).toEqual([1]);
    expect(reads).toEqual(['0', '0']);
  });

  it('that could not be read are asked for again', async () => {
    const { page, log } = scene(-1);
    await expect(page(0)).rejects.toThrow('away');
    log.events = 3;
    expect(await page(0)).toEqual([1, 2, 3]);
  });

  it('are kept for those who follow closely, not for ever', async () => {
    const { page, reads } = scene(300);
    for (let after = 0; after < 30; after += LIMIT) await page(after);
    await page(27);
    await page(0);
    expect(reads).toEqual([...Array.from({ length: 10 }, (_, at) => String(at * LIMIT)), '0']);
  });

  it('are given free where nobody follows', async () => {
    jest.useFakeTimers();
    const { page, reads } = scene(3);
    await page(0);
    jest.advanceTimersByTime(4_999);
    await page(0);
    expect(reads).toEqual(['0']);
    jest.advanceTimersByTime(1);
    await page(0);
    expect(reads).toEqual(['0', '0']);
  });

  it('are held by nothing else: one timer, however many were read', async () => {
    jest.useFakeTimers();
    const { page } = scene(300);
    for (let after = 0; after < 60; after += LIMIT) await page(after);
    expect(jest.getTimerCount()).toBe(1);
  });
});
