import { applyMigrations } from '@cairn/event-store';
import { CLOCK, type Clock } from '@cairn/http';
import type { Subject } from '@cairn/identity';
import { isOwn, POOL, type Looked as Seen } from '@cairn/service';
import { Inject, Injectable } from '@nestjs/common';
import type { ClientBase, Pool } from 'pg';
import { shown } from '../projections/visibility/shown.js';

const STEPS = [
  `CREATE TABLE reads.person_reads (
  tenant_id uuid NOT NULL,
  person_id uuid NOT NULL,
  day date NOT NULL,
  role text COLLATE "C" NOT NULL,
  what text COLLATE "C" NOT NULL,
  times int NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, person_id, day, role, what)
)`,
  // The day says enough, and is all that the other services tell.
  'ALTER TABLE reads.person_reads DROP COLUMN times, DROP COLUMN last_at',
];
export const migrateReads = (pool: Pool): Promise<void> => applyMigrations(pool, 'reads', STEPS);

/** What of single people analytics itself shows to others than themselves and their coach. */
export type Looked = 'participation' | 'between-sessions' | 'team-baseline';

/** That somebody was looked at, on a day (UTC), in a role, on a kind of page of one of the services; never by whom. */
export interface LookedAt {
  readonly day: string;
  readonly role: string;
  readonly what: string;
}

/** So far back it is told. */
const DAYS = 90;

/** Who was looked at, when and in which role: written before the answer goes out, so that nobody is seen unrecorded. */
@Injectable()
export class VisibilityLog {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async record(subject: Subject, role: string, what: Looked, seen: readonly Seen[]): Promise<void> {
    const others = seen.filter((each) => !isOwn(subject, each)).map(({ personId }) => personId);
    if (others.length === 0) return;
    // In one order, so that two readers of the same people cannot lock each other out.
    const people = [...new Set(others)].sort();
    await this.pool.query(
      `INSERT INTO reads.person_reads (tenant_id, person_id, day, role, what)
       SELECT $1, person, ($5::timestamptz AT TIME ZONE 'UTC')::date, $3, $4 FROM unnest($2::uuid[]) AS person
       ON CONFLICT DO NOTHING`,
      [subject.tenantId, people, role, what, this.clock.now()],
    );
  }

  /** What was looked at here, and what the other services have told of: the newest day first. */
  async of(client: Pick<ClientBase, 'query'>, tenantId: string, personId: string): Promise<LookedAt[]> {
    const since = `tenant_id = $1 AND person_id = $2 AND day > ($3::timestamptz AT TIME ZONE 'UTC')::date - ${DAYS}`;
    const { rows } = await client.query<LookedAt>(
      `SELECT day::text, role, what FROM reads.person_reads WHERE ${since}
       UNION ALL SELECT day::text, role, what FROM ${shown.table} WHERE ${since}
       ORDER BY day DESC, role, what`,
      [tenantId, personId, this.clock.now()],
    );
    return rows;
  }
}
