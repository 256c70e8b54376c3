import { contractOf, topicsOf, type Context, type Envelope } from '@cairn/contracts';
import { migrateImported, openImportedLog, type ImportedLog } from '@cairn/event-store/postgres';
import type { Pool } from 'pg';

/** Analytics' own log: what the other services published, each event once. Everything else here follows from it. */
export type IntakeLog = ImportedLog<Envelope>;
export const IntakeLog = Symbol('IntakeLog');

export const INTAKE = 'analytics.intake';
export const SOURCES = ['enrollment', 'goals', 'sessions'] as const satisfies readonly Context[];
export const TOPICS = SOURCES.flatMap((context) => Object.values(topicsOf(context)));

/** The schema of the log's tables. */
export const SCHEMA = 'imported';

export const migrateLog = (pool: Pool): Promise<void> => migrateImported(pool, SCHEMA);
export const openLog = (pool: Pool): IntakeLog => openImportedLog<Envelope>({ pool, schema: SCHEMA });

/** Carries a person's opinion or rating: not for every reader of the feed. An unknown type is taken for such. */
export const isSensitive = ({ type, data }: Envelope): boolean =>
  contractOf(type)?.sensitive(data as Record<string, unknown>) ?? true;
