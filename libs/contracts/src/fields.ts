import Type from 'typebox';

/**
 * The building blocks of every published event. Formats are checked by ajv-formats; each is bounded to what PostgreSQL and
 * JavaScript can both keep, so that a consumer which lets an event in can also handle it.
 */
export const Uuid = Type.String({ format: 'uuid', pattern: '^[0-9a-f-]{36}$' });
/** An instant in UTC, ISO 8601 with milliseconds. No leap seconds, which JavaScript cannot read, and no year 0. */
export const Instant = Type.String({
  format: 'date-time',
  pattern: '^[1-9].{9}T.{6}[0-5][0-9](\\.[0-9]{1,9})?Z$',
});
/** A day in the world, without a zone: YYYY-MM-DD. */
export const Day = Type.String({ format: 'date', pattern: '^[1-9].{9}$' });
/** The largest whole number that consumers keep in an `int`. */
export const INT = 2_147_483_647;
/** A whole number from `minimum` on. */
export const Count = (minimum: number) => Type.Integer({ minimum, maximum: INT });
/** An IANA time zone name, such as Europe/Berlin. */
export const Zone = Type.String({ minLength: 1, maxLength: 64 });
/** A short label of the organisation or the programme: department, position, theme. Never a person's name. */
export const Label = Type.String({ minLength: 1, maxLength: 120 });
/** A stable code in kebab-case. */
export const Code = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 });

export const Level = Type.Enum(['individual', 'manager', 'director', 'executive']);
export const DateBasis = Type.Enum(['column', 'snapshot']);
export const Cadence = Type.Enum(['weekly', 'bi-weekly', 'monthly']);
/** Who moved, cancelled or missed a session; `cairn` where a pause or an end cancels what lies ahead. */
export const Party = Type.Enum(['coachee', 'coach']);
export const PartyOrCairn = Type.Enum(['coachee', 'coach', 'cairn']);

/** Of whom a rater is asked: self and manager are attributed, the others anonymous. */
export const RaterCategory = Type.Enum(['self', 'manager', 'peer', 'directReport', 'other']);
/** A mean on the questionnaire's scale. */
export const Mean = Type.Number({ minimum: 1, maximum: 7 });

/** How a programme's sessions are judged. Hours are whole hours; `version` names this set of values. */
export const SessionPolicy = Type.Object(
  {
    version: Count(1),
    noticeHours: Type.Integer({ minimum: 0, maximum: 336 }),
    lateCancelForfeits: Type.Boolean(),
    noShowForfeits: Type.Boolean(),
    silenceHours: Type.Integer({ minimum: 1, maximum: 720 }),
    disputeHours: Type.Integer({ minimum: 0, maximum: 720 }),
  },
  { additionalProperties: false },
);
export type SessionPolicy = Type.Static<typeof SessionPolicy>;

/** One part of a match's score: `value` and `score` lie in 0…1, the weights of all parts sum to 1. */
export const FitPart = Type.Object(
  {
    name: Code,
    weight: Type.Number({ minimum: 0, maximum: 1 }),
    value: Type.Number({ minimum: 0, maximum: 1 }),
  },
  { additionalProperties: false },
);
export const Fit = {
  coachId: Uuid,
  score: Type.Number({ minimum: 0, maximum: 1 }),
  parts: Type.Array(FitPart),
};

/** Who was shown by name: on which day (UTC), in which role of the reader, on what kind of page. Never to whom. */
export const shown = <const What extends string[]>(...what: What) => ({
  on: Day,
  role: Type.Enum(['hr', 'program-admin', 'manager', 'sponsor']),
  what: Type.Enum(what),
  /** Those who were not told of for this day, role and kind of page before. */
  personIds: Type.Array(Uuid, { minItems: 1, maxItems: 1000 }),
});

/** What every event of an enrolment carries. */
export const enrollmentRefs = { enrollmentId: Uuid, programId: Uuid, cohortId: Uuid, personId: Uuid };
/** What every event of a match carries. */
export const matchRefs = { matchId: Uuid, ...enrollmentRefs };
/** What every event of an assessment carries. */
export const assessmentRefs = { assessmentId: Uuid, ...enrollmentRefs };
/** What every event of an engagement, its sessions and its goals carries. */
export const engagementRefs = { engagementId: Uuid, ...enrollmentRefs, coachId: Uuid };
