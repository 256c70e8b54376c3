import type { PulseItem } from '../../projections/opinions/opinion-facts.js';
import type { Opinion } from './opinion.js';
import { hadGoal } from './running.js';

/** What colleagues see in the workplace, 1 to 7: of each person the latest batch that was released to them. */
const pulse = (id: PulseItem): Opinion => ({
  id,
  source: 'workplace',
  range: [1, 7],
  unit: 1,
  items: () => ['mean'],
  figure: (own) =>
    own.flatMap((fact) => (fact.fact === 'pulsed' && fact.item === id ? [fact.mean] : [])).at(-1),
  could: hadGoal,
});

export const themeBehaviour = pulse('theme-behaviour');
export const oneToOnesHeld = pulse('one-to-ones-held');
export const developmentConversations = pulse('development-conversations');
export const managerEffectiveness = pulse('manager-effectiveness');
