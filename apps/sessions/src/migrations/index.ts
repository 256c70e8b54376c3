import { applyMigrations } from '@cairn/event-store';
import type { Pool } from 'pg';
import { knowledge } from './knowledge.sql.js';
import { ledger } from './ledger.sql.js';

/** Brings the service's own tables up to date. A released step never changes; another one follows it. */
export const migrate = (pool: Pool): Promise<void> => applyMigrations(pool, 'public', [ledger, knowledge]);
