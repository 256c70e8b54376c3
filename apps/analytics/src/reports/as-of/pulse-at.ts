import type { GoalFact } from '../../projections/participation/goal-facts.js';
import { hasHappened, type Moment } from './moment.js';

/** One pulse as it stood: asked about a goal before a session. What was answered is not in it. */
export interface PulseAt {
  readonly goalId: string;
  readonly sessionId: string;
  readonly theme: string;
  readonly requestedAt: number;
  /** The last day on which an answer is in time; that of its session as it was moved last. */
  readonly dueOn: string;
  readonly raters: number;
  /** When batches were released with it: of its theme, and of the items of direct reports. */
  readonly released: readonly { readonly at: number; readonly item: string }[];
}

/** @param facts of one pulse, in stream order. Undefined while it was not requested yet. */
export function pulseAt(facts: readonly GoalFact[], moment: Moment): PulseAt | undefined {
  let pulse: PulseAt | undefined;
  for (const fact of facts) {
    if (!hasHappened(fact, moment)) continue;
    const { goalId, occurredAt: at } = fact;
    if (fact.fact === 'pulseRequested') {
      const { sessionId, theme, dueOn, raters } = fact;
      const before = { requestedAt: at, released: [], ...pulse };
      pulse = { ...before, goalId, sessionId, theme, dueOn, raters };
    } else if (fact.fact === 'pulsesReleased' && pulse)
      pulse = { ...pulse, released: [...pulse.released, { at, item: fact.item }] };
  }
  return pulse;
}
