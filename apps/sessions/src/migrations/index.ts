import { applyMigrations } from '@cairn/event-store';
import type { Pool } from 'pg';
import { knowledge } from './knowledge.sql.js';
import { ledger } from './ledger.sql.js';

/**
 * Whoever came back was still kept as gone. Everybody's is forgotten: those who did leave have had their enrolments ended
 * meanwhile, and that is known by itself.
 */
const comeBack = 'UPDATE known_people SET left_at = NULL WHERE left_at IS NOT NULL';

/** A session cancelled in time says by whom too, also where a pause or an end did it. */
const cancelledBy = `ALTER TABLE sessions DROP CONSTRAINT sessions_by_party_check,
  ADD CONSTRAINT sessions_by_party_check CHECK (by_party IN ('coachee', 'coach', 'cairn'))`;

/** A calendar takes the higher of two revisions of a session for the newer one (RFC 5545, SEQUENCE). */
const revisions = `
ALTER TABLE sessions ADD COLUMN revision int NOT NULL DEFAULT 0;
CREATE FUNCTION count_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.revision := OLD.revision + 1;
  RETURN NEW;
END $$;
CREATE TRIGGER session_revised BEFORE UPDATE ON sessions FOR EACH ROW
  WHEN ((OLD.starts_at, OLD.ends_at, OLD.state) IS DISTINCT FROM (NEW.starts_at, NEW.ends_at, NEW.state))
  EXECUTE FUNCTION count_revision()`;

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

/** Whether what was left at its end has been told: until then, the end has not been carried out. */
const returned = `ALTER TABLE engagements ADD COLUMN returned boolean NOT NULL DEFAULT false`;

/** When enrolment recorded the match; null of engagements that were planned before this was kept. */
const matchedAt = `ALTER TABLE engagements ADD COLUMN matched_at timestamptz`;

/** When enrolment recorded the leaving; null of leavings that were heard of before this was kept. */
const leftRecordedAt = 'ALTER TABLE known_people ADD COLUMN left_recorded_at timestamptz';

/** Brings the service's own tables up to date. A released step never changes; another one follows it. */
export const migrate = (pool: Pool): Promise<void> =>
  applyMigrations(pool, 'public', [
    ledger,
    knowledge,
    comeBack,
    cancelledBy,
    revisions,
    managers,
    returned,
    matchedAt,
    leftRecordedAt,
  ]);
