import { isUnderWay } from '../as-of/enrollment-at.js';
import { isCompleted } from '../as-of/session-at.js';
import { overlap, type Span } from '../as-of/span.js';
import type { Participant, ProgramView } from '../as-of/view.js';
import { plusDays } from '../as-of/zone.js';
import { countsBeside, ratioOf, shareOf, type Definition, type Share } from './measure.js';

/**
 * The last days up to asOf, its own day among them, in the programme's zone: 28 at a weekly or bi-weekly cadence, 45 at a
 * monthly one.
 */
export function windowOf({ program: { zone, values }, moment: { at } }: ProgramView): Span {
  const days = values.cadence === 'monthly' ? 45 : 28;
  return { from: zone.startOf(plusDays(zone.dayOf(at), 1 - days)), to: at };
}

/** Why somebody is not judged: stands beside as a count. Undefined for those who are, null for who never began. */
function leftOut(
  { enrollment }: Participant,
  window: Span,
): 'tooNew' | 'paused' | 'ended' | null | undefined {
  if (enrollment.endedAt !== undefined) return 'ended';
  if (!isUnderWay(enrollment)) return null;
  const spans = enrollment.pauses.map(({ from, to }) => ({ from, to: Math.min(to, window.to) }));
  if (enrollment.status === 'paused' || overlap(window, spans) > 0) return 'paused';
  return enrollment.activatedAt! >= window.from ? 'tooNew' : undefined;
}

const sharesWhere = (
  view: ProgramView,
  did: (participant: Participant, window: Span) => boolean,
): Share[] => {
  const window = windowOf(view);
  return view.participants.flatMap((participant): Share[] => {
    const why = leftOut(participant, window);
    if (why === null) return [];
    if (why === undefined) return [shareOf(participant.enrollment, did(participant, window))];
    const { personId, enrollmentId } = participant.enrollment;
    return [{ personId, enrollmentId, numerator: 0, denominator: 0, beside: { [why]: 1 } }];
  });
};

const isIn = (at: number, window: Span) => at >= window.from && at <= window.to;

/**
 * Of people active at asOf, activated before the window began and paused on no day of it, those with at least one
 * completed session in the window. Beside it how many were too new, paused or ended.
 */
export const engagedRate: Definition = {
  id: 'engaged-rate',
  source: 'system',
  looksAt: 'moment',
  overTime: 'fresh',
  counts: 'people',
  shares: (view) =>
    sharesWhere(view, ({ sessions }, window) =>
      sessions.some((session) => isCompleted(session) && isIn(session.startsAt, window)),
    ),
  value: ratioOf,
  beside: countsBeside('tooNew', 'paused', 'ended'),
};

/** Of the same people, those with at least one goal, practice or check-in event, or pulses released, in the window. */
export const betweenSessionActive: Definition = {
  id: 'between-session-active',
  source: 'self-reported',
  looksAt: 'moment',
  overTime: 'fresh',
  counts: 'people',
  shares: (view) =>
    sharesWhere(
      view,
      ({ goals, pulses }, window) =>
        goals.some((goal) => goal.activity.some((at) => isIn(at, window))) ||
        pulses.some((pulse) => pulse.released.some(({ at }) => isIn(at, window))),
    ),
  value: ratioOf,
  beside: countsBeside('tooNew', 'paused', 'ended'),
};
