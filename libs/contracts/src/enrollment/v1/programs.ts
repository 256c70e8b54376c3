import Type from 'typebox';
import { published } from '../../contract.js';
import { Cadence, Code, Count, Day, Label, SessionPolicy, Uuid, Zone } from '../../fields.js';

const Cost = Type.Object(
  { amount: Type.Number({ minimum: 0 }), currency: Type.String({ pattern: '^[A-Z]{3}$' }) },
  { additionalProperties: false },
);

const values = {
  name: Label,
  track: Type.Enum(['manager', 'director', 'executive', 'first-90-days']),
  startsOn: Day,
  endsOn: Day,
  zone: Zone,
  cadence: Cadence,
  /** Sessions that each coachee may use. */
  allotment: Type.Integer({ minimum: 1, maximum: 500 }),
  /** Places: enrolments that may be invited, active or paused at once. */
  capacity: Count(1),
  activationDays: Type.Integer({ minimum: 1, maximum: 365 }),
  sessionPolicy: SessionPolicy,
  minimumGroup: Count(3),
  themes: Type.Array(Label, { minItems: 1 }),
  costPerSession: Cost,
  pricingModel: Type.Enum(['seat', 'session', 'pool']),
  managersSeeParticipation: Type.Boolean(),
};

export const ProgramCreated = published('enrollment', 'ProgramCreated', { programId: Uuid, ...values });

/** The new values alone, in force from `effectiveOn`. */
export const ProgramChanged = published('enrollment', 'ProgramChanged', {
  programId: Uuid,
  effectiveOn: Day,
  changes: Type.Partial(Type.Object(values, { additionalProperties: false })),
});

export const CohortOpened = published('enrollment', 'CohortOpened', {
  programId: Uuid,
  cohortId: Uuid,
  name: Label,
  opensOn: Day,
});

export const CohortClosed = published('enrollment', 'CohortClosed', {
  programId: Uuid,
  cohortId: Uuid,
  closedOn: Day,
});

export const EligibilityEvaluated = published('enrollment', 'EligibilityEvaluated', {
  programId: Uuid,
  personId: Uuid,
  ruleVersion: Count(1),
  eligible: Type.Boolean(),
  /** Codes of the rules that did not hold; empty when eligible. */
  ruleCodes: Type.Array(Code),
});
