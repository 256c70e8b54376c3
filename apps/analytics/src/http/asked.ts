import { RefusedError } from '@cairn/decider';
import { periodOf, PERIODS, type Period } from '../reports/periods.js';
import type { ProgramReport } from '../reports/report.js';
import type { AsOfQuery } from './queries.js';

/**
 * The report, where it may be asked for so: closed months are told as they are known now, since two states of one month
 * could be subtracted from each other.
 * @throws RefusedError 400
 */
export function asked(report: ProgramReport, { basis }: AsOfQuery): ProgramReport {
  if (report.reader.inFull || basis === 'occurredAt') return report;
  throw refused('/basis', 'basis-not-open', 'Closed months can be asked for by occurredAt only.');
}

/** @throws RefusedError 400 for what is no period, or none that is open to the reader */
export function periodAsked(report: ProgramReport, name: string): Period {
  const { program, moment } = report.view;
  const period = periodOf(name, program.zone, moment.at);
  if (!period) throw refused('/period', 'no-such-period', `period must be one of: ${PERIODS}.`);
  if (!report.reader.inFull && period.kind === 'week')
    throw refused(
      '/period',
      'period-not-open',
      'Open are closed months (2026-03), quarters (2026-Q1), last-12-months and programme.',
    );
  return period;
}

const refused = (pointer: string, slug: string, detail: string) =>
  new RefusedError({ kind: 'malformed', slug, detail, errors: [{ pointer, detail }] });
