import { goalAttainment } from './metrics/goal-attainment.js';
import type { Measure } from './metrics/measure.js';
import { OPINIONS } from './opinions/index.js';
import type { OpinionReport, OpinionShown } from './opinions/opinion-report.js';
import type { Period } from './periods.js';
import type { MetricShown, ProgramReport } from './report.js';

/** What of a programme's outcomes somebody says. All figures are null where it is withheld. */
export interface OutcomeShown extends Omit<OpinionShown, 'source' | 'beside'> {
  /** Of these three, what one source says is compared with what others do. */
  readonly outcome: 'goals' | 'workplace' | 'assessment';
  readonly source: string;
  readonly beside?: OpinionShown['beside'] | Measure['beside'];
}

const OUTCOME_OF: Readonly<Record<string, OutcomeShown['outcome']>> = {
  'goal-attainment': 'goals',
  'theme-behaviour': 'workplace',
  'one-to-ones-held': 'workplace',
  'development-conversations': 'workplace',
  'manager-effectiveness': 'workplace',
  'behaviour-change': 'assessment',
};

/** What a programme has brought, as each source says it, side by side: nothing that is not told elsewhere. */
export function outcomesOf(
  [opinions, closed]: readonly [OpinionReport, Period],
  [report, period]: readonly [ProgramReport, Period],
  dimension?: string,
): OutcomeShown[] {
  return [
    ...report.metric(goalAttainment, period, dimension).map(ofOwnScores),
    ...OPINIONS.filter(({ id }) => id in OUTCOME_OF).flatMap((opinion) =>
      opinions
        .rows(opinion, opinions.itemsOf(opinion), closed, dimension)
        .map((row) => ({ outcome: OUTCOME_OF[opinion.id]!, ...row })),
    ),
  ];
}

const ofOwnScores = ({
  id,
  group,
  value,
  source,
  period,
  through,
  withheld,
  beside,
}: MetricShown): OutcomeShown => ({
  outcome: 'goals',
  id: id as OutcomeShown['id'],
  item: 'change',
  group,
  value,
  bound: null,
  source,
  period,
  from: null,
  through,
  withheld,
  ...(beside ? { beside } : {}),
});
