import { etagOf, Exportable, type Columns } from '@cairn/http';
import { createHash } from 'node:crypto';
import type { Snapshot } from '../reading/snapshot.js';

/** What an answer says beside its heading. */
interface Body<Row> {
  readonly items: readonly Row[];
  readonly nextCursor?: string;
  readonly [more: string]: unknown;
}

/**
 * A report's answer, as JSON or CSV. Its strong ETag names the projections' versions and position and the answer itself,
 * which may differ from reader to reader; an answer that is not complete has none.
 */
export function told<Row>(
  { heading, kept }: Pick<Snapshot, 'heading' | 'kept'>,
  name: string,
  columns: Columns<Row>,
  body: Body<Row>,
): Exportable<Row> {
  const answer = { ...heading, ...body };
  const dated: Columns<Row> = { ...columns, asOf: () => heading.asOf, basis: () => heading.basis };
  const headers: Record<string, string> = { 'cairn-complete': String(heading.complete) };
  if (heading.complete)
    headers['etag'] = etagOf(`${kept.versions}.${kept.position}.${digestOf(JSON.stringify(answer))}`);
  return new Exportable(answer, dated, name, headers);
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);
