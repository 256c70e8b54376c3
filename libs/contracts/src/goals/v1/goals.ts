import Type from 'typebox';
import { published, type IsSensitive } from '../../contract.js';
import { Day, engagementRefs, Label, Party, shown, Uuid } from '../../fields.js';

const of = <Name extends string, Fields extends Type.TProperties>(
  name: Name,
  fields: Fields,
  sensitive?: IsSensitive,
) => published('goals', name, { goalId: Uuid, ...engagementRefs, ...fields }, sensitive);

/** −2 much less than expected … 0 as expected … +2 much more than expected. */
const Attainment = Type.Integer({ minimum: -2, maximum: 2 });
const goal = { theme: Label, weight: Type.Number({ exclusiveMinimum: 0, maximum: 100 }), targetDate: Day };

export const GoalProposed = of('GoalProposed', { by: Party, ...goal });
/** Both have agreed. */
export const GoalAgreed = of('GoalAgreed', goal);
export const AttainmentScaleDefined = of('AttainmentScaleDefined', { baselineLevel: Attainment });
export const PracticeCommitted = of('PracticeCommitted', { practiceId: Uuid, dueOn: Day });
export const PracticeReported = of('PracticeReported', {
  practiceId: Uuid,
  done: Type.Enum(['yes', 'partly', 'no']),
});
export const CheckInRecorded = of('CheckInRecorded', {
  by: Party,
  movement: Type.Enum(['forward', 'steady', 'back']),
});
/** An observer's score is an opinion about a person: it goes to the sensitive topic. */
export const AttainmentScored = of(
  'AttainmentScored',
  {
    level: Attainment,
    scorer: Type.Enum(['self', 'observed']),
    moment: Type.Enum(['baseline', 'interim', 'closing']),
  },
  (data) => data['scorer'] === 'observed',
);
export const GoalRevised = of('GoalRevised', { by: Party, ...goal });
export const GoalClosed = of('GoalClosed', {
  outcome: Type.Enum(['attained', 'partlyAttained', 'notAttained', 'dropped']),
});

export const GoalsShown = published('goals', 'GoalsShown', shown('goals', 'pulse-raters'), true);
