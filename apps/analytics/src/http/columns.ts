import type { Columns } from '@cairn/http';
import type { CoachShown } from '../reports/coaches-page.js';
import type { BetweenSessionsShown, ParticipantShown, SignalShown } from '../reports/people-pages.js';
import type { MetricShown } from '../reports/report.js';

/** The reports as spreadsheets: one line for each row, lists in one cell. */
export const METRIC_COLUMNS: Columns<MetricShown> = {
  metric: ({ id }) => id,
  group: ({ group }) => group,
  value: ({ value }) => value,
  numerator: ({ numerator }) => numerator,
  denominator: ({ denominator }) => denominator,
  n: ({ n }) => n,
  source: ({ source }) => source,
  period: ({ period }) => period,
  through: ({ through }) => through,
  withheld: ({ withheld }) => withheld,
};

const signalColumns: Columns<{ readonly signals: readonly SignalShown[] }> = {
  signals: ({ signals }) => signals.map(({ signal }) => signal).join('; '),
  signalsSince: ({ signals }) => signals.map(({ since }) => since).join('; '),
  reasons: ({ signals }) => signals.map(({ reason }) => reason).join(' '),
  suggestedAction: ({ signals }) => signals[0]?.action.text,
};

export const PARTICIPANT_COLUMNS: Columns<ParticipantShown> = {
  personId: ({ personId }) => personId,
  enrollmentId: ({ enrollmentId }) => enrollmentId,
  cohortId: ({ cohortId }) => cohortId,
  status: ({ status }) => status,
  since: ({ since }) => since,
  coachId: ({ coachId }) => coachId,
  lastActivity: ({ lastActivity }) => lastActivity,
  lastSession: ({ lastSession }) => lastSession,
  nextSession: ({ nextSession }) => nextSession,
  allotment: ({ sessions }) => sessions.allotment,
  completed: ({ sessions }) => sessions.completed,
  forfeited: ({ sessions }) => sessions.forfeited,
  due: ({ sessions }) => sessions.due,
  goals: ({ goals }) => goals?.map(({ theme, status }) => `${theme}: ${status}`).join('; '),
  ...signalColumns,
};

export const BETWEEN_COLUMNS: Columns<BetweenSessionsShown> = {
  personId: ({ personId }) => personId,
  enrollmentId: ({ enrollmentId }) => enrollmentId,
  coachId: ({ coachId }) => coachId,
  status: ({ status }) => status,
  lastSession: ({ lastSession }) => lastSession,
  daysSinceLastSession: ({ daysSinceLastSession }) => daysSinceLastSession,
  nextSession: ({ nextSession }) => nextSession,
  daysUntilNextSession: ({ daysUntilNextSession }) => daysUntilNextSession,
  practiceCommitted: ({ practice }) => practice.committed,
  practiceReported: ({ practice }) => practice.reported,
  practiceOverdue: ({ practice }) => practice.overdue,
  openGoals: ({ movement }) => movement?.goals,
  lastMovement: ({ movement }) => movement?.last,
  ...signalColumns,
};

export const COACH_COLUMNS: Columns<CoachShown> = {
  coachId: ({ coachId }) => coachId,
  status: ({ status }) => status,
  capacity: ({ capacity }) => capacity,
  activeCoachees: ({ activeCoachees }) => activeCoachees,
  coacheesInAll: ({ coacheesInAll }) => coacheesInAll,
  sessionsCompleted: ({ sessionsCompleted }) => sessionsCompleted,
  noShows: ({ noShows }) => noShows,
  lateCancellations: ({ lateCancellations }) => lateCancellations,
  sessionsMoved: ({ sessionsMoved }) => sessionsMoved,
};
