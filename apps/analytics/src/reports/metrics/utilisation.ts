import { isCompleted, isForfeited } from '../as-of/session-at.js';
import type { Participant, ProgramView } from '../as-of/view.js';
import { daysBetween, monthsBetween, plusDays } from '../as-of/zone.js';
import { countsBeside, ratioOf, type Definition, type Share } from './measure.js';

/**
 * Sessions planned to date: whole cadence periods (7 days, 14 days, a calendar month) of unpaused active time, at most
 * the allotment. Counted in days of the programme's zone, from the day of activation up to, not including, that of asOf
 * or of the end; each paused day moves the beginning on by a day.
 */
export function plannedToDate({ enrollment }: Participant, { program, moment }: ProgramView): number {
  const { activatedAt, endedAt, pauses } = enrollment;
  if (activatedAt === undefined) return 0;
  const { zone, values } = program;
  const end = Math.min(endedAt ?? Infinity, moment.at);
  const last = zone.dayOf(end);
  const pausedDays = pauses
    .filter((pause) => pause.from < end)
    .reduce(
      (days, { from, to }) => days + daysBetween(zone.dayOf(from), to > end ? last : zone.dayOf(to)),
      0,
    );
  const activated = zone.dayOf(activatedAt);
  const first = pausedDays === 0 ? activated : plusDays(activated, pausedDays);
  const days = Math.max(0, daysBetween(first, last));
  const periods = {
    weekly: () => Math.floor(days / 7),
    'bi-weekly': () => Math.floor(days / 14),
    monthly: () => Math.max(0, monthsBetween(first, last)),
  };
  return Math.min(enrollment.allotment ?? values.allotment, periods[values.cadence]());
}

const sharesOf =
  (withForfeited: boolean) =>
  (view: ProgramView): Share[] =>
    view.participants
      .filter(({ enrollment }) => enrollment.activatedAt !== undefined)
      .map((participant) => {
        const completed = participant.sessions.filter(isCompleted).length;
        const forfeited = participant.sessions.filter(isForfeited).length;
        return {
          personId: participant.personId,
          enrollmentId: participant.enrollment.enrollmentId,
          numerator: completed + (withForfeited ? forfeited : 0),
          denominator: plannedToDate(participant, view),
          beside: { completed, forfeited },
        };
      });

/** (completed + forfeited) ÷ planned to date; not capped at 1. */
export const utilisation: Definition = {
  id: 'utilisation',
  source: 'system',
  looksAt: 'moment',
  overTime: 'grows',
  counts: 'events',
  shares: sharesOf(true),
  value: ratioOf,
  beside: countsBeside('completed', 'forfeited'),
};

/** completed ÷ planned to date. */
export const delivered: Definition = {
  id: 'delivered',
  source: 'system',
  looksAt: 'moment',
  overTime: 'grows',
  counts: 'events',
  shares: sharesOf(false),
  value: ratioOf,
};
