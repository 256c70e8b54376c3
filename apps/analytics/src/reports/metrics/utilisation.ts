import { isCompleted, isForfeited } from '../as-of/session-at.js';
import type { Participant, ProgramView } from '../as-of/view.js';
import { countsBeside, ratioOf, type Definition, type Share } from './measure.js';

/**
 * Sessions planned to date: whole cadence periods of unpaused active time, at most the allotment. Calendar days (7, 14)
 * or months in the programme's zone, counted from the activation, which each paused day moves on by a day.
 */
export function plannedToDate({ enrollment }: Participant, view: ProgramView): number {
  const { activatedAt, endedAt, pauses } = enrollment;
  if (activatedAt === undefined) return 0;
  const { zone, values } = view.program;
  let end = Math.min(endedAt ?? Infinity, view.moment.at);
  const running = pauses.find((pause) => pause.from <= end && end < pause.to);
  if (running) end = running.from;
  const pausedDays = pauses
    .filter((pause) => pause.to <= end)
    .reduce((days, pause) => days + zone.whole('days', pause.from, pause.to), 0);
  const start = pausedDays === 0 ? activatedAt : zone.plusDays(activatedAt, pausedDays);
  const allotment = enrollment.allotment ?? values.allotment;
  if (values.cadence === 'monthly') return Math.min(allotment, zone.whole('months', start, end));
  return Math.min(
    allotment,
    Math.floor(zone.whole('days', start, end) / (values.cadence === 'weekly' ? 7 : 14)),
  );
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
  overTime: 'to-date',
  shares: sharesOf(true),
  value: ratioOf,
  beside: countsBeside('completed', 'forfeited'),
};

/** completed ÷ planned to date. */
export const delivered: Definition = {
  id: 'delivered',
  source: 'system',
  looksAt: 'moment',
  overTime: 'to-date',
  shares: sharesOf(false),
  value: ratioOf,
};
