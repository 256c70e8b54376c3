import type { Pool } from 'pg';
import { applyMigrations } from '../migrations.js';
import { lockTheLog, logLock, notifyReaders } from './append.sql.js';
import { generationTable, refuseChanges, refuseChangesFunction } from './schema.js';

/** Makes the tables and functions of a log of imported events in `schema`, or brings them up to date. */
export function migrateImported(pool: Pool, schema = 'log'): Promise<void> {
  return applyMigrations(pool, schema, stepsOf(schema));
}

export const stepsOf = (schema: string): readonly string[] => [
  eventsByMonth(schema),
  ensureMonths(schema),
  appendByMonth(schema),
  rest(schema),
];

/**
 * Partitioned by the month in which its own service recorded an event. That time is part of the event and never changes, so
 * the same event always falls into the same partition, and the unique index of that partition alone finds a repeat.
 */
const eventsByMonth = (schema: string): string => `
CREATE TABLE ${schema}.events (
  position bigint NOT NULL,
  recorded_at timestamptz NOT NULL,
  log_index int NOT NULL,
  log_position text COLLATE "C" NOT NULL,
  log text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  envelope json NOT NULL,
  PRIMARY KEY (position, recorded_at),
  CONSTRAINT events_source UNIQUE (source, log, log_position, log_index, recorded_at)
) PARTITION BY RANGE (recorded_at);
${refuseChangesFunction(schema)}
${refuseChanges(schema, 'events')}
${generationTable(schema)}`;

const ensureMonths = (schema: string): string => `
CREATE FUNCTION ${schema}.ensure_months(moments timestamptz[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  month timestamp;
  name text;
BEGIN
  FOR month IN SELECT DISTINCT date_trunc('month', m AT TIME ZONE 'UTC') FROM unnest(moments) m ORDER BY 1 LOOP
    name := to_char(month, '"events_"YYYY_MM');
    CONTINUE WHEN to_regclass('${schema}.' || name) IS NOT NULL;
    EXECUTE format('CREATE TABLE ${schema}.%I (LIKE ${schema}.events INCLUDING ALL)', name);
    EXECUTE format('CREATE TRIGGER refuse_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON ${schema}.%I
      FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse_changes()', name);
    EXECUTE format('ALTER TABLE ${schema}.%I ENABLE ALWAYS TRIGGER refuse_changes', name);
    EXECUTE format('ALTER TABLE ${schema}.events ATTACH PARTITION ${schema}.%I FOR VALUES FROM (%L) TO (%L)',
      name, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
  END LOOP;
END $$;`;

/**
 * As the log's own append: numbered under the log's lock. What is there already, by its place in its own log, is left out.
 * @param first what it does before it looks where the log stands
 */
const appendImported = (schema: string, first = ''): string => `${schema}.append_imported(
  sources text[], logs text[], log_positions text[], log_indexes int[], recorded text[], envelopes json[],
  OUT appended int
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  last_position bigint;
BEGIN
  ${lockTheLog(schema)}${first}
  SELECT e.position INTO last_position FROM ${schema}.events e ORDER BY e.position DESC LIMIT 1;
  last_position := coalesce(last_position, 0);
  INSERT INTO ${schema}.events (position, recorded_at, log_index, log_position, log, source, envelope)
  SELECT last_position + i.ordinal, i.recorded::timestamptz, i.log_index, i.log_position, i.log, i.source, i.envelope
  FROM unnest(sources, logs, log_positions, log_indexes, recorded, envelopes)
    WITH ORDINALITY AS i(source, log, log_position, log_index, recorded, envelope, ordinal)
  ON CONFLICT (source, log, log_position, log_index, recorded_at) DO NOTHING;
  GET DIAGNOSTICS appended = ROW_COUNT;
  IF appended > 0 THEN
    SELECT e.position INTO last_position FROM ${schema}.events e ORDER BY e.position DESC LIMIT 1;
    PERFORM ${notifyReaders(schema, 'last_position')};
  END IF;
END $$;`;

const appendByMonth = (schema: string): string => `
CREATE FUNCTION ${appendImported(
  schema,
  `
  PERFORM ${schema}.ensure_months(recorded::timestamptz[]);`,
)}`;

/**
 * No month has a partition of its own any more; what those that there are do not take, the rest takes. A reader finds the
 * partitions when its statement is planned, and what is committed when it is run: of an append that attached a partition in
 * between it saw the events in other months, and never those in that one.
 */
const rest = (schema: string): string => `
-- Neither whoever reads nor whoever appends waits behind it for longer, where a backup reads the table for hours.
DO $$
BEGIN
  LOOP
    BEGIN
      PERFORM set_config('lock_timeout', '2s', true);
      PERFORM ${logLock(schema)};
      LOCK TABLE ${schema}.events IN ACCESS EXCLUSIVE MODE;
      EXIT;
    EXCEPTION WHEN lock_not_available THEN
      PERFORM pg_sleep(1);
    END;
  END LOOP;
END $$;
CREATE TABLE ${schema}.events_rest PARTITION OF ${schema}.events DEFAULT;
${refuseChanges(schema, 'events_rest')}
DROP FUNCTION ${schema}.ensure_months;
CREATE OR REPLACE FUNCTION ${appendImported(schema)}`;
