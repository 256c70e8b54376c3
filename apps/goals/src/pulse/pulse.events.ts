import type { DomainEvent } from '@cairn/decider';
import type { GoalRefs } from '../goal/goal.events.js';

/** What raters are asked: how the goal's theme shows at work, and, who report to the coachee, how they are led. */
export const ITEMS = [
  'theme-behaviour',
  'one-to-ones-held',
  'development-conversations',
  'manager-effectiveness',
] as const;
export type PulseItem = (typeof ITEMS)[number];

/** Which pulse it is; carried by every event of it. */
export interface PulseRefs extends GoalRefs {
  readonly pulseId: string;
  /** The session before which it is asked. */
  readonly sessionId: string;
}

type Of<Type extends string, Body extends object> = DomainEvent<Type, PulseRefs & Body>;

/** Stored names are pinned. No event tells who was asked, who has answered, or a single answer. */
export type PulseEvent =
  /** Once more with another day where the session is moved, with another theme where the goal is revised. */
  | Of<'PulseRequested', { theme: string; dueOn: string; raters: number }>
  | Of<'PulsesReleased', { theme: string; item: PulseItem; raters: number; mean: number }>;
