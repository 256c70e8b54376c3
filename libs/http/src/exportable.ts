import { stringify } from 'csv-stringify/sync';
import type { FastifyRequest } from 'fastify';
import { Answer } from './answer.js';
import type { Page } from './listing.js';

/** The forms in which a list is answered. */
export const FORMATS = ['json', 'csv', 'xlsx'] as const;
export type Format = (typeof FORMATS)[number];

export const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

type Cell = string | number | boolean | null | undefined;

/** The columns of a table, in order: heading → value. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

interface Table {
  readonly headings: readonly string[];
  readonly lines: readonly (readonly Cell[])[];
}

/**
 * A table as CSV (RFC 4180, with a heading line). A text that a spreadsheet would run, because it begins with = + - @, a tab or
 * a carriage return, gets an apostrophe before it; numbers do not.
 */
const csvOf = ({ headings, lines }: Table): string =>
  stringify(lines as Cell[][], {
    header: true,
    columns: [...headings],
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: {
      boolean: (value) => String(value),
      number: (value) => ({ value: String(value), escape_formulas: false }),
    },
  });

/** A table as a workbook of one sheet, its headings kept in sight. A cell of text is text there: it is never run. */
async function workbookOf({ headings, lines }: Table): Promise<Buffer> {
  const { default: writeWorkbook } = await import('write-excel-file/node');
  return writeWorkbook(
    [headings.map((value) => ({ value, fontWeight: 'bold' as const })), ...lines.map((line) => [...line])],
    { sheet: 'Cairn', stickyRowsCount: 1 },
  ).toBuffer();
}

/** A list that is answered as JSON, or as a table to whoever asks for one with `?format=` or by `Accept`. */
export class Exportable<Row, Said extends object = object> {
  constructor(
    readonly answer: Page<Row> & Said,
    readonly columns: Columns<Row>,
    /** The file's name, without ending. */
    readonly name: string,
    /** Further headers, such as an ETag, for any form. */
    readonly headers: Readonly<Record<string, string>> = {},
    /** What is said beside the items: the same on every line, and on a line of its own where there are none. */
    readonly beside: Columns<Said> = {},
  ) {}

  /** In the form that `request` asks for. The next page of a table is in its Link header. */
  async for(request: FastifyRequest): Promise<Answer> {
    const { answer, name, headers } = this;
    const format = formatFor(request);
    if (format === 'json') return new Answer(answer, undefined, { ...headers, vary: 'accept' });
    const file = format === 'csv' ? csvOf(this.table()) : await workbookOf(this.table());
    return new Answer(file, undefined, {
      ...headers,
      ...(headers['etag'] ? { etag: etagIn(format, headers['etag']) } : {}),
      vary: 'accept',
      'content-type':
        format === 'csv' ? `${MEDIA_TYPES.csv}; charset=utf-8; header=present` : MEDIA_TYPES[format],
      'content-disposition': `attachment; filename="${name}.${format}"`,
      ...(answer.nextCursor === undefined
        ? {}
        : { link: `<${nextPage(request, answer.nextCursor)}>; rel="next"` }),
    });
  }

  private table(): Table {
    const { answer, columns, beside } = this;
    const items: readonly (Row | undefined)[] =
      answer.items.length > 0 || Object.keys(beside).length === 0 ? answer.items : [undefined];
    const said = Object.values(beside).map((valueOf) => valueOf(answer));
    const own = Object.values(columns);
    return {
      headings: [...Object.keys(columns), ...Object.keys(beside)],
      lines: items.map((item) => [
        ...own.map((valueOf) => (item === undefined ? undefined : valueOf(item))),
        ...said,
      ]),
    };
  }
}

/**
 * Each form has an ETag of its own, since it is other bytes. That of a workbook is weak: the archive that it is says when it
 * was packed.
 */
const etagIn = (format: Format, etag: string): string =>
  `${format === 'xlsx' ? 'W/' : ''}${etag.slice(0, -1)};${format}"`;

function formatFor(request: FastifyRequest): Format {
  const { format } = request.query as { format?: Format };
  if (format !== undefined) return format;
  const wanted = (request.headers.accept ?? '')
    .split(',')
    .map((part) => {
      const [type = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase());
      const quality = parameters.find((each) => each.startsWith('q='));
      return { format: ACCEPTED[type], quality: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter((each) => each.format !== undefined && each.quality > 0)
    // Stable: of two alike, the first.
    .sort((a, b) => b.quality - a.quality);
  return wanted[0]?.format ?? 'json';
}

/** The forms there are, and what stands for the usual one. */
const ACCEPTED: Readonly<Record<string, Format>> = {
  ...Object.fromEntries(FORMATS.map((format) => [MEDIA_TYPES[format], format])),
  'application/*': 'json',
  '*/*': 'json',
};

function nextPage(request: FastifyRequest, cursor: string): string {
  const [path = '', query = ''] = request.originalUrl.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return `${path}?${parameters.toString()}`;
}
