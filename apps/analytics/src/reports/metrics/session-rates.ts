import type { Outcome } from '@cairn/contracts';
import { isAwaiting, isDue, standing, type SessionAt } from '../as-of/session-at.js';
import type { Span } from '../as-of/span.js';
import type { ProgramView } from '../as-of/view.js';
import {
  countsBeside,
  divided,
  isWithin,
  ratioOf,
  sumOf,
  type Definition,
  type MetricId,
  type Share,
} from './measure.js';

/** One share for each participant with sessions due in the period. */
function sharesOfDue(
  view: ProgramView,
  period: Span,
  shareOf: (due: readonly SessionAt[]) => Pick<Share, 'numerator' | 'denominator' | 'beside'>,
): Share[] {
  return view.participants.flatMap(({ personId, enrollment: { enrollmentId }, sessions }) => {
    const due = sessions.filter(
      (session) => isDue(session, view.moment.at) && isWithin(session.startsAt, period, view),
    );
    return due.length === 0 ? [] : [{ personId, enrollmentId, ...shareOf(due) }];
  });
}

const count = (sessions: readonly SessionAt[], of: (session: SessionAt) => boolean): number =>
  sumOf(sessions, (session) => (of(session) ? 1 : 0));

/** Of sessions due, awaiting and disputed ones left out, those with this outcome. */
const rate = (id: MetricId, what: Outcome, beside?: Definition['beside']): Definition => ({
  id,
  source: 'system',
  looksAt: 'period',
  overTime: 'adds-up',
  counts: 'events',
  shares: (view, period) =>
    sharesOfDue(view, period, (due) => {
      let [numerator, denominator, autoConfirmed, awaiting] = [0, 0, 0, 0];
      for (const session of due) {
        const outcome = standing(session);
        if (isAwaiting(session)) awaiting++;
        if (!outcome) continue;
        denominator++;
        if (outcome.what === what) numerator++;
        if (outcome.auto) autoConfirmed++;
      }
      const disputed = due.length - denominator - awaiting;
      return { numerator, denominator, beside: { autoConfirmed, awaiting, disputed } };
    }),
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

const isMovedBy =
  (...parties: string[]) =>
  ({ steps }: SessionAt): boolean =>
    steps.some(({ step, by }) => step === 'moved' && parties.includes(by));

/** Sessions moved at least once ÷ due; those moved by each party stand beside it. */
export const rescheduleRate: Definition = {
  id: 'reschedule-rate',
  source: 'system',
  looksAt: 'period',
  overTime: 'adds-up',
  counts: 'events',
  shares: (view, period) =>
    sharesOfDue(view, period, (due) => ({
      numerator: count(due, isMovedBy('coachee', 'coach')),
      denominator: due.length,
      beside: { byCoachee: count(due, isMovedBy('coachee')), byCoach: count(due, isMovedBy('coach')) },
    })),
  value: ratioOf,
  beside(shares) {
    const { byCoachee = 0, byCoach = 0 } = countsBeside('byCoachee', 'byCoach')(shares);
    const denominator = sumOf(shares, (share) => share.denominator);
    const part = (numerator: number) => ({ value: divided(numerator, denominator), numerator, denominator });
    return { byCoachee: part(byCoachee), byCoach: part(byCoach) };
  },
};
