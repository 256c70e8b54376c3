import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DemoError } from '../options.js';

/** What the values of a column mean: lists of them by meaning. */
interface StatusColumn {
  readonly column: string;
  readonly voluntary?: readonly string[];
  readonly involuntary?: readonly string[];
  readonly [meaning: string]: unknown;
}

interface DayColumn {
  readonly column: string;
  readonly formats: readonly string[];
}

/** As much of a mapping as the demo itself has to understand; Cairn checks all of it. */
export interface Mapping {
  readonly name: string;
  readonly about?: string;
  readonly header?: readonly string[];
  readonly snapshotDate?: string;
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly employeeId: string;
  readonly leftOn?: DayColumn;
  readonly status?: StatusColumn;
  readonly leavingReason?: StatusColumn;
  readonly [more: string]: unknown;
}

/** @throws DemoError where the file is none */
export async function readMapping(file: string): Promise<Mapping> {
  try {
    const mapping = JSON.parse(await readFile(file, 'utf8')) as Mapping;
    for (const needed of ['name', 'employeeId'] as const)
      if (typeof mapping[needed] !== 'string') throw new Error(`it says no ${needed}`);
    return mapping;
  } catch (error) {
    throw new DemoError(`The mapping ${file} cannot be read: ${(error as Error).message}.`);
  }
}

/** The mapping below `directory` that was made for exactly this header. @throws DemoError naming an example to start from */
export async function shippedMapping(
  directory: string,
  header: readonly string[],
): Promise<{ mapping: Mapping; name: string }> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
  for (const file of files) {
    const name = join(directory, file);
    const mapping = await readMapping(name);
    const own = mapping.header ?? [];
    if (own.length === header.length && own.every((column, index) => column === header[index]))
      return { mapping, name };
  }
  throw new DemoError(
    `No shipped mapping has exactly this file's header (${header.slice(0, 6).join(', ')}${header.length > 6 ? ', …' : ''}). ` +
      `Write one after the example ${join(directory, files[0]!)} and give it with --mapping FILE.`,
  );
}
