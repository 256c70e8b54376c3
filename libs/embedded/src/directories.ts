import { chmod, mkdir } from 'node:fs/promises';
import { minding } from './errors.js';

/** Makes the directory where it is missing, and lets others pass through it (not list it), whatever the umask. */
export async function makeDirectory(directory: string): Promise<void> {
  await minding(directory, async () => {
    const made = await mkdir(directory, { recursive: true });
    if (made) await chmod(directory, 0o711);
  });
}
