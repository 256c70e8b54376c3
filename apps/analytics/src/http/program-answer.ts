import type { Columns } from '@cairn/http';
import type { Subject } from '@cairn/identity';
import { reportFor } from '../reading/program-reader.js';
import type { Snapshot } from '../reading/snapshot.js';
import type { standings } from '../reports/funnel.js';
import type { ProgramReport } from '../reports/report.js';
import { listed } from './columns.js';
import { HEAD_COLUMNS, type headOf } from './program-head.js';
import { told, type Body, type Note } from './told.js';

export const NOT_YET_KNOWN: Note = {
  code: 'not-yet-known',
  text: 'Cairn had not heard of this programme yet at asOf. Ask for a later asOf, or by occurredAt.',
};

/** What a report on one programme may say beside its rows. */
export interface Said {
  readonly program?: ReturnType<typeof headOf>;
  readonly dimension?: string | null;
  readonly standings?: ReturnType<typeof standings>;
  readonly eligible?: number;
}

/** Its columns, by report. */
const BESIDE: Readonly<Record<string, Columns<Said>>> = {
  overview: HEAD_COLUMNS,
  metrics: { dimension: ({ dimension }) => dimension },
  funnel: {
    standings: ({ standings: all }) =>
      listed(all, ({ status, reason, people }) => `${status}${reason ? ` (${reason})` : ''}: ${people}`),
    eligible: ({ eligible }) => eligible,
  },
};

/**
 * The answer of any report on one programme: empty, and saying so, where the programme was not known yet at the moment.
 * @throws RefusedError 404 where the tenant has no such programme
 */
export async function programAnswer<Row>(
  snapshot: Snapshot,
  subject: Subject,
  programId: string,
  name: string,
  columns: Columns<Row>,
  body: (report: ProgramReport) => (Body<Row> & Said) | Promise<Body<Row> & Said>,
) {
  const report = await reportFor(snapshot, subject, programId);
  const said: Body<Row> & Said = report ? await body(report) : { note: NOT_YET_KNOWN, items: [] };
  const beside: Columns<Said> = { ...BESIDE[name], programId: () => programId };
  return told(snapshot, `${name}-${programId}`, columns, beside, { programId, ...said });
}
