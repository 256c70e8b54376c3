import type { Delimiter } from './reading/delimiter.js';
import type { Encoding } from './reading/encoding.js';

export const levels = ['individual', 'manager', 'director', 'executive'] as const;
export type Level = (typeof levels)[number];

export const leavingReasons = ['voluntary', 'involuntary', 'other'] as const;
export type LeavingReason = (typeof leavingReasons)[number];

/** Where a person stands according to a status column. A leaving reason as status means: has left, for that reason. */
export const statuses = ['active', 'onLeave', ...leavingReasons] as const;
export type Status = (typeof statuses)[number];

/** A column of days. Formats are made of D, DD, M, MM, MMM, YY, YYYY: 'M/D/YYYY', 'DD.MM.YYYY', 'YYYY-MM-DD'. */
export interface DayColumn {
  readonly column: string;
  readonly formats: readonly string[];
  /** Wanted where a format has YY: years below it are 20xx, the others 19xx. */
  readonly pivot?: number;
}

/** Values are compared without case and doubled spaces. `words` are matched as whole words anywhere in the text. */
export interface LevelRule {
  readonly level: Level;
  readonly equals?: readonly string[];
  readonly words?: readonly string[];
}

/**
 * How the columns of one kind of HR file are to be understood. Column names are compared exactly, apart from white
 * space at the ends. It is saved and sent as JSON; `checkMapping` tells what is wrong with one.
 */
export interface ImportMapping {
  readonly name: string;
  /** What a reader should know about it: where its choices come from. */
  readonly about?: string;
  /** The exact header of the files that it was made for; by it a shipped mapping is found. */
  readonly header?: readonly string[];
  readonly encoding?: Encoding;
  readonly delimiter?: Delimiter;
  /** Decimal separator of numbers; '.' unless said otherwise. */
  readonly decimal?: '.' | ',';
  /** The day whose state the file shows, YYYY-MM-DD. Wanted here or in the request; never today by default. */
  readonly snapshotDate?: string;
  /** True: who is absent from the file has left, at the snapshot date. */
  readonly complete?: boolean;

  readonly employeeId: string;
  /** Either one column ("Last, First M" or "First M Last") or two. */
  readonly fullName?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly email?: string;
  readonly department?: string;
  readonly position?: string;
  readonly location?: string;
  readonly manager?: { readonly id?: string; readonly name?: string };
  /** The first rule that matches decides; `otherwise` where none does, else such a row is rejected. */
  readonly level?: {
    readonly column: string;
    readonly rules: readonly LevelRule[];
    readonly otherwise?: Level;
  };

  readonly hiredOn: DayColumn;
  readonly leftOn?: DayColumn;
  /** From when a change holds that a later file shows; an empty cell means the snapshot date. */
  readonly effectiveOn?: DayColumn;

  /** Which values mean what; '' stands for an empty cell. A value in no list: `otherwise`, else the row is rejected. */
  readonly status?: {
    readonly column: string;
    readonly otherwise?: Status;
  } & Partial<Readonly<Record<Status, readonly string[]>>>;
  /** Looked at for people who have left; decides over `status` where both say something. */
  readonly leavingReason?: {
    readonly column: string;
    readonly otherwise?: LeavingReason;
  } & Partial<Readonly<Record<LeavingReason, readonly string[]>>>;

  readonly engagementScore?: {
    readonly column: string;
    /** The survey's day: one for the whole file, or a column. */
    readonly surveyedOn: string | DayColumn;
    readonly scale: { readonly lowest: number; readonly highest: number };
  };
  readonly performanceRating?: {
    readonly column: string;
    readonly reviewedOn: DayColumn;
    readonly belowStandard: readonly string[];
    readonly standard: readonly string[];
    readonly otherwise?: 'belowStandard' | 'standard';
  };

  /** Name of a manager as the file writes it → the employee id of the person meant. */
  readonly managerAliases?: Readonly<Record<string, string>>;
  /** Managers who are not in the file: they become people without an employee record. */
  readonly placeholders?: readonly string[];
  /** Names in the manager column that are nobody: those who have it lead to no manager. */
  readonly notAPerson?: readonly string[];
}

/** Every column of the file that the mapping reads, each once. */
export function columnsOf(mapping: ImportMapping): string[] {
  const surveyedOn = mapping.engagementScore?.surveyedOn;
  const columns = [
    mapping.employeeId,
    mapping.fullName,
    mapping.givenName,
    mapping.familyName,
    mapping.email,
    mapping.department,
    mapping.position,
    mapping.location,
    mapping.manager?.id,
    mapping.manager?.name,
    mapping.level?.column,
    mapping.hiredOn.column,
    mapping.leftOn?.column,
    mapping.effectiveOn?.column,
    mapping.status?.column,
    mapping.leavingReason?.column,
    mapping.engagementScore?.column,
    typeof surveyedOn === 'object' ? surveyedOn.column : undefined,
    mapping.performanceRating?.column,
    mapping.performanceRating?.reviewedOn.column,
  ];
  return [...new Set(columns.filter((column) => column !== undefined))];
}
