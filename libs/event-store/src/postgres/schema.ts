import type { Pool } from 'pg';
import { applyMigrations } from '../migrations.js';
import { appendFunction } from './append.sql.js';

/** Makes the tables and the function of the log in `schema`, or brings them up to date. */
export function migrate(pool: Pool, schema = 'log'): Promise<void> {
  return applyMigrations(pool, schema, [eventsTable(schema), appendFunction(schema)]);
}

/** Statements that make a table of events append-only for everybody, replication roles included. */
export const refuseChanges = (schema: string, table: string): string => `
CREATE TRIGGER refuse_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON ${schema}.${table}
  FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse_changes();
ALTER TABLE ${schema}.${table} ENABLE ALWAYS TRIGGER refuse_changes;`;

export const refuseChangesFunction = (schema: string): string => `
CREATE FUNCTION ${schema}.refuse_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: events never change', TG_OP, TG_TABLE_NAME USING ERRCODE = 'CA003';
END $$;`;

/** Seconds since 2020. */
export const GENERATION_OF_NOW = `extract(epoch FROM clock_timestamp() - timestamptz '2020-01-01T00:00:00Z')::bigint`;

/**
 * A log made anew starts at position 1 again; its generation is higher than that of any earlier one (seconds since 2020),
 * so that consumers do not take its events for repeats of the earlier log's.
 */
export const generationTable = (schema: string): string => `
CREATE TABLE ${schema}.generation (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  generation bigint NOT NULL
);
INSERT INTO ${schema}.generation (generation)
  VALUES (greatest(1, ${GENERATION_OF_NOW}));`;

const eventsTable = (schema: string): string => `
CREATE TABLE ${schema}.events (
  position bigint NOT NULL PRIMARY KEY,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  event_id uuid NOT NULL,
  version int NOT NULL CHECK (version > 0),
  stream text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  tenant_id text COLLATE "C" NOT NULL,
  data json NOT NULL,
  metadata json NOT NULL,
  CONSTRAINT events_stream_version UNIQUE (stream, version),
  CONSTRAINT events_stream_event_id UNIQUE (stream, event_id)
);
CREATE INDEX events_tenant ON ${schema}.events (tenant_id, position);
${refuseChangesFunction(schema)}
${refuseChanges(schema, 'events')}
${generationTable(schema)}`;
