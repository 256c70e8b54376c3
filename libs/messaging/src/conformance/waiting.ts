import { sleep } from '../waiting.js';

/** Waits until `condition` holds; says what it waited for when it never does. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(25)) if (await condition()) return;
  throw new Error(`waited ${withinMs / 1000} s in vain: ${what}`);
}
