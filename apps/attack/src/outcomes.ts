import {
  DIMENSIONS,
  goalAttainment,
  momentOf,
  OPINIONS,
  outcomesOf,
  ProgramReport,
  readerOf,
  type OpinionReport,
  type Opinions,
  type OpinionShown,
  type OutcomeShown,
  type Period,
  type ProgramFacts,
} from '@cairn/analytics/reports';
import { labelsOf } from './known.js';
import type { Reader } from './readers.js';

interface Asked {
  readonly opinions: OpinionReport;
  readonly metrics: ProgramReport;
  readonly periods: readonly Period[];
}

/** What outcomes say side by side is what opinions and metrics tell the same reader: nothing more, nothing else. */
export function askOutcomes({ opinions, metrics, periods }: Asked): void {
  for (const dimension of [undefined, ...DIMENSIONS])
    for (const period of periods) {
      const rows = outcomesOf([opinions, period], [metrics, period], dimension);
      const ids = new Set(rows.map(({ id }) => id));
      const told = new Set([
        ...metrics
          .metric(goalAttainment, period, dimension)
          .map((row) => saidIn({ ...row, item: 'change', bound: null, from: null } as OpinionShown)),
        ...OPINIONS.filter(({ id }) => ids.has(id))
          .flatMap((opinion) => opinions.rows(opinion, opinions.itemsOf(opinion), period, dimension))
          .map(saidIn),
      ]);
      for (const row of rows)
        if (!told.has(saidIn(row))) throw new Error(`in outcomes alone: ${JSON.stringify(row)}`);
    }
}

const saidIn = (row: Omit<OutcomeShown, 'outcome'>): string =>
  JSON.stringify([
    row.id,
    row.item,
    row.group,
    row.value,
    row.bound,
    row.source,
    row.period,
    row.from,
    row.through,
    row.withheld,
    row.beside,
  ]);

/** A programme's metrics, as they are told to this reader. */
export function metricsFor(
  { role, known, orgUnits }: Reader & { readonly role: Exclude<Reader['role'], 'coach'> },
  facts: ProgramFacts,
  history: Opinions['history'],
  asOf: number,
  now: number,
): ProgramReport {
  const reader = readerOf(
    { tenantId: '', subject: '', sensitive: false, roles: [role], orgUnits },
    { lineUpwards: new Set(), coached: known, managersSeeParticipation: false },
  );
  const labels = labelsOf(facts)(Infinity);
  const [moment, present] = [momentOf(asOf, 'occurredAt'), momentOf(now, 'occurredAt')];
  return new ProgramReport(history, moment, reader, labels, present, now);
}
