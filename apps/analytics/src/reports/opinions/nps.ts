import { isCompleted } from '../as-of/session-at.js';
import type { Opinion } from './opinion.js';

/** Who recommends the programme less who advises against it, in hundredths, by each person's latest answer (Reichheld 2003). */
export const nps: Opinion = {
  id: 'nps',
  source: 'self-reported',
  range: [-100, 100],
  unit: 100,
  items: () => ['recommend'],
  figure(own) {
    const recommend = own.findLast((fact) => fact.fact === 'recommended')?.recommend;
    if (recommend === undefined) return undefined;
    return recommend >= 9 ? 100 : recommend <= 6 ? -100 : 0;
  },
  could({ enrollment, sessions }) {
    const held = sessions.filter(isCompleted).length;
    return held >= 3 || (held > 0 && enrollment.endedAt !== undefined);
  },
};
