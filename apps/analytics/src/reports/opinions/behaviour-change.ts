import { mean } from 'simple-statistics';
import type { MeasuredFact, OpinionFact } from '../../projections/opinions/opinion-facts.js';
import type { Participant } from '../as-of/view.js';
import type { Change, Opinion } from './opinion.js';
import { questionsOf } from './reliability.js';

type Category = MeasuredFact['results'][number]['category'];

/** What was changed by the latest follow-up since the baseline, by these categories: on the same items, 1 to 7. */
const behaviourChange = (source: Opinion['source'], isOf: (category: Category) => boolean): Opinion => {
  const resultsOf = ({ results }: MeasuredFact, theme: string) =>
    results.filter((result) => result.theme === theme && isOf(result.category));

  /** Over the categories that answered both. */
  function between(before: MeasuredFact, after: MeasuredFact, theme: string): Change | undefined {
    const pairs = resultsOf(before, theme).flatMap((result) => {
      const later = resultsOf(after, theme).find(({ category }) => category === result.category);
      return later ? [[result.mean, later.mean] as const] : [];
    });
    if (pairs.length === 0) return undefined;
    return {
      before: mean(pairs.map(([was]) => was)),
      after: mean(pairs.map(([, is]) => is)),
      questions: questionsOf(after),
    };
  }

  function of(own: readonly OpinionFact[], theme: string, { enrollment }: Participant): Change | undefined {
    const measured = own
      .filter((fact) => fact.fact === 'measured')
      .filter((fact) => fact.enrollmentId === enrollment.enrollmentId);
    for (const after of measured.filter(({ moment }) => moment === 'followUp').reverse())
      for (const before of measured.filter(({ moment }) => moment === 'baseline').reverse()) {
        const change = questionsOf(before) === questionsOf(after) && between(before, after, theme);
        if (change) return change;
      }
    return undefined;
  }

  return {
    id: 'behaviour-change',
    source,
    range: [-6, 6],
    unit: 1,
    items: ({ values }) => values.themes,
    figure(own, theme, participant) {
      const change = of(own, theme, participant);
      return change && change.after - change.before;
    },
    // Whoever sees who was assessed twice sees how many of each category answered, too.
    could: ({ enrollment }) => enrollment.activatedAt !== undefined,
    managersAnswer: isOf('manager'),
    change: {
      of,
      answersIn(baseline, theme) {
        const items = resultsOf(baseline, theme).map(({ itemMeans }) => itemMeans);
        return items[0]?.map((_, n) => mean(items.map((each) => each[n]!)));
      },
    },
  };
};

export const selfChange = behaviourChange('self-reported', (category) => category === 'self');
export const observedChange = behaviourChange('observed', (category) => category !== 'self');
