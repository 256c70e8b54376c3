import { digestOf, etagOf, Exportable, type Columns } from '@cairn/http';
import type { Heading, Snapshot } from '../reading/snapshot.js';
import { inOneCell } from './columns.js';

/** What an answer says beside its heading. */
export interface Body<Row> {
  readonly items: readonly Row[];
  readonly nextCursor?: string;
  /** Why there is less than the reader may expect. */
  readonly note?: Note;
  readonly [more: string]: unknown;
}

export interface Note {
  readonly code: string;
  readonly text: string;
}

const HEADING_COLUMNS: Columns<Heading & { readonly note?: Note }> = {
  asOf: ({ asOf }) => asOf,
  basis: ({ basis }) => basis,
  complete: ({ complete }) => complete,
  stale: ({ stale }) => stale,
  freshness: ({ freshness }) => inOneCell(freshness),
  noteCode: ({ note }) => note?.code,
  note: ({ note }) => note?.text,
};

/**
 * A report's answer, as JSON or CSV. Its strong ETag names the projections' versions and the answer itself, which may
 * differ from reader to reader, and not how far the log has come, which all tenants share. Asked without `asOf` it is
 * another answer with every watermark, whose instant it says. An answer that is not complete has none.
 * @param beside the columns of what the body says beside its items and note
 */
export function told<Row, Said extends object>(
  { heading, kept }: Pick<Snapshot, 'heading' | 'kept'>,
  name: string,
  columns: Columns<Row>,
  beside: Columns<Said>,
  body: Body<Row> & Said,
) {
  const answer = { ...heading, ...rounded(body) };
  const columnsBeside: Columns<typeof answer> = { ...beside, ...HEADING_COLUMNS };
  const headers: Record<string, string> = { 'cairn-complete': String(heading.complete) };
  if (heading.complete) headers['etag'] = etagOf(`${kept.versions}.${digestOf(answer)}`);
  return new Exportable(answer, columns, name, headers, columnsBeside);
}

/** Figures are computed in full and rounded here, once: what binary fractions add, as in 7.574999999999999, goes. */
function rounded<Value>(value: Value): Value {
  if (typeof value === 'number') return Number(value.toFixed(DECIMALS)) as Value;
  if (Array.isArray(value)) return value.map(rounded) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(each)])) as Value;
}

const DECIMALS = 10;
