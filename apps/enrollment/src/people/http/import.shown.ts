import type { ListedImport } from '../import.list.js';
import type { ImportRow, ImportStatus } from '../import.rows.js';

/** What the outside calls them: a plan that waits for its first part is being applied. */
const STATUS: Partial<Record<ImportStatus, string>> = { planned: 'applying' };
const WOULD = { ready: 'applied', 'nothing-changed': 'nothing-changed', held: 'held', rejected: 'rejected' };

export const importPath = (importId: string) => `/enrollment/v1/people/imports/${importId}`;

/**
 * The report of an import, without its rows and without those whose record its reader may not see, who are counted all the
 * same. `resolvedNames` and `unresolvedNames` count distinct names of managers.
 */
export function shownImport({ importId, status, report }: ImportRow, hidden: ReadonlySet<string>) {
  const { planned, managers, counts, absent, rejected, ...rest } = report;
  const { unresolved, ...resolved } = managers.names;
  return {
    id: importId,
    status: STATUS[status] ?? status,
    ...(status === 'dry-run' ? { wouldBe: WOULD[planned] } : {}),
    ...(status === 'held' ? { confirm: `${importPath(importId)}/confirm` } : {}),
    counts,
    managers: { resolvedNames: resolved, unresolvedNames: unresolved, unresolved: managers.unresolved },
    ...rest,
    absent: absent.filter((employeeId) => !hidden.has(employeeId)),
    rejected: rejected.filter(({ employeeId }) => employeeId === null || !hidden.has(employeeId)),
    rows: `${importPath(importId)}/rows`,
  };
}

/** An import in a list. `progress` is there while it is being applied, and counts people whose record it changes. */
export function listedImport(listed: ListedImport) {
  const { importId, status, planned, preparedAt, appliedAt, changes, applied, ...rest } = listed;
  const shown = STATUS[status] ?? status;
  return {
    id: importId,
    status: shown,
    ...(status === 'dry-run' ? { wouldBe: WOULD[planned] } : {}),
    ...(shown === 'applying' ? { progress: { changes, applied } } : {}),
    ...rest,
    preparedAt: preparedAt.toISOString(),
    ...(appliedAt === null ? {} : { appliedAt: appliedAt.toISOString() }),
    report: importPath(importId),
  };
}
