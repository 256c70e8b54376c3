import { RefusedError } from '@cairn/decider';
import type { Pool, PoolClient } from 'pg';
import { dayOf } from '../calendar/day.js';
import type { Cadence } from '../engagement/engagement.events.js';
import type { SessionPolicy } from '../session/session.events.js';

type Queryable = Pick<Pool | PoolClient, 'query'>;

/** What sessions needs to know of a programme. */
export interface ProgramFacts {
  readonly endsOn: string;
  readonly zone: string;
  readonly cadence: Cadence;
  readonly sessionPolicy: SessionPolicy;
  readonly themes: readonly string[];
}

/**
 * The programme's facts in force at `at`: those of its creation with the changes whose day has come in its zone.
 * @throws RefusedError not-yet-known
 */
export async function programAt(db: Queryable, programId: string, at: string): Promise<ProgramFacts> {
  const { rows } = await db.query<{ effectiveOn: string; facts: Partial<ProgramFacts> }>({
    name: 'known_program',
    text: `SELECT effective_on::text AS "effectiveOn", facts FROM known_programs
            WHERE program_id = $1 ORDER BY effective_on, version`,
    values: [programId],
  });
  const [created, ...changes] = rows;
  if (created === undefined) throw notYetKnown('The programme');
  const day = dayOf(at, created.facts.zone!);
  const inForce = changes.filter((change) => change.effectiveOn <= day).map(({ facts }) => facts);
  return Object.assign({}, created.facts, ...inForce) as ProgramFacts;
}

/**
 * How far silence may be judged in the sessions of an enrolment, when it is `at`: up to then, or in an open history only
 * as far as its importer has declared.
 */
export async function settledThrough(db: Queryable, enrollmentId: string, at: string): Promise<string> {
  const { rows } = await db.query<{ history: boolean; through: Date | null }>({
    name: 'known_history',
    text: 'SELECT history, history_through AS through FROM known_enrollments WHERE enrollment_id = $1',
    values: [enrollmentId],
  });
  if (rows[0] === undefined || !rows[0].history) return at;
  const through = rows[0].through?.toISOString() ?? '';
  return through < at ? through : at;
}

/** Its event has not arrived yet: a request is told to come again, a reaction waits. */
export const notYetKnown = (what: string): RefusedError =>
  new RefusedError({
    kind: 'not-yet-known',
    slug: 'not-yet-known',
    detail: `${what} is not known here yet: its event is on its way. Try again in a second.`,
  });
