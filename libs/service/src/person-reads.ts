import type { EventName, Published } from '@cairn/contracts';
import { appendOf, applyMigrations, newId } from '@cairn/event-store';
import { transact, type TransactionalLog } from '@cairn/event-store/postgres';
import type { Clock } from '@cairn/http';
import { hasRole, type Subject } from '@cairn/identity';
import type { Pool } from 'pg';

/** The events by which a service says whom it showed by name. */
export type Showing = Extract<EventName, 'PeopleShown' | 'SessionsShown' | 'GoalsShown'>;
type Shown = Published<Showing>;

const STEPS = [
  `CREATE TABLE reads.told (
  tenant_id uuid NOT NULL,
  person_id uuid NOT NULL,
  role text COLLATE "C" NOT NULL,
  what text COLLATE "C" NOT NULL,
  -- The last day (UTC) of which it was told.
  day date NOT NULL,
  PRIMARY KEY (tenant_id, person_id, role, what)
)`,
];
export const migrateReads = (pool: Pool): Promise<void> => applyMigrations(pool, 'reads', STEPS);

/** The roles in which somebody looks at others; whoever has several looks in the first of them. */
const LOOKS = ['hr', 'program-admin', 'manager', 'sponsor'] as const satisfies Shown['role'][];

/** So many people one event tells of at most. */
const MOST = 1000;

/** Somebody whom an answer shows, and their coach where it says so. */
export interface Looked {
  readonly personId: string;
  readonly coachId?: string | null;
}

/**
 * Who was shown by name, on which day, in which role of the reader and on what kind of page; never to whom. It is written
 * before the answer goes out: a read that cannot be recorded is not answered.
 */
export class PersonReads {
  constructor(
    private readonly pool: Pool,
    private readonly log: TransactionalLog,
    private readonly clock: Clock,
    private readonly showing: Showing,
  ) {}

  /** All people of a page in one transaction, and in none where all of it is told of today already. */
  async record(subject: Subject, what: Shown['what'], people: Iterable<Looked>): Promise<void> {
    const role = LOOKS.find((each) => hasRole(subject, each));
    if (role === undefined) return;
    // In one order, so that two readers of the same people cannot lock each other out.
    const seen = [...new Set([...people].filter((each) => !isOwn(subject, each)).map(idOf))].sort();
    const occurredAt = this.clock.now().toISOString();
    const on = occurredAt.slice(0, 10);
    const values = [subject.tenantId, seen, role, what, on];
    const { rows: told } = await this.pool.query<{ all: boolean }>({
      name: 'reads-told',
      text: `SELECT count(*) = cardinality($2::uuid[]) AS all FROM reads.told
              WHERE tenant_id = $1 AND person_id = ANY ($2) AND role = $3 AND what = $4 AND day >= $5::date`,
      values,
    });
    if (told[0]!.all) return;
    await transact(this.pool, this.log, async (client) => {
      const { rows } = await client.query<Looked>(
        `INSERT INTO reads.told AS t (tenant_id, person_id, role, what, day)
         SELECT $1, person, $3, $4, $5::date FROM unnest($2::uuid[]) AS person
         ON CONFLICT (tenant_id, person_id, role, what) DO UPDATE SET day = excluded.day WHERE t.day < excluded.day
         RETURNING person_id AS "personId"`,
        values,
      );
      if (rows.length === 0) return [];
      const events = partsOf(rows.map(idOf)).map((personIds) => ({
        type: this.showing,
        occurredAt,
        data: { on, role, what, personIds },
      }));
      const commandId = newId();
      // Not the reader, nor anything by which they could be found: the log is read by others.
      const actor = { subject: 'reads', role: 'system' };
      const origin = { commandId, correlationId: commandId, tenantId: subject.tenantId, actor };
      return [appendOf(origin, `shown-${commandId}`, 0, events)];
    });
  }
}

const idOf = ({ personId }: Looked): string => personId;

/** Themself, or a coachee of theirs: no look that is recorded. */
export const isOwn = (subject: Subject, { personId, coachId }: Looked): boolean =>
  personId === subject.personId ||
  (hasRole(subject, 'coach') && coachId !== undefined && coachId !== null && coachId === subject.coachId);

const partsOf = (ids: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / MOST) }, (_, n) => ids.slice(n * MOST, (n + 1) * MOST));
