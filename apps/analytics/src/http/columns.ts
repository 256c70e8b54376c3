import type { Columns } from '@cairn/http';
import type { BaselineTotals, ManagerFigures } from '@cairn/manager-baseline';
import type { CoachShown } from '../reports/coaches-page.js';
import type { BetweenSessionsShown, ParticipantShown, SignalShown } from '../reports/people-pages.js';
import type { Measure } from '../reports/metrics/measure.js';
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
  beside: ({ beside }) => beside && besideIn(beside).join('; '),
};

/** `p90 12`, or `activatedSoFar.value 0.5` for what is within what stands beside. */
const besideIn = (beside: NonNullable<Measure['beside']>, within = ''): string[] =>
  Object.entries(beside).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? besideIn(value, `${within}${name}.`)
      : [`${within}${name} ${value ?? 'none'}`],
  );

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
  forward: ({ movement }) => movement?.forward,
  steady: ({ movement }) => movement?.steady,
  back: ({ movement }) => movement?.back,
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

/** Each line names the period, and the totals of all teams beside its own. */
export const baselineColumns = ({
  from,
  to,
  countedBy,
  totals,
}: {
  from: string;
  to: string;
  countedBy: string;
  totals: BaselineTotals;
}): Columns<ManagerFigures> => ({
  managerId: ({ managerId }) => managerId,
  teamSizeOnFirstDay: ({ teamSizeOnFirstDay }) => teamSizeOnFirstDay,
  left: ({ left }) => left,
  leftVoluntarily: ({ leftVoluntarily }) => leftVoluntarily,
  engagementMean: ({ engagementMean }) => engagementMean,
  engagementAnswers: ({ engagementAnswers }) => engagementAnswers,
  belowStandard: ({ belowStandard }) => belowStandard,
  from: () => from,
  to: () => to,
  countedBy: () => countedBy,
  employedInAll: () => totals.employedOnFirstDay,
  leftInAll: () => totals.left,
  leftVoluntarilyInAll: () => totals.leftVoluntarily,
  unknownTeamInAll: () => totals.unknownTeam,
});
