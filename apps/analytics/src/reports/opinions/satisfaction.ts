import { isCompleted } from '../as-of/session-at.js';
import { COACH, DIMENSIONS } from '../dimensions.js';
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
  coachOf(own, { sessions }) {
    const rated = own.findLast((fact) => fact.fact === 'rated');
    const session = rated
      ? sessions.find(({ sessionId }) => sessionId === rated.sessionId)
      : sessions.findLast(isCompleted);
    return session?.coachId;
  },
  // The relationship is the coach's; the others are told by group before they are by coach.
  dimensions: (item) => (item === 'relationship' ? [COACH, ...DIMENSIONS] : [...DIMENSIONS, COACH]),
};
