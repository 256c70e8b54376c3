import { IsIn, IsOptional } from 'class-validator';
import { stringify } from 'csv-stringify/sync';
import type { FastifyRequest } from 'fastify';
import { Answer } from './answer.js';
import { PageQuery, type Page } from './listing.js';

/** The query of a list that is also offered as CSV. */
export class ExportableQuery extends PageQuery {
  @IsOptional()
  @IsIn(['json', 'csv'])
  format?: 'json' | 'csv';
}

type Cell = string | number | boolean | null | undefined;

/** The columns of a CSV file, in order: heading → value. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

/**
 * Rows as CSV (RFC 4180, with a heading line). A text that a spreadsheet would run, because it begins with = + - @, a tab or
 * a carriage return, gets an apostrophe before it; numbers do not.
 */
export function csvOf<Row>(rows: Iterable<Row>, columns: Columns<Row>): string {
  const values = Object.values(columns);
  return stringify(
    Array.from(rows, (row) => values.map((valueOf) => valueOf(row))),
    {
      header: true,
      columns: Object.keys(columns),
      record_delimiter: 'windows',
      escape_formulas: true,
      cast: {
        boolean: (value) => String(value),
        number: (value) => ({ value: String(value), escape_formulas: false }),
      },
    },
  );
}

/** A list that is answered as JSON, or as CSV to whoever asks for it with `?format=csv` or `Accept: text/csv`. */
export class Exportable<Row, Said extends object = object> {
  constructor(
    readonly answer: Page<Row> & Said,
    readonly columns: Columns<Row>,
    /** The file's name, without ending. */
    readonly name: string,
    /** Further headers, such as an ETag, for either form. */
    readonly headers: Readonly<Record<string, string>> = {},
    /** What is said beside the items: the same on every line, and on a line of its own where there are none. */
    readonly beside: Columns<Said> = {},
  ) {}

  /** In the form that `request` asks for. The next page of a CSV is in its Link header. */
  for(request: FastifyRequest): Answer {
    const vary = { ...this.headers, vary: 'accept' };
    if (!wantsCsv(request)) return new Answer(this.answer, undefined, vary);
    return new Answer(this.csv(), undefined, {
      ...vary,
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${this.name}.csv"`,
      ...(this.answer.nextCursor === undefined
        ? {}
        : { link: `<${nextPage(request, this.answer.nextCursor)}>; rel="next"` }),
    });
  }

  private csv(): string {
    const { answer, columns, beside } = this;
    const said = mapped(beside, (valueOf) => () => valueOf(answer));
    return answer.items.length > 0 || Object.keys(beside).length === 0
      ? csvOf(answer.items, { ...columns, ...said })
      : csvOf([answer], { ...mapped(columns, () => () => undefined), ...said });
  }
}

const mapped = <Row, Other>(
  columns: Columns<Row>,
  other: (valueOf: Columns<Row>[string]) => Columns<Other>[string],
): Columns<Other> =>
  Object.fromEntries(Object.entries(columns).map(([heading, valueOf]) => [heading, other(valueOf)]));

function wantsCsv(request: FastifyRequest): boolean {
  const { format } = request.query as { format?: unknown };
  if (format !== undefined) return format === 'csv';
  const forms = (request.headers.accept ?? '')
    .split(',')
    .map((part) => {
      const [type = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase());
      const quality = parameters.find((each) => each.startsWith('q='));
      return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter(({ type, quality }) => ACCEPTED.includes(type) && quality > 0)
    // Stable: of two alike, the first.
    .sort((a, b) => b.quality - a.quality);
  return forms[0]?.type === 'text/csv';
}

/** The forms there are, and what stands for the usual one. */
const ACCEPTED = ['text/csv', 'application/json', 'application/*', '*/*'];

function nextPage(request: FastifyRequest, cursor: string): string {
  const [path = '', query = ''] = request.originalUrl.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return `${path}?${parameters.toString()}`;
}
