import type { Columns } from '@cairn/http';
import type { BaselineTotals, ManagerFigures } from '@cairn/manager-baseline';
import type { CoachShown, Part, Rates } from '../reports/coaches-page.js';
import type { OpinionShown } from '../reports/opinions/opinion-report.js';
import type { OutcomeShown } from '../reports/outcomes.js';
import type { BetweenSessionsShown, ParticipantShown, SignalShown } from '../reports/people-pages.js';
import type { MetricShown } from '../reports/report.js';

type Named = { readonly [name: string]: string | number | boolean | null | Named };

/** A list in one cell; nothing where there is none, or it is not for the reader. */
export const listed = <Item>(items: readonly Item[] | undefined, of: (item: Item) => string | undefined) =>
  items?.map((item) => of(item) ?? 'none').join('; ');

/** What has names in one cell: `p90 12`, or `activatedSoFar.value 0.5` for what is within another. */
export const inOneCell = (named: Named): string => partsOf(named).join('; ');

const partsOf = (named: Named, within = ''): string[] =>
  Object.entries(named).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? partsOf(value, `${within}${name}.`)
      : [`${within}${name} ${value ?? 'none'}`],
  );

/**
 * The reports as spreadsheets, which carry all that the JSON does: one line for each row, lists in one cell. What an
 * answer says beside its rows has columns too, the same on every line.
 */
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
  beside: ({ beside }) => beside && inOneCell(beside),
};

const SAID_COLUMNS: Columns<Omit<OutcomeShown, 'outcome'>> = {
  metric: ({ id }) => id,
  item: ({ item }) => item,
  group: ({ group }) => group,
  value: ({ value }) => value,
  bound: ({ bound }) => bound,
  source: ({ source }) => source,
  period: ({ period }) => period,
  from: ({ from }) => from,
  through: ({ through }) => through,
  withheld: ({ withheld }) => withheld,
  beside: ({ beside }) => beside && inOneCell(beside),
};
export const OPINION_COLUMNS: Columns<OpinionShown> = SAID_COLUMNS;
export const OUTCOME_COLUMNS: Columns<OutcomeShown> = {
  outcome: ({ outcome }) => outcome,
  ...SAID_COLUMNS,
};

const signalColumns: Columns<{ readonly signals: readonly SignalShown[] }> = {
  signals: ({ signals }) => listed(signals, ({ signal }) => signal),
  signalsSince: ({ signals }) => listed(signals, ({ since }) => since),
  reasons: ({ signals }) => signals.map(({ reason }) => reason).join(' '),
  evidence: ({ signals }) =>
    inOneCell(Object.fromEntries(signals.map(({ signal, evidence }) => [signal, evidence]))),
  actionCodes: ({ signals }) => listed(signals, ({ action }) => action.code),
  actions: ({ signals }) => signals.map(({ action }) => action.text).join(' '),
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
  goals: ({ goals }) => listed(goals, ({ theme, status }) => `${theme}: ${status}`),
  goalIds: ({ goals }) => listed(goals, ({ goalId }) => goalId),
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

const RATES = [
  'completion',
  'coachNoShow',
  'coachLateCancel',
  'movedByCoach',
  'coacheeNoShow',
  'coacheeLateCancel',
  'movedByCoachee',
] as const satisfies (keyof Rates)[];

const partColumns = (name: string, of: (coach: CoachShown) => Part | undefined): Columns<CoachShown> => ({
  [`${name}Rate`]: (coach) => of(coach)?.value,
  [`${name}Numerator`]: (coach) => of(coach)?.numerator,
  [`${name}Denominator`]: (coach) => of(coach)?.denominator,
});

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
  ...Object.assign({}, ...RATES.map((rate) => partColumns(rate, ({ rates }) => rates[rate]))),
  ...partColumns('rematch', ({ rematch }) => rematch),
  reassessed: ({ reassessment }) => reassessment.latest?.outcome,
  reassessedAt: ({ reassessment }) => reassessment.latest?.at,
  reassessmentDueAt: ({ reassessment }) => reassessment.dueAt,
  reassessmentIsDue: ({ reassessment }) => reassessment.isDue,
  credentials: ({ credentials }) => listed(credentials, ({ credential }) => credential),
  credentialIssuers: ({ credentials }) => listed(credentials, ({ issuer }) => issuer),
  credentialsExpireOn: ({ credentials }) => listed(credentials, ({ expiresOn }) => expiresOn ?? undefined),
  credentialsValid: ({ credentials }) => listed(credentials, ({ valid }) => String(valid)),
};

export const MANAGER_COLUMNS: Columns<ManagerFigures> = {
  managerId: ({ managerId }) => managerId,
  teamSizeOnFirstDay: ({ teamSizeOnFirstDay }) => teamSizeOnFirstDay,
  left: ({ left }) => left,
  leftVoluntarily: ({ leftVoluntarily }) => leftVoluntarily,
  engagementMean: ({ engagementMean }) => engagementMean,
  engagementAnswers: ({ engagementAnswers }) => engagementAnswers,
  belowStandard: ({ belowStandard }) => belowStandard,
};

/** The period, the days of the data, and the totals of all teams. */
export const BASELINE_COLUMNS: Columns<{
  readonly id: string;
  readonly source: string;
  readonly from: string;
  readonly to: string;
  readonly countedBy: string;
  readonly data: { readonly from: string; readonly to: string } | null;
  readonly totals: BaselineTotals & { readonly unknownTeamByMembership: number };
}> = {
  id: ({ id }) => id,
  source: ({ source }) => source,
  from: ({ from }) => from,
  to: ({ to }) => to,
  countedBy: ({ countedBy }) => countedBy,
  dataFrom: ({ data }) => data?.from,
  dataTo: ({ data }) => data?.to,
  employedInAll: ({ totals }) => totals.employedOnFirstDay,
  leftInAll: ({ totals }) => totals.left,
  leftVoluntarilyInAll: ({ totals }) => totals.leftVoluntarily,
  inTeamsInAll: ({ totals }) => totals.inTeams,
  withoutManagerInAll: ({ totals }) => totals.withoutManager,
  unknownTeamInAll: ({ totals }) => totals.unknownTeam,
  unknownTeamByMembershipInAll: ({ totals }) => totals.unknownTeamByMembership,
  leftFromUnknownTeamInAll: ({ totals }) => totals.leftFromUnknownTeam,
};
