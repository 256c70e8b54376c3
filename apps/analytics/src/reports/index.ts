/** The reports by themselves, for who attacks them: they know no database and no HTTP. */
export type { MeasuredFact, OpinionFact } from '../projections/opinions/opinion-facts.js';
export { readerOf, type Reader } from './access.js';
export { lookingAt, momentOf, type Basis } from './as-of/moment.js';
export { historyOf, noFacts, type Participant, type ProgramFacts, type ProgramView } from './as-of/view.js';
export { zoneOf } from './as-of/zone.js';
export { COACH, DIMENSIONS, traitsOf, type Labels } from './dimensions.js';
export { FUNNEL } from './funnel.js';
export { METRICS } from './metrics/index.js';
export { goalAttainment } from './metrics/goal-attainment.js';
export { ALWAYS, type Definition, type Share } from './metrics/measure.js';
export type { Told } from './opinions/figure.js';
export { OPINIONS, TOLD_TO_COACHES } from './opinions/index.js';
export { OpinionReport, type OpinionReader, type OpinionShown } from './opinions/opinion-report.js';
export type { Opinion } from './opinions/opinion.js';
export {
  RULES,
  Stretches,
  stretchesOf,
  type Opinions,
  type Rules,
  type Stretch,
} from './opinions/stretches.js';
export { outcomesOf, type OutcomeShown } from './outcomes.js';
export { closedMonths, periodOf, type Period } from './periods.js';
export { ALL_OTHER } from './privacy/minimum-group.js';
export { WALLS, type Walls } from './privacy/timeline.js';
export { ProgramReport, type MetricShown } from './report.js';
