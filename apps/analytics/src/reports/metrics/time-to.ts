import type { EnrollmentAt } from '../as-of/enrollment-at.js';
import type { MatchAt } from '../as-of/match-at.js';
import { isCompleted } from '../as-of/session-at.js';
import { unpaused } from '../as-of/span.js';
import type { ProgramView } from '../as-of/view.js';
import { DAY } from '../as-of/zone.js';
import { cumulativeIncidence, quantileOf, type Case } from './incidence.js';
import { isWithin, type Definition, type MetricId, type Share } from './measure.js';

type CaseShare = Share & Case;

/** From `from` to the event, to what ruled it out, or to asOf; paused time left out. Days are of 24 hours. */
function caseOf(
  enrollment: EnrollmentAt,
  from: number,
  event: number | undefined,
  competing: number | undefined,
  view: ProgramView,
): CaseShare {
  const ending = event !== undefined ? 'event' : competing !== undefined ? 'competing' : 'open';
  const to = event ?? competing ?? view.moment.at;
  return {
    personId: enrollment.personId,
    enrollmentId: enrollment.enrollmentId,
    numerator: ending === 'event' ? 1 : 0,
    denominator: 1,
    days: unpaused(from, to, enrollment.pauses) / DAY,
    ending,
  };
}

/** Median and p90 in days; a quantile that was not reached is null, with the last day on which somebody was looked at. */
const timeTo = (id: MetricId, shares: Definition<CaseShare>['shares']): Definition<CaseShare> => ({
  id,
  source: 'system',
  looksAt: 'period',
  overTime: 'grows',
  counts: 'people',
  shares,
  value: (cases) => quantileOf(cumulativeIncidence(cases), 0.5),
  beside(cases) {
    const steps = cumulativeIncidence(cases);
    const [median, p90] = [quantileOf(steps, 0.5), quantileOf(steps, 0.9)];
    const count = (ending: Case['ending']) => cases.filter((each) => each.ending === ending).length;
    const lastDay = cases.reduce((last, each) => Math.max(last, each.days), 0);
    return {
      unit: 'days',
      median,
      p90,
      notReachedByDay: cases.length > 0 && (median === null || p90 === null) ? Math.floor(lastDay) : null,
      open: count('open'),
      withdrawn: count('competing'),
    };
  },
});

/**
 * The searches for a coach. A request that was withdrawn while nobody coached goes on, once it is opened anew, from where it
 * began: the coachee has waited from there.
 * @param matches oldest first
 */
function searchesOf(matches: readonly MatchAt[]): MatchAt[] {
  const isCoachedAt = (at: number) =>
    matches.some(({ matchedAt = Infinity, endedAt = Infinity }) => matchedAt <= at && at < endedAt);
  const searches: MatchAt[] = [];
  for (const match of matches) {
    const before = searches.at(-1);
    if (before?.withdrawnAt !== undefined && !isCoachedAt(before.withdrawnAt))
      searches.splice(-1, 1, { ...match, requestedAt: before.requestedAt });
    else searches.push(match);
  }
  return searches;
}

/** CoachMatched − MatchRequested; open requests are censored, withdrawn ones compete. */
const timeOf = (id: MetricId, kind: MatchAt['kind']) =>
  timeTo(id, (view, period) =>
    view.participants.flatMap(({ enrollment, matches }) =>
      searchesOf(matches)
        .filter((match) => match.kind === kind && isWithin(match.requestedAt, period, view))
        .map((match) =>
          caseOf(
            enrollment,
            match.requestedAt,
            match.matchedAt,
            match.withdrawnAt ?? enrollment.endedAt,
            view,
          ),
        ),
    ),
  );

/** Of the first match of an enrolment; another coach is looked for in a time of its own. */
export const timeToMatch = timeOf('time-to-match', 'first');
export const timeToRematch = timeOf('time-to-rematch', 'rematch');

/** Start of the first completed session − EnrollmentActivated; who ended before it competes. */
export const timeToFirstSession = timeTo('time-to-first-session', (view, period) =>
  view.participants.flatMap(({ enrollment, sessions }) => {
    const { activatedAt, endedAt } = enrollment;
    if (activatedAt === undefined || !isWithin(activatedAt, period, view)) return [];
    return [caseOf(enrollment, activatedAt, sessions.find(isCompleted)?.startsAt, endedAt, view)];
  }),
);
