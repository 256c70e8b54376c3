export {
  type BaselineTotals,
  LEAST_ANSWERS,
  managerBaseline,
  type ManagerBaseline,
  type ManagerFigures,
  type Period,
} from './baseline.js';
export type { BaselineRows, Employment, EngagementScore, ManagerLink, PerformanceRating } from './rows.js';
export type { CountedBy } from './teams.js';
