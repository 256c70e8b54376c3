import { Worker } from 'node:worker_threads';
import { assign, type Assignment } from './assign.js';
import type { Coach, Coachee } from './candidates.js';

/** Pairs from which a thread of its own is worth its start: some 20 ms of work. */
const LARGE = 20_000;

/** `assign`, for large cohorts in a thread of its own, so that others are answered meanwhile. */
export function assignApart(
  coachees: readonly Coachee[],
  coaches: readonly Coach[],
  on: string,
): Promise<Assignment> {
  if (coachees.length * coaches.length < LARGE) return Promise.resolve(assign(coachees, coaches, on));
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./assign.worker.js', import.meta.url), {
      workerData: { coachees, coaches, on },
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the bulk run's thread ended with ${code}`)));
  });
}
