import type { GoalRefs, GoalTerms, Level, Outcome, Party } from './goal.events.js';

/** `at` is the instant of the fact. Text ids point to rows that the handler has written before. */
export type GoalCommand = { readonly at: string } & (
  | {
      readonly kind: 'propose';
      readonly refs: GoalRefs;
      readonly by: Party;
      readonly terms: GoalTerms;
      readonly textId: string;
    }
  | { readonly kind: 'agree'; readonly by: Party }
  | {
      readonly kind: 'define-scale';
      readonly by: Party;
      readonly baselineLevel: Level;
      readonly levelTextIds: readonly string[];
    }
  | {
      readonly kind: 'commit-practice';
      readonly practiceId: string;
      readonly dueOn: string;
      readonly textId: string;
    }
  | {
      readonly kind: 'report-practice';
      readonly practiceId: string;
      readonly done: 'yes' | 'partly' | 'no';
      readonly textId: string | null;
    }
  | {
      readonly kind: 'check-in';
      readonly movement: 'forward' | 'steady' | 'back';
      readonly textId: string | null;
    }
  | {
      readonly kind: 'score';
      readonly by: Party;
      readonly level: Level;
      readonly moment: 'baseline' | 'interim' | 'closing';
    }
  | {
      readonly kind: 'revise';
      readonly by: Party;
      readonly terms: Partial<GoalTerms>;
      readonly textId: string | null;
    }
  | { readonly kind: 'close'; readonly by: Party; readonly outcome: Outcome }
  | { readonly kind: 'share'; readonly with: 'hr' | 'manager'; readonly shared: boolean }
);
