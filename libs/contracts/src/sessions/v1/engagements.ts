import Type from 'typebox';
import { published } from '../../contract.js';
import { Cadence, Code, Count, Day, engagementRefs, SessionPolicy, shown, Uuid, Zone } from '../../fields.js';

const of = <Name extends string, Fields extends Type.TProperties>(name: Name, fields: Fields) =>
  published('sessions', name, { ...engagementRefs, ...fields });

export const EngagementPlanned = of('EngagementPlanned', {
  matchId: Uuid,
  endsOn: Day,
  cadence: Cadence,
  zone: Zone,
  allotment: Count(0),
  policy: SessionPolicy,
});
/** The first session was booked. */
export const EngagementStarted = of('EngagementStarted', {});
export const EngagementPaused = of('EngagementPaused', { from: Day });
export const EngagementResumed = of('EngagementResumed', { on: Day });
export const EngagementExtended = of('EngagementExtended', { endsOn: Day });
export const EngagementCompleted = of('EngagementCompleted', {});
export const EngagementEnded = of('EngagementEnded', { reason: Code });
/** Every session of the allotment was held or forfeited. */
export const AllotmentUsed = of('AllotmentUsed', {
  completed: Count(0),
  forfeited: Count(0),
  total: Count(0),
});
/** Units left when an engagement ends. */
export const SessionsReturned = of('SessionsReturned', { count: Count(1) });

export const SessionsShown = published('sessions', 'SessionsShown', shown('sessions'), true);
