import { activationRate } from './activation-rate.js';
import { costToDate } from './cost-to-date.js';
import { betweenSessionActive, engagedRate } from './engagement-window.js';
import { goalAttainment } from './goal-attainment.js';
import { goalCompletion } from './goal-completion.js';
import { matchFit } from './match-fit.js';
import type { Definition, MetricId } from './measure.js';
import { offTrack } from './off-track.js';
import { rematchRate } from './rematch-rate.js';
import {
  coachLateCancelRate,
  coachNoShowRate,
  coacheeLateCancelRate,
  coacheeNoShowRate,
  completionRate,
  rescheduleRate,
} from './session-rates.js';
import { themeShare } from './theme-share.js';
import { timeToFirstSession, timeToMatch, timeToRematch } from './time-to.js';
import { delivered, utilisation } from './utilisation.js';

/** Every metric, in the order in which reports show them. */
export const METRICS: readonly Definition[] = [
  activationRate,
  timeToMatch,
  timeToRematch,
  timeToFirstSession,
  matchFit,
  rematchRate,
  engagedRate,
  betweenSessionActive,
  offTrack,
  utilisation,
  delivered,
  completionRate,
  coacheeNoShowRate,
  coacheeLateCancelRate,
  coachNoShowRate,
  coachLateCancelRate,
  rescheduleRate,
  goalCompletion,
  goalAttainment,
  themeShare,
  costToDate,
];

/** The definition of a metric, by its id; undefined for what is none. */
export const metricOf = (id: string): Definition | undefined =>
  METRICS.find((definition) => definition.id === (id as MetricId));
