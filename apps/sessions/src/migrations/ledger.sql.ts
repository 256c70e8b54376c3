/**
 * The ledger: what spans streams and must never be overdrawn or booked twice. Its rows are written in the transaction of
 * the events that they follow, before those, in this order: the engagement, the calendars, the session, its slots.
 */
export const ledger = `
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE engagements (
  engagement_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  enrollment_id uuid NOT NULL,
  program_id uuid NOT NULL,
  cohort_id uuid NOT NULL,
  person_id uuid NOT NULL,
  coach_id uuid NOT NULL,
  -- Of an internal coach, who has one calendar as coach and as coachee.
  coach_person_id uuid,
  status text NOT NULL CHECK (status IN ('planned', 'running', 'paused', 'completed', 'ended')),
  ends_on date NOT NULL,
  cadence text NOT NULL,
  zone text NOT NULL,
  -- What enrolment granted in all. Taken back below what is booked, "allotted" follows as units come free.
  granted int NOT NULL CHECK (granted >= 0),
  allotted int NOT NULL CHECK (allotted >= granted),
  reserved int NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  used int NOT NULL DEFAULT 0 CHECK (used >= 0),
  -- Of the engagement's stream: all that is appended to it holds this row's lock.
  version int NOT NULL,
  CONSTRAINT allotment_not_overdrawn CHECK (reserved + used <= allotted)
);
CREATE INDEX engagements_by_person ON engagements (tenant_id, person_id);
CREATE INDEX engagements_by_coach ON engagements (tenant_id, coach_id);
CREATE INDEX engagements_by_enrollment ON engagements (enrollment_id);
CREATE INDEX engagements_in_order ON engagements (tenant_id, engagement_id);

CREATE TABLE sessions (
  session_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  engagement_id uuid NOT NULL REFERENCES engagements,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  zone text NOT NULL,
  state text NOT NULL,
  -- Who cancelled late or did not come.
  by_party text CHECK (by_party IN ('coachee', 'coach')),
  -- The unit of the allotment that it holds, if any.
  unit text CHECK (unit IN ('reserved', 'completed', 'forfeited'))
);
CREATE INDEX sessions_of_engagement ON sessions (engagement_id, starts_at, session_id);
CREATE INDEX sessions_in_order ON sessions (tenant_id, starts_at, session_id);

CREATE TABLE slots (
  session_id uuid NOT NULL REFERENCES sessions,
  tenant_id uuid NOT NULL,
  holder_id uuid NOT NULL,
  during tstzrange NOT NULL,
  PRIMARY KEY (session_id, holder_id),
  CONSTRAINT nobody_booked_twice EXCLUDE USING gist (tenant_id WITH =, holder_id WITH =, during WITH &&)
);

-- Brings the ledger to what a session now claims, under the lock of its engagement, and answers with the sums after it.
CREATE FUNCTION claim(
  in_engagement uuid, in_session uuid, in_starts timestamptz, in_ends timestamptz, in_zone text,
  in_state text, in_by text, in_slot boolean, in_unit text,
  OUT version int, OUT granted int, OUT reserved int, OUT used int, OUT completed int, OUT forfeited int
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  e engagements%ROWTYPE;
  old_unit text;
  holders uuid[];
  taken int;
BEGIN
  SELECT * INTO STRICT e FROM engagements WHERE engagement_id = in_engagement FOR UPDATE;
  holders := ARRAY[coalesce(e.coach_person_id, e.coach_id), e.person_id];
  -- Two inserts that overlap wait for each other's constraint and deadlock: who books takes both calendars first, in order.
  IF in_slot THEN
    PERFORM pg_advisory_xact_lock(key)
      FROM (SELECT hashtextextended(holder::text, 0) AS key FROM unnest(holders) AS holder ORDER BY 1) AS keys;
  END IF;

  SELECT unit INTO old_unit FROM sessions WHERE session_id = in_session;
  e.reserved := e.reserved + (in_unit IS NOT DISTINCT FROM 'reserved')::int - (old_unit IS NOT DISTINCT FROM 'reserved')::int;
  e.used := e.used + coalesce(in_unit IN ('completed', 'forfeited'), false)::int
                   - coalesce(old_unit IN ('completed', 'forfeited'), false)::int;
  taken := (in_unit IS NOT NULL)::int - (old_unit IS NOT NULL)::int;
  IF taken <= 0 THEN
    e.allotted := greatest(e.granted, e.reserved + e.used);
  END IF;
  UPDATE engagements SET reserved = e.reserved, used = e.used, allotted = e.allotted WHERE engagement_id = in_engagement;

  INSERT INTO sessions (session_id, tenant_id, engagement_id, starts_at, ends_at, zone, state, by_party, unit)
    VALUES (in_session, e.tenant_id, in_engagement, in_starts, in_ends, in_zone, in_state, in_by, in_unit)
    ON CONFLICT (session_id) DO UPDATE SET starts_at = in_starts, ends_at = in_ends, zone = in_zone,
      state = in_state, by_party = in_by, unit = in_unit;

  IF in_slot THEN
    INSERT INTO slots (session_id, tenant_id, holder_id, during)
      SELECT in_session, e.tenant_id, holder, tstzrange(in_starts, in_ends) FROM unnest(holders) AS holder
      ON CONFLICT (session_id, holder_id) DO UPDATE SET during = tstzrange(in_starts, in_ends);
  ELSE
    DELETE FROM slots WHERE session_id = in_session;
  END IF;

  version := e.version;
  granted := e.granted;
  reserved := e.reserved;
  used := e.used;
  SELECT count(*) FILTER (WHERE unit = 'completed'), count(*) FILTER (WHERE unit = 'forfeited')
    INTO completed, forfeited FROM sessions WHERE engagement_id = in_engagement;
END $$;
`;
