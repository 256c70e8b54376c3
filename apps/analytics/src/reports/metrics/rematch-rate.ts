import type { MatchAt } from '../as-of/match-at.js';
import { unpaused } from '../as-of/span.js';
import type { Participant, ProgramView } from '../as-of/view.js';
import { DAY } from '../as-of/zone.js';
import { ratioOf, shareOf, type Definition } from './measure.js';

/** Whether so long has passed since a match that it would have shown; paused time left out. */
const SETTLED = 60 * DAY;

export function isSettled({ matchedAt }: MatchAt, { enrollment }: Participant, view: ProgramView): boolean {
  if (matchedAt === undefined) return false;
  const { pauses, endedAt = Infinity } = enrollment;
  // Whoever was paused when the enrolment ended is not any more.
  const until = pauses.map(({ from, to }) => ({ from, to: Math.min(to, endedAt) }));
  return unpaused(matchedAt, view.moment.at, until) >= SETTLED;
}

/**
 * The matches from which another coach was looked for though the coach could have gone on: had not left the company, and
 * was neither suspended nor retired. Who asked, and why, no operational report reads (decision record 29).
 */
export const rematched = ({ matches }: Participant, view: ProgramView): MatchAt[] =>
  matches.flatMap((next, n) => {
    if (next.kind !== 'rematch') return [];
    const from = matches.slice(0, n).findLast(({ matchedAt }) => matchedAt !== undefined);
    const couldGoOn =
      from !== undefined &&
      from.endReason !== 'coach-left' &&
      view.couldCoach(from.coachId!, next.requestedAt);
    return couldGoOn ? [from] : [];
  });

/** People for whom another coach was looked for ÷ people matched at least 60 days before. */
export const rematchRate: Definition = {
  id: 'rematch-rate',
  source: 'system',
  looksAt: 'moment',
  overTime: 'grows',
  counts: 'people',
  shares: (view) =>
    view.participants
      .filter((participant) => participant.matches.some((match) => isSettled(match, participant, view)))
      .map((participant) => shareOf(participant.enrollment, rematched(participant, view).length > 0)),
  value: ratioOf,
};
