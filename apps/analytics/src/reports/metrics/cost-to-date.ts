import type { ProgramAt } from '../as-of/program-at.js';
import { isCompleted, isForfeited } from '../as-of/session-at.js';
import { sumOf, type Definition, type Share } from './measure.js';

interface Cost extends Share {
  readonly currency: string;
}

const currenciesOf = (shares: readonly Cost[]): Set<string> => new Set(shares.map((share) => share.currency));

/** Before the first session it is the programme's own. */
const currencyOf = (shares: readonly Cost[], program?: ProgramAt): string | null => {
  if (shares.length === 0)
    return program?.values.pricingModel === 'session' ? program.values.costPerSession.currency : null;
  const currencies = currenciesOf(shares);
  return currencies.size === 1 ? [...currencies][0]! : null;
};

/**
 * Cost per session × (completed + forfeited), at the price in force on the session's day, in the programme's currency.
 * The numerator is the cost, the denominator the sessions that it was spent on. 0 before the first one; null for other
 * pricing models than by session, and where the currency changed on the way: what was spent in each then stands beside.
 */
export const costToDate: Definition<Cost> = {
  id: 'cost-to-date',
  source: 'system',
  looksAt: 'moment',
  overTime: 'grows',
  counts: 'events',
  shares(view) {
    const { program } = view;
    if (program.values.pricingModel !== 'session') return [];
    return view.participants.flatMap(({ personId, enrollment: { enrollmentId }, sessions }) => {
      const spent = new Map<string, Cost>();
      for (const session of sessions) {
        if (!isCompleted(session) && !isForfeited(session)) continue;
        const { amount, currency } = program.valuesOn(program.zone.dayOf(session.startsAt)).costPerSession;
        const { numerator, denominator } = spent.get(currency) ?? { numerator: 0, denominator: 0 };
        spent.set(currency, {
          personId,
          enrollmentId,
          numerator: numerator + amount,
          denominator: denominator + 1,
          currency,
        });
      }
      return [...spent.values()];
    });
  },
  value: (shares, program) =>
    currencyOf(shares, program) === null ? null : sumOf(shares, (share) => share.numerator),
  areAlike: (shares) => currenciesOf(shares).size <= 1,
  beside(shares, program) {
    const spent = [...currenciesOf(shares)].sort().map((currency): [string, number] => {
      const own = shares.filter((share) => share.currency === currency);
      return [currency, sumOf(own, (share) => share.numerator)];
    });
    return {
      currency: currencyOf(shares, program),
      ...(spent.length > 1 ? { byCurrency: Object.fromEntries(spent) } : {}),
    };
  },
};
