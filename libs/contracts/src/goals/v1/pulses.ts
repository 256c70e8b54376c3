import Type from 'typebox';
import { published } from '../../contract.js';
import { Count, Day, engagementRefs, Label, Uuid } from '../../fields.js';

/** What every event of a pulse carries. */
const pulseRefs = {
  pulseId: Uuid,
  goalId: Uuid,
  ...engagementRefs,
  /** The session before which it is asked. */
  sessionId: Uuid,
};

/** Once more, with another day, where the session is moved; with another theme, where the goal is revised. */
export const PulseRequested = published('goals', 'PulseRequested', {
  ...pulseRefs,
  theme: Label,
  /** The last day on which an answer is in time. */
  dueOn: Day,
  /** How many are asked. */
  raters: Count(3),
});
/** The answers of at least three distinct raters since the release before; never a single one. */
export const PulsesReleased = published(
  'goals',
  'PulsesReleased',
  {
    ...pulseRefs,
    theme: Label,
    item: Type.Enum([
      'theme-behaviour',
      'one-to-ones-held',
      'development-conversations',
      'manager-effectiveness',
    ]),
    raters: Count(3),
    /** Of the answers on a scale from 1 to 7: to the nearest half, from 1.5 to 6.5. */
    mean: Type.Number({ minimum: 1, maximum: 7 }),
  },
  true,
);
