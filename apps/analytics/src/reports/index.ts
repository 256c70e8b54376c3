/** The reports by themselves, for who attacks them: they know no database and no HTTP. */
export type { MeasuredFact, OpinionFact } from '../projections/opinions/opinion-facts.js';
export { momentOf } from './as-of/moment.js';
export { historyOf, noFacts, type Participant, type ProgramFacts } from './as-of/view.js';
export { zoneOf } from './as-of/zone.js';
export { DIMENSIONS } from './dimensions.js';
export type { Told } from './opinions/figure.js';
export { OPINIONS } from './opinions/index.js';
export { OpinionReport, type OpinionShown } from './opinions/opinion-report.js';
export type { Opinion } from './opinions/opinion.js';
export { RULES, stretchesOf, type Opinions, type Rules, type Stretch } from './opinions/stretches.js';
export { periodOf } from './periods.js';
