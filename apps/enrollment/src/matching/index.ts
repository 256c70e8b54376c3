/** Matching by itself, for who measures it: it knows no database and no HTTP. */
export { assign } from './assign.js';
export { readyCoach, readyCoachee, type Coach, type Coachee } from './candidates.js';
export { failedConstraint } from './constraints.js';
export { scoreOf } from './fit.js';
