import type { ClientBase } from 'pg';
import { gunzip, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import type { PersonChange } from './import/changes.js';
import type { ImportPlan, RowOutcome } from './import/plan.js';
import type { FileFormat } from './import/reading/hr-file.js';
import type { PendingChange } from './person.history.js';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** People in one transaction: writing them, and their events under the log's lock, keeps others waiting for it no longer. */
export const PART_SIZE = 1_000;
const ROWS_AT_ONCE = 5_000;

/** `planned`: to be applied by the command that sent it; `applying`: some parts of it are. */
export type ImportStatus =
  'planned' | 'applying' | 'applied' | 'nothing-changed' | 'dry-run' | 'held' | 'rejected';

/** What an import's report keeps beside its rows. */
export interface ImportReport {
  readonly mapping: string;
  readonly snapshotDate: string;
  readonly partial: boolean;
  readonly detected: FileFormat;
  /** What the plan came to; with a dry run: what an import would come to. */
  readonly planned: ImportPlan['status'];
  readonly counts: ImportPlan['counts'];
  readonly endings: ImportPlan['endings'];
  readonly managers: ImportPlan['managers'];
  readonly notes: ImportPlan['notes'];
  /** The first of them. */
  readonly absent: readonly string[];
  readonly rejected: readonly RowOutcome[];
}

export interface ImportRow {
  readonly importId: string;
  readonly status: ImportStatus;
  readonly directoryVersion: number;
  readonly report: ImportReport;
}

/**
 * Keeps a plan: its report, its rows, and its changes in parts, where it may be applied. A plan of the same id that was
 * not applied is replaced. In one transaction.
 */
export async function keepPlan(
  client: ClientBase,
  row: ImportRow & { readonly tenantId: string; readonly preparedAt: string },
  { rows, changes }: Pick<ImportPlan, 'rows' | 'changes'>,
): Promise<void> {
  const { importId, tenantId, status, directoryVersion, report, preparedAt } = row;
  const kept = status === 'planned' || status === 'held' ? changes : [];
  await client.query('BEGIN');
  try {
    await client.query(
      `DELETE FROM people_imports WHERE tenant_id = $1 AND status = 'planned'
          AND (import_id = $2 OR prepared_at < $3::timestamptz - interval '1 day')`,
      [tenantId, importId, preparedAt],
    );
    await client.query(
      `INSERT INTO people_imports (import_id, tenant_id, status, directory_version, report, prepared_at, changes)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [importId, tenantId, status, directoryVersion, JSON.stringify(report), preparedAt, kept.length],
    );
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
      await client.query(
        `INSERT INTO people_import_rows (import_id, line, employee_id, outcome, changed, errors)
         SELECT $1, line, "employeeId", outcome, changed, errors FROM json_to_recordset($2)
             AS row (line integer, "employeeId" text, outcome text, changed json, errors json)`,
        [importId, JSON.stringify(rows.slice(from, from + ROWS_AT_ONCE))],
      );
    for (let part = 0; part * PART_SIZE < kept.length; part++) {
      const slice = kept.slice(part * PART_SIZE, (part + 1) * PART_SIZE);
      const pending = slice.map(pendingOf);
      await client.query('INSERT INTO people_import_parts (import_id, part, changes) VALUES ($1, $2, $3)', [
        importId,
        part,
        await compress(JSON.stringify(pending)),
      ]);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** What applying a change needs to know of it. */
const pendingOf = ({ key, before, after, events }: PersonChange): PendingChange => ({
  key,
  before: before && {
    level: before.level,
    department: before.department,
    position: before.position,
    location: before.location,
    onLeave: before.onLeave,
  },
  after,
  events,
});

/** How many rows came to each outcome; those that none came to are left out. */
export type OutcomeCounts = Readonly<Partial<Record<RowOutcome['outcome'], number>>>;

/** What became, in each of the imports, of the rows of these employees. */
export async function outcomesOf(
  client: Pick<ClientBase, 'query'>,
  importIds: readonly string[],
  employeeIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, OutcomeCounts>> {
  if (employeeIds.size === 0) return new Map();
  const { rows } = await client.query<{ importId: string; outcomes: OutcomeCounts }>(
    `SELECT import_id AS "importId", json_object_agg(outcome, rows) AS outcomes
       FROM (SELECT import_id, outcome, count(*) AS rows FROM people_import_rows
              WHERE import_id = ANY ($1) AND employee_id = ANY ($2) GROUP BY import_id, outcome) counted
      GROUP BY import_id`,
    [importIds, [...employeeIds]],
  );
  return new Map(rows.map(({ importId, outcomes }) => [importId, outcomes]));
}

/** An import of the tenant, locked where `lock` says so. */
export async function findImport(
  client: Pick<ClientBase, 'query'>,
  tenantId: string,
  importId: string,
  lock: 'FOR UPDATE' | '' = '',
): Promise<(ImportRow & { readonly giver: unknown }) | null> {
  const { rows } = await client.query<ImportRow & { giver: unknown }>(
    `SELECT import_id AS "importId", status, directory_version AS "directoryVersion", report, giver
       FROM people_imports WHERE tenant_id = $1 AND import_id = $2 ${lock}`,
    [tenantId, importId],
  );
  return rows[0] ?? null;
}

/** The number of the part that is applied next; null where none is left. */
export async function nextPart(client: Pick<ClientBase, 'query'>, importId: string): Promise<number | null> {
  const { rows } = await client.query<{ part: number | null }>(
    'SELECT min(part) AS part FROM people_import_parts WHERE import_id = $1',
    [importId],
  );
  return rows[0]!.part;
}

/** Takes the next part of an import out of what waits; null where none is left. */
export async function takePart(
  client: ClientBase,
  importId: string,
): Promise<{ part: number; changes: PendingChange[]; left: number } | null> {
  const { rows } = await client.query<{ part: number; changes: Buffer; left: number }>(
    `DELETE FROM people_import_parts WHERE import_id = $1
        AND part = (SELECT min(part) FROM people_import_parts WHERE import_id = $1)
     RETURNING part, changes,
       (SELECT count(*)::integer - 1 FROM people_import_parts WHERE import_id = $1) AS left`,
    [importId],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const changes = JSON.parse((await decompress(row.changes)).toString('utf8')) as PendingChange[];
  return { part: row.part, changes, left: row.left };
}
