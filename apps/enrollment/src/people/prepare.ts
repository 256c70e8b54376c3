import type { ClientBase } from 'pg';
import { loadDirectory } from './directory.rows.js';
import type { ImportMapping } from './import/mapping.js';
import type { PeopleFile } from './import/people-file.js';
import { olderThanLast, planImport } from './import/plan.js';
import type { FileProblem } from './import/problems.js';
import { readPeople } from './import/read-people.js';
import type { FileFormat } from './import/reading/hr-file.js';
import { keepPlan, type ImportStatus } from './import.rows.js';

/** An import as it was asked for. */
export interface ImportRequest {
  readonly importId: string;
  readonly tenantId: string;
  readonly mapping: ImportMapping;
  /** Goes before the mapping's. */
  readonly snapshotDate?: string;
  readonly dryRun: boolean;
  readonly partial: boolean;
  readonly now: string;
}

/** A file that was read, waiting to be planned. */
export type ReadFile =
  | { readonly ok: false; readonly problems: readonly FileProblem[]; readonly detected?: Partial<FileFormat> }
  | { readonly ok: true; readonly file: PeopleFile; readonly detected: FileFormat };

/** What planning came to: the plan is kept; or the file is older than the directory; or another import is under way. */
export type Planned =
  | { readonly is: 'kept'; readonly status: ImportStatus }
  | { readonly is: 'refused'; readonly problem: FileProblem }
  | { readonly is: 'waiting'; readonly applying: string };

export async function readFile(
  bytes: AsyncIterable<Uint8Array>,
  { mapping, snapshotDate, now }: ImportRequest,
): Promise<ReadFile> {
  const reading = await readPeople(bytes, mapping, now, snapshotDate);
  return reading.ok
    ? { ok: true, file: reading.file, detected: reading.format }
    : { ok: false, problems: reading.problems, ...(reading.format ? { detected: reading.format } : {}) };
}

const SHOWN = 20;
const ABSENT_SHOWN = 1000;

/** Plans the file against the directory as it is now, and keeps the plan with its report. */
export async function planFile(
  client: ClientBase,
  request: ImportRequest,
  { file, detected }: Extract<ReadFile, { ok: true }>,
): Promise<Planned> {
  const { importId, tenantId, mapping, partial, dryRun, now } = request;
  const directory = await loadDirectory(client, tenantId);
  if (directory.applying !== null) return { is: 'waiting', applying: directory.applying };
  const older = olderThanLast(directory, file);
  if (older !== null) return { is: 'refused', problem: older };
  const plan = planImport(directory, file, mapping, partial);
  const { status: planned } = plan;
  const status: ImportStatus = dryRun
    ? 'dry-run'
    : planned === 'held' || planned === 'rejected'
      ? planned
      : 'planned';
  const report = {
    mapping: mapping.name,
    snapshotDate: plan.snapshotOn,
    partial,
    detected,
    planned,
    counts: plan.counts,
    endings: plan.endings,
    managers: plan.managers,
    notes: plan.notes,
    absent: plan.absent.slice(0, ABSENT_SHOWN),
    rejected: plan.rows.filter(({ outcome }) => outcome === 'rejected').slice(0, SHOWN),
  };
  const row = { importId, tenantId, status, directoryVersion: directory.version, report, preparedAt: now };
  await keepPlan(client, row, plan);
  return { is: 'kept', status };
}
