import { fitSignals } from './fit-signals.js';
import { observedChange, selfChange } from './behaviour-change.js';
import { observedAttainment } from './observed-attainment.js';
import { nps } from './nps.js';
import type { Opinion } from './opinion.js';
import { developmentConversations, managerEffectiveness, oneToOnesHeld, themeBehaviour } from './pulses.js';
import { rematchOffers } from './rematch-offers.js';
import { rematchReasons } from './rematch-reasons.js';
import { satisfaction } from './satisfaction.js';
import { sessionThemes } from './session-themes.js';

/** Every measure of opinions, in the order in which they are shown. */
export const OPINIONS: readonly Opinion[] = [
  satisfaction,
  nps,
  sessionThemes,
  observedAttainment,
  themeBehaviour,
  oneToOnesHeld,
  developmentConversations,
  managerEffectiveness,
  fitSignals,
  rematchOffers,
  rematchReasons,
  selfChange,
  observedChange,
];

/** What coaches are told as a whole: nothing of which they know single answers anyway, as of a session's themes. */
export const TOLD_TO_COACHES: readonly string[] = ['satisfaction', 'nps', 'fit-signals'];
