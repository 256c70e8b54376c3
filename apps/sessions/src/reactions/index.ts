import { coachMatched } from './coach-matched.js';
import { enrollmentCancelled } from './enrollment-cancelled.js';
import { enrollmentCompleted } from './enrollment-completed.js';
import { enrollmentDiscontinued } from './enrollment-discontinued.js';
import { enrollmentExtended } from './enrollment-extended.js';
import { enrollmentPaused } from './enrollment-paused.js';
import { enrollmentResumed } from './enrollment-resumed.js';
import { historyDeclared } from './history-declared.js';
import { matchEnded } from './match-ended.js';
import { personLeft } from './person-left.js';
import { sessionsAllotted } from './sessions-allotted.js';

/** All that sessions does because of enrolment, in the order in which it is done for one event. */
export const reactions = [
  coachMatched,
  sessionsAllotted,
  enrollmentPaused,
  enrollmentResumed,
  enrollmentExtended,
  enrollmentCompleted,
  enrollmentDiscontinued,
  enrollmentCancelled,
  matchEnded,
  historyDeclared,
  personLeft,
];
