import type { ImportPlan } from '../import/plan.js';
import type { ListedImport } from '../import.list.js';
import type { ImportRow, ImportStatus, OutcomeCounts } from '../import.rows.js';

/** What the outside calls them: a plan that waits for its first part is being applied. */
const STATUS: Partial<Record<ImportStatus, string>> = { planned: 'applying' };
const WOULD = { ready: 'applied', 'nothing-changed': 'nothing-changed', held: 'held', rejected: 'rejected' };

export const importPath = (importId: string) => `/enrollment/v1/people/imports/${importId}`;

/** Those whose record a reader may not see: by employee id, and what became of their rows. */
export interface NotShown {
  readonly employeeIds: ReadonlySet<string>;
  readonly outcomes: OutcomeCounts;
}

/**
 * The report of an import, without its rows. Whose record its reader may not see is counted as `notShown` and nowhere else:
 * who may try files could otherwise learn from "unchanged" what is known of them. `resolvedNames` and `unresolvedNames`
 * count distinct names of managers.
 */
export function shownImport(row: ImportRow, hidden: NotShown) {
  const { importId, report } = row;
  const { planned: _, managers, counts: all, endings, absent, rejected, ...rest } = report;
  const { unresolved, ...resolved } = managers.names;
  const absentHidden = absent.filter((employeeId) => hidden.employeeIds.has(employeeId)).length;
  const seen = { ...all, absentEnded: all.absentEnded - absentHidden };
  const { counts, ...standing } = standingOf({ ...row, ...report, counts: seen }, hidden.outcomes);
  return {
    id: importId,
    ...standing,
    ...(standing.status === 'held' ? { confirm: `${importPath(importId)}/confirm` } : {}),
    counts,
    managers: { resolvedNames: resolved, unresolvedNames: unresolved, unresolved: managers.unresolved },
    ...rest,
    endings: { ...endings, ended: endings.ended - (hidden.outcomes.ended ?? 0) - absentHidden },
    absent: absent.filter((employeeId) => !hidden.employeeIds.has(employeeId)),
    rejected: rejected.filter(({ employeeId }) => employeeId === null || !hidden.employeeIds.has(employeeId)),
    rows: `${importPath(importId)}/rows`,
  };
}

/** An import in a list. `progress` is there while it is being applied, and counts people whose record it changes. */
export function listedImport(listed: ListedImport, hidden: OutcomeCounts) {
  const { importId, status: _, planned: __, preparedAt, appliedAt, changes, applied, ...rest } = listed;
  const standing = standingOf(listed, hidden);
  const known = standing.counts.notShown === undefined;
  return {
    id: importId,
    ...rest,
    ...standing,
    ...(standing.status === 'applying' && known ? { progress: { changes, applied } } : {}),
    preparedAt: preparedAt.toISOString(),
    ...(appliedAt === null ? {} : { appliedAt: appliedAt.toISOString() }),
    report: importPath(importId),
  };
}

interface Standing {
  readonly status: string;
  readonly wouldBe?: string;
  readonly counts: ImportPlan['counts'] & { readonly notShown?: number };
}

/** What became of an import, as it would have without the rows that are not shown. */
function standingOf(
  { status, planned, counts }: Pick<ListedImport, 'status' | 'planned' | 'counts'>,
  hidden: OutcomeCounts,
): Standing {
  const notShown = Object.values(hidden).reduce((sum, count) => sum + count, 0);
  const seen = { ...counts };
  for (const outcome of Object.keys(hidden) as (keyof OutcomeCounts)[]) seen[outcome] -= hidden[outcome] ?? 0;
  const changed = seen.created + seen.updated + seen.ended + seen.absentEnded + seen.placeholdersCreated;
  const unchanged = notShown > 0 && changed === 0;
  const shown = STATUS[status] ?? status;
  return {
    status: unchanged && (shown === 'applied' || shown === 'applying') ? 'nothing-changed' : shown,
    ...(status === 'dry-run'
      ? { wouldBe: unchanged && planned === 'ready' ? 'nothing-changed' : WOULD[planned] }
      : {}),
    counts: notShown > 0 ? { ...seen, notShown } : seen,
  };
}
