import Type from 'typebox';
import { published } from '../../contract.js';
import { assessmentRefs, Code, Count, Day, Instant, Label, Mean, RaterCategory } from '../../fields.js';

const of = <Name extends string, Fields extends Type.TProperties>(
  name: Name,
  fields: Fields,
  sensitive = false,
) => published('enrollment', name, { ...assessmentRefs, ...fields }, sensitive);

const Moment = Type.Enum(['baseline', 'followUp']);
const closed = { additionalProperties: false };
/** Which questions were asked: a follow-up asks those of its baseline. */
const asked = { questionnaire: Label, questionnaireVersion: Count(1) };

export const AssessmentRequested = of('AssessmentRequested', {
  moment: Moment,
  categories: Type.Array(RaterCategory, { minItems: 1 }),
  ...asked,
  themes: Type.Array(Label, { minItems: 1 }),
  closesAt: Instant,
});
export const RaterNominated = of('RaterNominated', { category: RaterCategory });
export const RaterApproved = of('RaterApproved', { category: RaterCategory });
export const AnswersCounted = of('AnswersCounted', {
  on: Day,
  /** Of all categories together. */
  answers: Count(1),
});
export const AssessmentClosed = of('AssessmentClosed', { by: Type.Enum(['deadline', 'hand']) });
export const AssessmentWithdrawn = of('AssessmentWithdrawn', { reason: Code });
export const ResultsReleased = of(
  'ResultsReleased',
  {
    moment: Moment,
    ...asked,
    /** An anonymous category with fewer than three raters is left out. */
    results: Type.Array(
      Type.Object(
        {
          theme: Label,
          category: RaterCategory,
          raters: Count(1),
          /** Of the items' means below. */
          mean: Mean,
          /** Null: beside the means it would tell single answers. */
          sd: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
          /** One for each item, in the questionnaire's order; of an anonymous category in half points, 1.5 to 6.5. */
          itemMeans: Type.Array(Mean, { minItems: 1 }),
        },
        closed,
      ),
    ),
  },
  true,
);
export const PrioritiesIdentified = of(
  'PrioritiesIdentified',
  {
    priorities: Type.Array(
      Type.Object(
        {
          theme: Label,
          /** The categories whose results led to it. */
          sources: Type.Array(RaterCategory, { minItems: 1 }),
        },
        closed,
      ),
      { minItems: 1, maxItems: 3 },
    ),
  },
  true,
);
