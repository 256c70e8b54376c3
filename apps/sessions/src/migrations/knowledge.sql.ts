/**
 * What sessions keeps of enrolment, filled from its events. \`version\` is the stream version of the last event applied, so
 * that reading the topic again from its beginning changes nothing.
 */
export const knowledge = `
CREATE TABLE known_programs (
  program_id uuid NOT NULL,
  version int NOT NULL,
  tenant_id uuid NOT NULL,
  effective_on date NOT NULL,
  -- All of a programme's facts at its creation, and only the new ones at a change.
  facts jsonb NOT NULL,
  PRIMARY KEY (program_id, version)
);

CREATE TABLE known_enrollments (
  enrollment_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  version int NOT NULL,
  -- What an engagement that is planned later has to catch up with: its match comes by another partition of the topic.
  allotment int,
  ends_on date,
  paused_from date,
  paused_at timestamptz,
  -- 'completed', or the reason of its end.
  over text,
  over_at timestamptz,
  -- An importer tells its past: silence is judged only up to history_through, until it is complete.
  history boolean NOT NULL DEFAULT false,
  history_through timestamptz
);

CREATE TABLE known_coaches (
  coach_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  version int NOT NULL,
  person_id uuid
);

CREATE TABLE known_people (
  person_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  version int NOT NULL,
  department text,
  manager_id uuid,
  left_at timestamptz
);
`;
