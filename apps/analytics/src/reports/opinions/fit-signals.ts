import type { Opinion } from './opinion.js';
import { hadCoach } from './running.js';

const FIGURES = { good: 1, unsure: 0, 'not-right': -1 } as const;

/** Whether the match is right: each person's latest word, and the latest that their coach said. */
export const fitSignals: Opinion = {
  id: 'fit-signals',
  source: 'self-reported',
  range: [-1, 1],
  unit: 1,
  items: () => ['coachee', 'coach'],
  figure(own, party) {
    const said = own.filter((fact) => fact.fact === 'signalled').findLast(({ by }) => by === party);
    return said && FIGURES[said.signal];
  },
  could: hadCoach,
  coachesAnswer: 'coach',
};
