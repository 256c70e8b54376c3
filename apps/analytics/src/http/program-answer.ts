import type { Columns, Exportable } from '@cairn/http';
import type { Subject } from '@cairn/identity';
import { reportFor } from '../reading/program-reader.js';
import type { Snapshot } from '../reading/snapshot.js';
import type { ProgramReport } from '../reports/report.js';
import { told, type Body, type Note } from './told.js';

const NOT_YET_KNOWN: Note = {
  code: 'not-yet-known',
  text: 'Cairn had not heard of this programme yet at asOf. Ask for a later asOf, or by occurredAt.',
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
  body: (report: ProgramReport) => Body<Row> | Promise<Body<Row>>,
): Promise<Exportable<Row>> {
  const report = await reportFor(snapshot, subject, programId);
  const said: Body<Row> = report ? await body(report) : { note: NOT_YET_KNOWN, items: [] };
  return told(snapshot, `${name}-${programId}`, columns, { programId, ...said });
}
