import { statfs } from 'node:fs/promises';

/** PostgreSQL's log grows by pieces of 16 MB: where the next one finds no room, it ends. */
const NEEDED = 16_000_000;

/** Bytes that are free on the disk that holds the directory. */
async function freeIn(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/**
 * Says once that the disk which holds the directory is full, and once when there is room again.
 * @returns what ends the watch
 */
export function watchRoom(
  directory: string,
  say: (line: string) => void,
  { every = 5000, free = freeIn }: { every?: number; free?: (directory: string) => Promise<number> } = {},
): () => void {
  let full = false;
  const look = async () => {
    const bytes = await free(directory);
    if (!full && bytes < NEEDED) {
      full = true;
      say(
        `The disk that holds ${directory} is full: ${Math.floor(bytes / 1_000_000)} MB are left. Commands for which ` +
          'PostgreSQL finds no room are answered with 503. Free some space there: Cairn then goes on by itself, and ' +
          'what was acknowledged is kept.',
      );
    } else if (full && bytes >= 2 * NEEDED) {
      full = false;
      say(`There is room again on the disk that holds ${directory}.`);
    }
  };
  const timer = setInterval(() => void look().catch(() => undefined), every).unref();
  return () => clearInterval(timer);
}
