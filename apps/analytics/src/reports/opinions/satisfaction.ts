import { isCompleted } from '../as-of/session-at.js';
import type { Opinion } from './opinion.js';

const ITEMS = ['useful', 'relationship', 'progress'] as const;

/** Each person's latest rating of a session, 1 to 5 an item. */
export const satisfaction: Opinion = {
  id: 'satisfaction',
  source: 'self-reported',
  range: [1, 5],
  unit: 1,
  items: () => ITEMS,
  figure: (own, item) => own.findLast((fact) => fact.fact === 'rated')?.[item as (typeof ITEMS)[number]],
  could: ({ sessions }) => sessions.some(isCompleted),
};
