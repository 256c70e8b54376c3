import { applyMigrations } from '@cairn/event-store';
import type { Pool } from 'pg';
import { knowledge } from './knowledge.sql.js';
import { ledger } from './ledger.sql.js';

/**
 * Whoever came back was still kept as gone. Everybody's is forgotten: those who did leave have had their enrolments ended
 * meanwhile, and that is known by itself.
 */
const comeBack = 'UPDATE known_people SET left_at = NULL WHERE left_at IS NOT NULL';

/** Brings the service's own tables up to date. A released step never changes; another one follows it. */
export const migrate = (pool: Pool): Promise<void> =>
  applyMigrations(pool, 'public', [ledger, knowledge, comeBack]);
