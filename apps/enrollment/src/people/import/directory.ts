import type { LeavingReason, Level } from './mapping.js';
import { nameKey, type PersonName } from './names.js';
import type { EngagementScore, PerformanceRating } from './rows.js';

/**
 * Whom the import means, before and apart from any personId: employees by their employee id, placeholders (managers
 * whom a file names but does not contain) by their name.
 */
export type PersonKey = `employee:${string}` | `placeholder:${string}`;

export const employeeKey = (employeeId: string): PersonKey => `employee:${employeeId}`;
export const placeholderKey = (name: string): PersonKey => `placeholder:${nameKey(name)}`;
export const isPlaceholder = (key: PersonKey): boolean => key.startsWith('placeholder:');
export const employeeIdOf = (key: PersonKey): string | null =>
  isPlaceholder(key) ? null : key.slice('employee:'.length);

/** A person as the directory knows them after the imports so far. Days are 'YYYY-MM-DD'. */
export interface DirectoryPerson extends PersonName {
  readonly key: PersonKey;
  readonly email: string | null;
  readonly department: string | null;
  readonly position: string | null;
  readonly location: string | null;
  readonly level: Level;
  readonly managerKey: PersonKey | null;
  /** Null for a placeholder, who counts as there before all their reports. */
  readonly hiredOn: string | null;
  readonly onLeave: boolean;
  /** Null for a person who is current. */
  readonly leftOn: string | null;
  readonly leavingReason: LeavingReason | null;
  /** The latest by survey day and by review day. */
  readonly engagementScore: EngagementScore | null;
  readonly performanceRating: PerformanceRating | null;
}

/** What Cairn knows of a tenant's people before a file is applied. */
export interface Directory {
  /** Snapshot date of the last file that was applied; null before the first. */
  readonly lastSnapshotOn: string | null;
  readonly people: ReadonlyMap<PersonKey, DirectoryPerson>;
}

export const emptyDirectory: Directory = { lastSnapshotOn: null, people: new Map() };
