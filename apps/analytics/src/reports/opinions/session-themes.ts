import { isCompleted } from '../as-of/session-at.js';
import type { Opinion } from './opinion.js';

/** Of each person's sessions with any theme, the share of those with this one; a session counts as it was recorded last. */
export const sessionThemes: Opinion = {
  id: 'theme-share',
  source: 'observed',
  range: [0, 1],
  unit: 1,
  items: ({ values }) => values.themes,
  figure(own, theme) {
    const sessions = new Map(
      own.flatMap((fact) => (fact.fact === 'themed' ? [[fact.sessionId, fact.themes] as const] : [])),
    );
    if (sessions.size === 0) return undefined;
    return [...sessions.values()].filter((themes) => themes.includes(theme)).length / sessions.size;
  },
  could: ({ sessions }) => sessions.some(isCompleted),
};
