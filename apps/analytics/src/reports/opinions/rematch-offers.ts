import type { OpinionFact } from '../../projections/opinions/opinion-facts.js';
import { isCompleted } from '../as-of/session-at.js';
import type { Opinion } from './opinion.js';
import { hadCoach } from './running.js';

/** Of those who rated a session or said whether the match is right, to how many another coach was offered in private. */
export const rematchOffers: Opinion = {
  id: 'rematch-offers',
  source: 'self-reported',
  range: [0, 1],
  unit: 1,
  items: () => ['offered'],
  figure(own) {
    const offers = own.map(offered).filter((each) => each !== undefined);
    if (offers.length === 0) return undefined;
    return offers.includes(true) ? 1 : 0;
  },
  could: (participant, since) => participant.sessions.some(isCompleted) || hadCoach(participant, since),
  // They follow from ratings and signals, which are told by groups: beside a group that gave no cause, those of others
  // would be all of the group's.
  dimensions: () => [],
};

/** As enrolment offers it (decision record 29); undefined for what can bring no offer. */
function offered(fact: OpinionFact): boolean | undefined {
  if (fact.fact === 'rated') return fact.useful <= 2 || fact.relationship <= 2;
  return fact.fact === 'signalled' && fact.by === 'coachee' ? fact.signal === 'not-right' : undefined;
}
