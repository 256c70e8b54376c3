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
  shares(view) {
    const { program } = view;
    if (program.values.pricingModel !== 'session') return [];
    return view.participants.flatMap(({ personId, enrollment: { enrollmentId }, sessions }) => {
      const prices = sessions
        .filter((session) => isCompleted(session) || isForfeited(session))
        .map(({ startsAt }) => program.valuesOn(program.zone.dayOf(startsAt)).costPerSession);
      return [...Map.groupBy(prices, ({ currency }) => currency)].map(([currency, own]) => ({
        personId,
        enrollmentId,
        numerator: sumOf(own, ({ amount }) => amount),
        denominator: own.length,
        currency,
      }));
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
