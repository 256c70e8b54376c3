import { applyMigrations } from '@cairn/event-store';
import type { Pool } from 'pg';
import { steps as consumer } from './consumer/schema.js';
import { steps as relay } from './relay/schema.js';

/** Makes or updates what a service's relay and consumer keep in its database: schemas `relay` and `bus_in`. */
export async function migrate(pool: Pool): Promise<void> {
  await applyMigrations(pool, 'relay', relay);
  await applyMigrations(pool, 'bus_in', consumer);
}
