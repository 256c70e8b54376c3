import type { EligibilityRule } from './eligibility.js';
import type { ProgramChanges, ProgramValues } from './program.events.js';
import type { Trigger } from './triggers.js';

export type ProgramCommand = { readonly at: string } & (
  | { readonly kind: 'create'; readonly programId: string; readonly values: ProgramValues }
  | { readonly kind: 'change'; readonly effectiveOn: string; readonly changes: ProgramChanges }
  | { readonly kind: 'define-rules'; readonly rules: readonly EligibilityRule[] }
  | { readonly kind: 'define-triggers'; readonly triggers: readonly Trigger[] }
  | {
      readonly kind: 'open-cohort';
      readonly cohortId: string;
      readonly name: string;
      readonly opensOn: string;
    }
  | { readonly kind: 'close-cohort'; readonly cohortId: string; readonly closedOn: string }
);
