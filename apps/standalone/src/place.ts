import { dataPlace } from '@cairn/embedded';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout that this file belongs to. */
const CHECKOUT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

export const DEFAULT_PORT = 3000;

/** The tenant of tokens that name no other; the demo makes one of its own for each run. */
export const DEFAULT_TENANT = '00000000-0000-4000-8000-000000000001';

/** Where this checkout's installation keeps everything that outlives a process. */
export interface Place {
  /** Secrets, the development issuer's key, and the note of how the running instance is reached. */
  readonly home: string;
  /** The cluster of the embedded PostgreSQL. */
  readonly postgres: string;
  /** Why it is not `.cairn` in the checkout or in CAIRN_HOME, where it is not. */
  readonly because?: string;
}

/** There is no such place: the message says what to do. */
export class PlaceError extends Error {
  override name = 'PlaceError';
}

/** @throws PlaceError where CAIRN_HOME names no directory: a slip of the pen would begin a second, empty installation */
export async function findPlace(): Promise<Place> {
  // CAIRN_HOME keeps a second one beside it: the same checkout, other data.
  const named = process.env['CAIRN_HOME'];
  const found = named ? await stat(named).catch(() => undefined) : undefined;
  if (named && !found?.isDirectory())
    throw new PlaceError(
      `CAIRN_HOME is ${resolve(named)}, which is no directory. Make it first (mkdir -p), or leave CAIRN_HOME out.`,
    );
  const { directory, because } = await dataPlace(named || CHECKOUT);
  return { home: dirname(directory), postgres: directory, ...(because === undefined ? {} : { because }) };
}

/** What the running standalone tells the commands beside it (`npm run token`, `npm run ops`). */
export interface RunNote {
  readonly origin: string;
  readonly databases: Readonly<Record<string, string>>;
}

const noteIn = (home: string): string => join(home, 'running.json');

/** The databases' passwords are in it: for its owner alone. */
export const writeRunNote = (home: string, note: RunNote): Promise<void> =>
  writeFile(noteIn(home), `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 });

/** Nothing was started here: the message says how to. */
class NotStarted extends Error {
  override name = 'NotStarted';
}

/** @throws NotStarted saying how to start */
export async function readRunNote(home: string): Promise<RunNote> {
  try {
    return JSON.parse(await readFile(noteIn(home), 'utf8')) as RunNote;
  } catch {
    throw new NotStarted('Cairn has not been started from this checkout yet. Start it with: npm start');
  }
}
