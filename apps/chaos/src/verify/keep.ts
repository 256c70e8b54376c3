import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Seen } from './seen.js';

/**
 * Writes everything that was judged into `directory`, a file for each part of it, a line of JSON for each fact: so that a
 * run which is not well can be looked into when its servers are gone.
 */
export async function keep(directory: string, seen: Seen): Promise<void> {
  for (const [part, what] of Object.entries(partsOf(seen)))
    await writeFile(
      join(directory, `${part}.jsonl`),
      what.map((each) => `${JSON.stringify(each)}\n`),
    );
}

/** What is there of each service or table, beside what is there once. */
function partsOf({ logs, feeds, known, ledger, places, ...lists }: Seen): Record<string, readonly unknown[]> {
  const parts = Object.entries({ logs, feeds, known }).flatMap(([what, byName]) =>
    Object.entries<readonly unknown[]>(byName).map(([name, list]) => [`${what}.${name}`, list] as const),
  );
  return { ...Object.fromEntries(parts), ...lists, ledger: [ledger], places: [places] };
}
