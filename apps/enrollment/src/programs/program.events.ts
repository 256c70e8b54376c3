import type { SessionPolicy } from '@cairn/contracts';
import type { DomainEvent } from '@cairn/decider';
import type { EligibilityRule } from './eligibility.js';
import type { Trigger } from './triggers.js';

export const TRACKS = ['manager', 'director', 'executive', 'first-90-days'] as const;
export const CADENCES = ['weekly', 'bi-weekly', 'monthly'] as const;
export const PRICING_MODELS = ['seat', 'session', 'pool'] as const;

/** Everything that a programme sets. Days are calendar days in `zone`. */
export interface ProgramValues {
  readonly name: string;
  readonly track: (typeof TRACKS)[number];
  readonly startsOn: string;
  readonly endsOn: string;
  readonly zone: string;
  readonly cadence: (typeof CADENCES)[number];
  /** Sessions for each coachee. */
  readonly allotment: number;
  /** Enrolments that may be invited, active or paused at once. */
  readonly capacity: number;
  readonly activationDays: number;
  readonly sessionPolicy: SessionPolicy;
  /** Smallest group that an aggregate shows; from 3, and only ever raised. */
  readonly minimumGroup: number;
  readonly themes: readonly string[];
  readonly costPerSession: { readonly amount: number; readonly currency: string };
  readonly pricingModel: (typeof PRICING_MODELS)[number];
  readonly managersSeeParticipation: boolean;
}

/** What may change once a programme exists. */
export type ProgramChanges = Partial<Omit<ProgramValues, 'track' | 'startsOn' | 'zone' | 'pricingModel'>>;

/** Whether a person is eligible by a version of the rules; kept in a stream of its own for each programme and person. */
export type EligibilityEvent = DomainEvent<
  'EligibilityEvaluated',
  {
    programId: string;
    personId: string;
    ruleVersion: number;
    eligible: boolean;
    /** Of the rules that do not hold. */
    ruleCodes: readonly string[];
  }
>;

export type ProgramEvent =
  | DomainEvent<'ProgramCreated', { programId: string } & ProgramValues>
  | DomainEvent<'ProgramChanged', { programId: string; effectiveOn: string; changes: ProgramChanges }>
  | DomainEvent<
      'EligibilityRulesDefined',
      { programId: string; version: number; rules: readonly EligibilityRule[] }
    >
  | DomainEvent<'TriggersDefined', { programId: string; triggers: readonly Trigger[] }>
  | DomainEvent<'CohortOpened', { programId: string; cohortId: string; name: string; opensOn: string }>
  | DomainEvent<'CohortClosed', { programId: string; cohortId: string; closedOn: string }>;
