import type { Outcome } from '@cairn/contracts';
import { isAwaiting, isDue, standing, type SessionAt } from '../as-of/session-at.js';
import type { Span } from '../as-of/span.js';
import type { ProgramView } from '../as-of/view.js';
import {
  countsBeside,
  divided,
  isWithin,
  ratioOf,
  shareOf,
  type Definition,
  type MetricId,
  type Share,
} from './measure.js';

const dueSessions = (view: ProgramView, period: Span): SessionAt[] =>
  view.participants
    .flatMap(({ sessions }) => sessions)
    .filter((session) => isDue(session, view.moment.at) && isWithin(session.startsAt, period, view));

/** Of sessions due, awaiting and disputed ones left out, those with this outcome. */
const sharesOf =
  (what: Outcome) =>
  (view: ProgramView, period: Span): Share[] =>
    dueSessions(view, period).map((session) => {
      const outcome = standing(session);
      if (outcome)
        return shareOf(session, outcome.what === what, outcome.auto ? { autoConfirmed: 1 } : undefined);
      const { personId, enrollmentId } = session;
      const beside: Record<string, number> = isAwaiting(session) ? { awaiting: 1 } : { disputed: 1 };
      return { personId, enrollmentId, numerator: 0, denominator: 0, beside };
    });

const rate = (id: MetricId, what: Outcome, beside?: Definition['beside']): Definition => ({
  id,
  source: 'system',
  looksAt: 'period',
  overTime: 'adds-up',
  shares: sharesOf(what),
  value: ratioOf,
  ...(beside ? { beside } : {}),
});

/** completed ÷ (due − awaiting − disputed); how many of them were auto-confirmed stands beside it. */
export const completionRate = rate(
  'completion-rate',
  'completed',
  countsBeside('autoConfirmed', 'awaiting', 'disputed'),
);
/** Each party's no-shows and late cancellations ÷ (due − awaiting − disputed). */
export const coacheeNoShowRate = rate('coachee-no-show-rate', 'coachee-no-show');
export const coacheeLateCancelRate = rate('coachee-late-cancel-rate', 'coachee-late-cancel');
export const coachNoShowRate = rate('coach-no-show-rate', 'coach-no-show');
export const coachLateCancelRate = rate('coach-late-cancel-rate', 'coach-late-cancel');

/** Sessions moved at least once ÷ due; those moved by each party stand beside it. */
export const rescheduleRate: Definition = {
  id: 'reschedule-rate',
  source: 'system',
  looksAt: 'period',
  overTime: 'adds-up',
  shares: (view, period) =>
    dueSessions(view, period).map((session) => {
      const movedBy = (party: 'coachee' | 'coach') =>
        session.steps.some(({ step, by }) => step === 'moved' && by === party) ? 1 : 0;
      const [byCoachee, byCoach] = [movedBy('coachee'), movedBy('coach')];
      return shareOf(session, byCoachee + byCoach > 0, { byCoachee, byCoach });
    }),
  value: ratioOf,
  beside(shares) {
    const { byCoachee = 0, byCoach = 0 } = countsBeside('byCoachee', 'byCoach')(shares);
    const part = (numerator: number) => ({
      value: divided(numerator, shares.length),
      numerator,
      denominator: shares.length,
    });
    return { byCoachee: part(byCoachee), byCoach: part(byCoach) };
  },
};
