import { parentPort, workerData } from 'node:worker_threads';
import { assign } from './assign.js';
import type { Coach, Coachee } from './candidates.js';

const { coachees, coaches, on } = workerData as { coachees: Coachee[]; coaches: Coach[]; on: string };
parentPort!.postMessage(assign(coachees, coaches, on));
