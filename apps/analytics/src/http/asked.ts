import { RefusedError } from '@cairn/decider';
import type { Subject } from '@cairn/identity';
import { readsInFull } from '../reports/access.js';
import type { Zone } from '../reports/as-of/zone.js';
import type { Definition } from '../reports/metrics/measure.js';
import { periodOf, PERIODS, PERIODS_OPEN, PROGRAMME, type Period } from '../reports/periods.js';
import type { ProgramReport } from '../reports/report.js';
import type { AsOfQuery } from './queries.js';

/**
 * Closed months are told as they are known now, since two states of one month could be subtracted from each other.
 * @throws RefusedError 400
 */
export function basisAsked(subject: Subject, { basis }: AsOfQuery): void {
  if (!readsInFull(subject) && basis !== 'occurredAt')
    throw refused('/basis', 'basis-not-open', 'Closed months can be asked for by occurredAt only.');
}

/** @throws RefusedError 400 for what is no period, or none that is open to the reader */
export function periodAsked(report: ProgramReport, name = PROGRAMME.name): Period {
  const { program, moment } = report.view;
  if (!report.reader.inFull) return openPeriod(name, program.zone, moment.at);
  const period = periodOf(name, program.zone, moment.at);
  if (!period) throw refused('/period', 'no-such-period', `period must be one of: ${PERIODS}.`);
  return period;
}

/**
 * A period of closed months.
 * @throws RefusedError 400 for what is no period, and for a week
 */
export function openPeriod(name: string, zone: Zone, at: number): Period {
  const period = periodOf(name, zone, at);
  if (!period) throw refused('/period', 'no-such-period', `period must be one of: ${PERIODS_OPEN}.`);
  if (period.kind === 'week')
    throw refused(
      '/period',
      'period-not-open',
      'Open are closed months (2026-03), quarters (2026-Q1), last-12-months and programme.',
    );
  return period;
}

/**
 * Of these metrics, those that can be broken down by the dimension for the reader; all of them without one.
 * @throws RefusedError 400 where none can
 */
export function byDimension(
  report: ProgramReport,
  definitions: readonly Definition[],
  dimension: string | undefined,
): readonly Definition[] {
  if (dimension === undefined) return definitions;
  const open = definitions.filter((definition) => report.dimensionsOf(definition).includes(dimension));
  if (open.length > 0) return open;
  const allowed = report.dimensionsOf(definitions[0]!).join(', ');
  throw refused(
    '/dimension',
    'dimension-not-open',
    `This cannot be broken down by ${dimension} here. One at a time of: ${allowed}.`,
  );
}

/** A query that cannot be answered as it was asked. */
export const refused = (pointer: string, slug: string, detail: string) =>
  new RefusedError({ kind: 'malformed', slug, detail, errors: [{ pointer, detail }] });
