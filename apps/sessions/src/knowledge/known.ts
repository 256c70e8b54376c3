import { RefusedError } from '@cairn/decider';
import type { Pool, PoolClient } from 'pg';
import { dayOf } from '../calendar/day.js';
import type { Cadence } from '../calendar/series.js';
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
 * The programme's facts in force at `at`: those of its creation with the changes whose day has come in its zone, in the
 * order in which they were told; of two that are in force, the one told last counts.
 * @throws RefusedError not-yet-known
 */
export async function programAt(
  db: Queryable,
  tenantId: string,
  programId: string,
  at: string,
): Promise<ProgramFacts> {
  const { rows } = await db.query<{ effectiveOn: string; facts: Partial<ProgramFacts> }>({
    name: 'known_program',
    text: `SELECT effective_on::text AS "effectiveOn", facts FROM known_programs
            WHERE program_id = $1 AND tenant_id = $2 ORDER BY version`,
    values: [programId, tenantId],
  });
  const [created, ...changes] = rows;
  if (created === undefined) throw notYetKnown('The programme');
  const day = dayOf(at, created.facts.zone!);
  const inForce = changes.filter((change) => change.effectiveOn <= day).map(({ facts }) => facts);
  return Object.assign({}, created.facts, ...inForce) as ProgramFacts;
}

/** Its event has not arrived yet: a request is told to come again, a reaction waits. */
export const notYetKnown = (what: string): RefusedError =>
  new RefusedError({
    kind: 'not-yet-known',
    slug: 'not-yet-known',
    detail: `${what} is not known here yet: its event is on its way. Try again in a second.`,
  });
