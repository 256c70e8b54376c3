import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DemoError } from '../options.js';

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
  readonly delimiter?: string;
  readonly employeeId: string;
  readonly leftOn?: DayColumn;
  readonly status?: { readonly column: string } & Readonly<Record<string, unknown>>;
  readonly [more: string]: unknown;
}

/** @throws DemoError where the file is none */
export async function readMapping(file: string): Promise<Mapping> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Mapping;
  } catch (error) {
    throw new DemoError(`The mapping ${file} cannot be read: ${(error as Error).message}`);
  }
}

/** The mapping below `directory` that was made for exactly this header. @throws DemoError naming an example to start from */
export async function shippedMapping(
  directory: string,
  header: readonly string[],
): Promise<{ mapping: Mapping; file: string }> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
  for (const name of files) {
    const file = join(directory, name);
    const mapping = await readMapping(file);
    const own = mapping.header ?? [];
    if (own.length === header.length && own.every((column, index) => column === header[index]))
      return { mapping, file };
  }
  throw new DemoError(
    `No shipped mapping has this file's header (${header.slice(0, 6).join(', ')}, …). Write one after the example ` +
      `${join(directory, files[0] ?? '')} and give it with --mapping FILE.`,
  );
}
