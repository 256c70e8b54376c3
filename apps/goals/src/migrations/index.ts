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

/** Brings the service's own tables up to date. A released step never changes; another one follows it. */
export const migrate = (pool: Pool): Promise<void> =>
  applyMigrations(pool, 'public', [goals, knowledge, departments]);
