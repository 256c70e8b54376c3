import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { giveUp } from './progress.mjs';

/** When a process was born: with its id that names it for good, since ids are used again. */
function birthOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Whether the process that a lock names still runs. */
export function isAlive({ pid, birth }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return birthOf(pid) === birth;
}

/** A process's entry in a lock. */
export const named = (pid) => ({ pid, birth: birthOf(pid) });

/**
 * Takes the lock for this process. Answers undefined when it is taken, or what the living process that holds it
 * wrote there. A lock whose process is gone is taken over; `left` is then told what that one had written.
 */
export function takeLock(file, content = {}, left = () => undefined) {
  const mine = `${file}.${process.pid}`;
  try {
    writeFileSync(mine, JSON.stringify({ ...named(process.pid), ...content }));
    for (;;) {
      try {
        linkSync(mine, file);
        process.on('exit', () => releaseLock(file));
        return undefined;
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const holder = readLock(file);
      if (holder && isAlive(holder)) return holder;
      if (holder) left(holder);
      rmSync(file, { force: true });
    }
  } catch (error) {
    if (error.code === 'ENOSPC')
      giveUp(`The disk that holds ${file} is full. Free some space and try again.`);
    if (error.code === 'EACCES')
      giveUp(`${file} belongs to another user: start Cairn as that user, or from a clone of your own.`);
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** What the living process that holds the lock wrote there; undefined where none does, or this one. */
export function heldByAnother(file) {
  const holder = readLock(file);
  return holder && holder.pid !== process.pid && isAlive(holder) ? holder : undefined;
}

/** Rewrites what this process's lock says. */
export function updateLock(file, content) {
  writeFileSync(file, JSON.stringify({ ...named(process.pid), ...content }));
}

/** Gives the lock up, if it is this process's. */
export function releaseLock(file) {
  if (readLock(file)?.pid === process.pid) rmSync(file, { force: true });
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
