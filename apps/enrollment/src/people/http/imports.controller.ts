import { RefusedError } from '@cairn/decider';
import {
  BodyStream,
  Command,
  CommandContext,
  created,
  Ctx,
  Id,
  listing,
  Answer,
  PageQuery,
} from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { Controller, Get, Headers, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Readable } from 'node:stream';
import type { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import type { ImportRow } from '../import.rows.js';
import { mappingOf, Mappings } from '../mappings.js';
import { noSuchImport } from '../people.errors.js';
import { PeopleImport } from '../people.import.js';
import { notShownTo, requireWhole } from '../reach.js';
import { openImportBody } from './import-body.js';
import { importPath, listedImport, shownImport } from './import.shown.js';
import { ImportQuery, ImportRowsQuery } from './people.dto.js';

const MAX_FILE_BYTES = 200_000_000;

const imports = listing('imports.1', { preparedAt: 'instant', importId: 'id' });
const importRows = listing('import-rows.1', { line: 'integer' });

type ShownImport = ReturnType<typeof shownImport>;

interface RowShown {
  readonly line: number;
}

@ApiTags('people')
@Controller('v1/people/imports')
export class PeopleImportsController {
  constructor(
    private readonly imports: PeopleImport,
    private readonly mappings: Mappings,
    private readonly dataSource: DataSource,
  ) {}

  @Post()
  @Command({ status: 201, stream: { maxBytes: MAX_FILE_BYTES } })
  @Roles('hr', 'integration')
  @ApiOperation({
    summary: 'Import people from an HR file of up to 200 MB',
    description:
      'The body is the file, with the name of a mapping in the query; or a form with the parts `mapping` (JSON) and `file`, in this order. The answer is a report that accounts for every row: 201 where it was imported or waits to be (`status` applied, or held: more than 10 % of the people would end, confirm it), 200 where nothing was (nothing-changed, dry-run, or rejected: rows are at fault). `managers.resolvedNames` and `unresolvedNames` count distinct names, not rows. The same file twice changes nothing.',
  })
  @ApiConsumes('text/csv', 'multipart/form-data')
  @ApiBody({
    schema: { type: 'string' },
    examples: { file: { value: 'Id,Name,Hired\nE1,"Marlow, Edith",2010-01-04\n' } },
  })
  async import(
    @Ctx() context: CommandContext,
    @BodyStream() body: Readable,
    @Query() { mapping: name, ...choices }: ImportQuery,
    @Headers('content-type') contentType: string,
  ) {
    requireWhole(context.subject);
    const { tenantId } = context;
    const sent = await openImportBody(body, contentType);
    if (sent.mapping !== undefined && name !== undefined) throw new RefusedError(twoMappings);
    if (sent.mapping === undefined && name === undefined) throw new RefusedError(noMapping);
    const mapping =
      name === undefined
        ? mappingOf(sent.mapping, 'sent with the file')
        : (await this.mappings.find(tenantId, name)).mapping;
    const hidden = await notShownTo(this.dataSource.manager, context.subject);
    const done = await this.imports.run(context, { mapping, ...choices }, sent.file, async (client, row) =>
      context.complete(client, answerOf(await this.shown(row, hidden, client))),
    );
    return answerOf(await this.shown(done, hidden));
  }

  @Get()
  @Roles('hr', 'integration')
  @ApiOperation({
    summary: 'List the imports, the newest first',
    description:
      'Each with its status and counts; while one is being applied, `progress` says how many people’s records it changes and of how many that is done. An import is in the list once its file has been read and compared.',
  })
  async list(@CurrentSubject() subject: Subject, @Query() { limit, cursor }: PageQuery) {
    const after = imports.after(cursor);
    requireWhole(subject);
    const found = await this.imports.list(subject.tenantId, after, limit + 1);
    const hidden = await this.imports.outcomesOf(
      found.map(({ importId }) => importId),
      await notShownTo(this.dataSource.manager, subject),
    );
    return imports.page(
      found,
      limit,
      ({ preparedAt, importId }) => ({ preparedAt: preparedAt.toISOString(), importId }),
      (each) => listedImport(each, hidden.get(each.importId) ?? {}),
    );
  }

  @Get(':importId')
  @Roles('hr', 'integration')
  @ApiOperation({ summary: 'Read the report of an import' })
  async read(@CurrentSubject() subject: Subject, @Id('importId') importId: string) {
    const found = await this.find(subject, importId);
    return this.shown(found, await notShownTo(this.dataSource.manager, subject));
  }

  @Get(':importId/rows')
  @Roles('hr', 'integration')
  @ApiOperation({ summary: 'What became of each row, by line' })
  async rows(
    @CurrentSubject() subject: Subject,
    @Id('importId') importId: string,
    @Query() query: ImportRowsQuery,
  ) {
    const { limit, cursor, outcome } = query;
    const list = importRows.under(query);
    const after = list.after(cursor);
    await this.find(subject, importId);
    const hidden = await notShownTo(this.dataSource.manager, subject);
    const rows: RowShown[] = await this.dataSource.query(
      `SELECT line, employee_id AS "employeeId", outcome, changed, errors FROM people_import_rows
        WHERE import_id = $1 AND line > $2 AND ($3::text IS NULL OR outcome = $3)
          AND (employee_id IS NULL OR employee_id <> ALL ($5)) ORDER BY line LIMIT $4`,
      [importId, after?.line ?? 0, outcome ?? null, limit + 1, [...hidden]],
    );
    return list.page(rows, limit, ({ line }) => ({ line }), withoutNulls);
  }

  @Post(':importId/confirm')
  @Command()
  @Roles('hr', 'integration')
  @ApiOperation({ summary: 'Apply an import that was held' })
  async confirm(@Ctx() context: CommandContext, @Id('importId') importId: string) {
    requireWhole(context.subject);
    const hidden = await notShownTo(this.dataSource.manager, context.subject);
    const done = await this.imports.confirm(context, importId, async (client, row) =>
      context.complete(client, new Answer(await this.shown(row, hidden, client))),
    );
    return this.shown(done, hidden);
  }

  /** `hidden`: employee ids of those whom the reader may not see. */
  private async shown(
    row: ImportRow,
    hidden: ReadonlySet<string>,
    client?: PoolClient,
  ): Promise<ShownImport> {
    const outcomes = await this.imports.outcomesOf([row.importId], hidden, client);
    return shownImport(row, { employeeIds: hidden, outcomes: outcomes.get(row.importId) ?? {} });
  }

  private async find(subject: Subject, importId: string): Promise<ImportRow> {
    requireWhole(subject);
    const found = await this.imports.find(subject.tenantId, importId);
    if (found === null) throw new RefusedError(noSuchImport());
    return found;
  }
}

/** 201 where the file was imported or waits to be; 200 with the report where nothing was. */
function answerOf(shown: ShownImport): Answer<ShownImport> {
  const report = created(importPath(shown.id), shown);
  const imported = shown.status === 'applied' || shown.status === 'held';
  return imported ? report : new Answer(report.body, 200, report.headers);
}

const withoutNulls = (row: RowShown) =>
  Object.fromEntries(Object.entries(row).filter(([name, value]) => value !== null || name === 'employeeId'));

const noMapping = {
  kind: 'malformed',
  slug: 'mapping-missing',
  detail:
    'Name a mapping with ?mapping=, or send one in a form before the file. GET /enrollment/v1/people/mappings lists those there are; hr-dataset-v14 is the documented example.',
} as const;

const twoMappings = {
  kind: 'malformed',
  slug: 'two-mappings',
  detail: 'Name a mapping in the query or send one in the form, not both.',
} as const;
