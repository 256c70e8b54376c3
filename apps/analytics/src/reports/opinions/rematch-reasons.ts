import type { Opinion } from './opinion.js';

/** Of those for whom coachee or coach asked for another coach, the share where it was for the fit, by the latest time. */
export const rematchReasons: Opinion = {
  id: 'rematch-reasons',
  source: 'self-reported',
  range: [0, 1],
  unit: 1,
  items: () => ['fit'],
  figure(own, reason) {
    const asked = own.findLast((fact) => fact.fact === 'rematchAsked');
    return asked && (asked.reason === reason ? 1 : 0);
  },
  could: ({ matches }, since) =>
    matches.some(({ kind, requestedAt }) => kind === 'rematch' && requestedAt >= since),
};
