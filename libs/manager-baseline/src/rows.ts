/** Days are 'YYYY-MM-DD'; ids are opaque. */

/** One stretch of employment; somebody who left and came back has two rows of one id. */
export interface Employment {
  readonly personId: string;
  /** Hire date; null for a placeholder, who counts as there before all their reports. */
  readonly start: string | null;
  /** Last day of employment; null while it lasts. */
  readonly end: string | null;
  readonly leavingReason: 'voluntary' | 'involuntary' | 'other' | null;
  /** A manager without an employee record: leads a team, but is not counted among those employed. */
  readonly placeholder: boolean;
}

/** From `from` on, and until the same person's next link, the person reports to `managerId` (null: to nobody). */
export interface ManagerLink {
  readonly personId: string;
  readonly managerId: string | null;
  readonly from: string;
}

/** One for each person and survey: corrections have replaced what they correct. */
export interface EngagementScore {
  readonly personId: string;
  readonly score: number;
  readonly surveyedOn: string;
}

/** One for each person and review. */
export interface PerformanceRating {
  readonly personId: string;
  readonly belowStandard: boolean;
  readonly reviewedOn: string;
}

export interface BaselineRows {
  readonly employments: Iterable<Employment>;
  readonly managerLinks: Iterable<ManagerLink>;
  readonly engagementScores: Iterable<EngagementScore>;
  readonly performanceRatings: Iterable<PerformanceRating>;
}
