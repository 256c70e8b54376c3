import type { Pool } from 'pg';
import { applyMigrations } from '@cairn/event-store';

const STEPS = [
  `create table deadlines.checkpoint (
     one      boolean primary key default true check (one),
     position text not null
   );
   create table deadlines.due (
     tenant_id      uuid not null,
     key            text not null,
     kind           text not null,
     subject_id     text not null,
     due_at         timestamptz not null,
     -- When to handle it: due_at, later after a failure, null while its history is not told so far.
     sweep_at       timestamptz,
     payload        json,
     history_key    text,
     correlation_id text not null,
     caused_by      uuid not null,
     attempts       int not null default 0,
     failing_since  timestamptz,
     last_error     text,
     primary key (tenant_id, key)
   );
   create index due_to_sweep on deadlines.due (sweep_at) where sweep_at is not null;
   create index due_of_history on deadlines.due (tenant_id, history_key) where sweep_at is null;
   create table deadlines.history (
     tenant_id   uuid not null,
     history_key text not null,
     through     timestamptz,
     complete    boolean not null,
     primary key (tenant_id, history_key)
   );`,
  // Nobody gave one.
  'alter table deadlines.due drop column payload',
];

/** Makes or updates the schema `deadlines`. */
export const migrate = (pool: Pool): Promise<void> => applyMigrations(pool, 'deadlines', STEPS);
