import { applyMigrations } from '@cairn/event-store';
import type { Pool } from 'pg';

/** Goals of an engagement, so that they can be listed; what they are is in their streams. */
const goals = `
CREATE TABLE goals (
  goal_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  engagement_id uuid NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX goals_of_engagement ON goals (engagement_id, created_at, goal_id);
`;

/**
 * What goals keeps of other services, filled from their events. \`version\` is the stream version of the last event applied,
 * so that reading a topic again from its beginning changes nothing.
 */
const knowledge = `
CREATE TABLE known_engagements (
  engagement_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  version int NOT NULL,
  enrollment_id uuid NOT NULL,
  program_id uuid NOT NULL,
  cohort_id uuid NOT NULL,
  person_id uuid NOT NULL,
  coach_id uuid NOT NULL,
  over boolean NOT NULL DEFAULT false
);

CREATE TABLE known_sessions (
  session_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  version int NOT NULL,
  engagement_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  -- Whether it was held; null until that is known, and where it was cancelled.
  held boolean,
  cancelled boolean NOT NULL DEFAULT false
);
CREATE INDEX known_sessions_of_engagement ON known_sessions (engagement_id, starts_at);

CREATE TABLE known_programs (
  program_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  version int NOT NULL,
  themes text[] NOT NULL
);

CREATE TABLE known_people (
  person_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  version int NOT NULL,
  manager_id uuid
);
`;

/** For HR users who are limited to org units. */
const departments = 'ALTER TABLE known_people ADD COLUMN department text';

/** When it was over, so that what happened before can be told after it; of an end heard of earlier only that it was. */
const ends = `
ALTER TABLE known_engagements ADD COLUMN over_at timestamptz, ADD COLUMN zone text NOT NULL DEFAULT 'UTC';
ALTER TABLE known_engagements ALTER COLUMN zone DROP DEFAULT;
UPDATE known_engagements SET over_at = 'epoch' WHERE over;
ALTER TABLE known_engagements DROP COLUMN over;
`;

/** A row for each time that a programme's themes were told, with the first day on which they are in force. */
const themesByDay = `
ALTER TABLE known_programs ADD COLUMN effective_on date NOT NULL DEFAULT '-infinity';
ALTER TABLE known_programs ALTER COLUMN effective_on DROP DEFAULT,
  DROP CONSTRAINT known_programs_pkey, ADD PRIMARY KEY (program_id, version);
`;

/** For the goals of a person. */
const ofPerson = 'CREATE INDEX known_engagements_of_person ON known_engagements (tenant_id, person_id)';

/**
 * Pulses so that they can be listed, and what must not be in their streams: who is asked, and the answers until they are
 * released. No answer stands beside its rater, nor beside a time.
 */
const pulses = `
CREATE TABLE pulses (
  pulse_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  engagement_id uuid NOT NULL,
  goal_id uuid NOT NULL,
  session_id uuid NOT NULL,
  theme text NOT NULL,
  due_on date NOT NULL,
  raters int NOT NULL
);
CREATE INDEX pulses_of_engagement ON pulses (engagement_id);

CREATE TABLE pulse_raters (
  rater_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  engagement_id uuid NOT NULL,
  person_id uuid,
  approved_at timestamptz,
  token_hash bytea UNIQUE,
  -- Before which session the link asks, and before which one they answered last.
  session_id uuid,
  answered_session_id uuid,
  UNIQUE (engagement_id, person_id)
);

CREATE TABLE pulse_answers (
  answer_key uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  engagement_id uuid NOT NULL,
  item text NOT NULL,
  -- Empty for the items of those who report to the coachee.
  theme text NOT NULL,
  value int NOT NULL
);
CREATE INDEX pulse_answers_waiting ON pulse_answers (engagement_id, item, theme);

CREATE TABLE pulse_answered (
  tenant_id uuid NOT NULL,
  engagement_id uuid NOT NULL,
  item text NOT NULL,
  theme text NOT NULL,
  rater_id uuid NOT NULL,
  PRIMARY KEY (engagement_id, item, theme, rater_id)
);

CREATE TABLE pulse_results (
  tenant_id uuid NOT NULL,
  engagement_id uuid NOT NULL,
  item text NOT NULL,
  theme text NOT NULL,
  raters int NOT NULL,
  mean double precision NOT NULL,
  released_at timestamptz NOT NULL,
  PRIMARY KEY (engagement_id, item, theme)
);
`;

/** Whose goals of before a coachee has handed over to whom. */
const handovers = `
CREATE TABLE known_handovers (
  tenant_id uuid NOT NULL,
  enrollment_id uuid NOT NULL,
  person_id uuid NOT NULL,
  coach_id uuid NOT NULL,
  from_coach_id uuid NOT NULL,
  PRIMARY KEY (enrollment_id, coach_id, from_coach_id)
)`;

/** Who has left the company is asked no more. */
const leavers = 'ALTER TABLE known_people ADD COLUMN left_at timestamptz';

/** A rater who is removed keeps their row: named anew, they are the same rater. How many are asked is counted. */
const removedRaters = `
ALTER TABLE pulse_raters ADD COLUMN removed_at timestamptz;
ALTER TABLE pulses DROP COLUMN raters;
`;

/**
 * Who has answered, by marks that lead to a rater only with the service's key. What waited beside its raters is forgotten,
 * and can be answered again.
 */
const marks = `
DELETE FROM pulse_answers;
DELETE FROM pulse_answered;
ALTER TABLE pulse_answered DROP COLUMN rater_id;
ALTER TABLE pulse_answered ADD COLUMN mark text COLLATE "C" NOT NULL,
  ADD PRIMARY KEY (engagement_id, item, theme, mark);
ALTER TABLE pulse_raters DROP COLUMN answered_session_id;

-- Of each rater and session; apart from the rater's row, which answering leaves as it is.
CREATE TABLE pulse_links_used (
  tenant_id uuid NOT NULL,
  engagement_id uuid NOT NULL,
  mark text COLLATE "C" NOT NULL,
  PRIMARY KEY (engagement_id, mark)
);
`;

/**
 * Whoever ever was somebody's manager, since nobody in HR sees who was above them. It begins with today's; those of before
 * are learnt where the topic is read anew.
 */
const managers = `
CREATE TABLE known_managers (
  tenant_id uuid NOT NULL,
  person_id uuid NOT NULL,
  manager_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, person_id, manager_id)
);
INSERT INTO known_managers SELECT tenant_id, person_id, manager_id FROM known_people WHERE manager_id IS NOT NULL`;

/**
 * Which employee an internal coach is: they are known as coach by their person too. What was told of coaches before is
 * learnt only where the topic is read anew; until then they are known by the token's coach_id alone.
 */
const coaches = `
CREATE TABLE known_coaches (
  coach_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  version int NOT NULL,
  person_id uuid
)`;

/** Brings the service's own tables up to date. A released step never changes; another one follows it. */
export const migrate = (pool: Pool): Promise<void> =>
  applyMigrations(pool, 'public', [
    goals,
    knowledge,
    departments,
    ends,
    themesByDay,
    ofPerson,
    pulses,
    handovers,
    leavers,
    removedRaters,
    marks,
    managers,
    coaches,
  ]);
