import type { Day, Instant } from '../days.js';

export type Party = 'coachee' | 'coach';
export type Level = -2 | -1 | 0 | 1 | 2;

/** What happens to one coachee, at its own time. `n` counts sessions and `g` goals, from 0; `p` counts a goal's practices. */
export type Step = { readonly at: Instant } & (
  | { readonly kind: 'book'; readonly n: number; readonly startsAt: string }
  | { readonly kind: 'book-series'; readonly count: number; readonly startsAt: string }
  | { readonly kind: 'move'; readonly n: number; readonly by: Party; readonly startsAt: string }
  | { readonly kind: 'cancel'; readonly n: number; readonly by: Party }
  | { readonly kind: 'confirm'; readonly n: number; readonly by: Party }
  | { readonly kind: 'no-show'; readonly n: number; readonly party: Party }
  | { readonly kind: 'dispute'; readonly n: number }
  | { readonly kind: 'correct'; readonly n: number }
  | {
      readonly kind: 'rate';
      readonly n: number;
      readonly useful: number;
      readonly relationship: number;
      readonly progress: number;
    }
  | { readonly kind: 'themes'; readonly n: number; readonly themes: readonly string[] }
  | { readonly kind: 'note'; readonly n: number; readonly by: Party; readonly text: string }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'propose'; readonly g: number; readonly theme: string; readonly targetDate: Day }
  | { readonly kind: 'agree'; readonly g: number }
  | { readonly kind: 'scale'; readonly g: number; readonly baseline: Level }
  | { readonly kind: 'practise'; readonly g: number; readonly p: number; readonly dueOn: Day }
  | {
      readonly kind: 'report';
      readonly g: number;
      readonly p: number;
      readonly done: 'yes' | 'partly' | 'no';
    }
  | { readonly kind: 'check-in'; readonly g: number; readonly movement: 'forward' | 'steady' | 'back' }
  | { readonly kind: 'score'; readonly g: number; readonly by: Party; readonly level: Level }
  | {
      readonly kind: 'close';
      readonly g: number;
      readonly outcome: 'attained' | 'partlyAttained' | 'notAttained';
    }
);
