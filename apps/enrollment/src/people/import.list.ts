import type { ClientBase } from 'pg';
import { PART_SIZE, type ImportReport, type ImportStatus } from './import.rows.js';

/** An import as a list shows it. */
export interface ListedImport extends Pick<
  ImportReport,
  'mapping' | 'snapshotDate' | 'partial' | 'planned' | 'counts'
> {
  readonly importId: string;
  readonly status: ImportStatus;
  readonly preparedAt: Date;
  readonly appliedAt: Date | null;
  /** People whose record it changes, and of how many that is done. */
  readonly changes: number;
  readonly applied: number;
}

/** Where a page of the list ended. */
export interface ImportPlace {
  readonly preparedAt: string;
  readonly importId: string;
}

/** The tenant's imports, the newest first, from beyond `after` on. One whose file is still being read is not among them. */
export async function listImports(
  client: Pick<ClientBase, 'query'>,
  tenantId: string,
  after: ImportPlace | undefined,
  limit: number,
): Promise<ListedImport[]> {
  const { rows } = await client.query<ListedImport>(
    `SELECT i.import_id AS "importId", i.status, i.prepared_at AS "preparedAt", i.applied_at AS "appliedAt",
            i.report->>'mapping' AS mapping, i.report->>'snapshotDate' AS "snapshotDate",
            (i.report->>'partial')::boolean AS partial, i.report->>'planned' AS planned, i.report->'counts' AS counts,
            i.changes, coalesce(next.part * $5::integer, i.changes) AS applied
       FROM people_imports i
       CROSS JOIN LATERAL (SELECT min(part) AS part FROM people_import_parts WHERE import_id = i.import_id) AS next
      WHERE i.tenant_id = $1
        AND ($2::timestamptz IS NULL OR (i.prepared_at, i.import_id) < ($2::timestamptz, $3::uuid))
      ORDER BY i.prepared_at DESC, i.import_id DESC LIMIT $4`,
    [tenantId, after?.preparedAt ?? null, after?.importId ?? null, limit, PART_SIZE],
  );
  return rows;
}
