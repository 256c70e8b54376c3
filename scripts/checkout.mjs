import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { giveUp } from './progress.mjs';

/** The directory that was cloned. */
export const checkout = dirname(dirname(fileURLToPath(import.meta.url)));

export const inCheckout = (...path) => join(checkout, ...path);

/** A path below .cairn/, which holds what a running Cairn keeps in the checkout; makes the directory. */
export const inState = (...path) => join(stateIn(checkout), ...path);

/** The directory .cairn/ of the checkout, or of where CAIRN_HOME says that data are; made where it is missing. */
export function stateIn(place) {
  const directory = join(place, '.cairn');
  try {
    if (!existsSync(directory)) {
      mkdirSync(directory);
      // Started by root, PostgreSQL runs under another account, which has to pass through, whatever the umask.
      chmodSync(directory, 0o711);
    }
  } catch (error) {
    if (error.code === 'ENOSPC')
      giveUp(`The disk that holds ${place} is full. Free some space and try again.`);
    if (error.code === 'EACCES' || error.code === 'EROFS')
      giveUp(
        `This user may not write to ${place}: use a clone of your own, or CAIRN_HOME for data elsewhere.`,
      );
    if (error.code !== 'EEXIST') throw error;
  }
  return directory;
}
