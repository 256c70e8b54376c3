import { byReference } from '../coaches/label.js';
import {
  readyCoach,
  readyCoachee,
  type Coach,
  type Coachee,
  type ReadyCoach,
  type ReadyCoachee,
} from './candidates.js';
import { failedConstraint, sift, type NobodyQualifies } from './constraints.js';
import { fit, scoreOf, SCORE_UNITS, type Fit } from './fit.js';
import { firstOfOptima } from './transport.first.js';
import { FORBIDDEN, LEFT_OUT } from './transport.problem.js';
import { solveTransport } from './transport.js';

export interface Assigned {
  readonly coachee: Coachee;
  readonly coach: Coach;
  readonly fit: Fit;
}

export interface Unassigned extends NobodyQualifies {
  readonly coachee: Coachee;
}

/** Both lists stand in the order of the coachees' external references. */
export interface Assignment {
  readonly assigned: readonly Assigned[];
  /** Those left without a coach, with the constraint that took the last one: `capacity` where others got all who qualify. */
  readonly unassigned: readonly Unassigned[];
  /** Σ of the scores, exact to six decimals. */
  readonly totalFit: number;
}

/**
 * Matches a cohort at the optimum: as many coachees as possible, and among all ways to do that the one with the highest
 * total fit, under every constraint and each coach's places. Where several are equally good, the first coachee by external
 * reference has the first coach by external reference that any of them gives, then the second coachee, and so on: input
 * order and ids play no part. Algorithm and cost: `solveTransport` and `firstOfOptima`.
 *
 * `on` ("YYYY-MM-DD") is the day whose week decides where hours of different zones meet.
 * @throws where two coachees or two coaches share an external reference
 */
export function assign(coachees: readonly Coachee[], coaches: readonly Coach[], on: string): Assignment {
  const rows = inOrder(coachees).map((coachee) => readyCoachee(coachee, on));
  const everyone = inOrder(coaches).map((coach) => readyCoach(coach, on));
  const columns = everyone.filter((coach) => coach.placesLeft > 0);

  const problem = {
    rows: rows.length,
    columns: columns.length,
    cost: costsOf(rows, columns),
    capacity: Int32Array.from(columns, (coach) => Math.min(coach.placesLeft, rows.length)),
  };
  const columnOf = firstOfOptima(problem, solveTransport(problem));

  const taken = new Map<ReadyCoach, number>();
  for (const column of columnOf) {
    const coach = columns[column];
    if (coach) taken.set(coach, (taken.get(coach) ?? 0) + 1);
  }
  const afterwards = everyone.map((coach) => ({
    ...coach,
    placesLeft: coach.placesLeft - (taken.get(coach) ?? 0),
  }));

  const assigned: Assigned[] = [];
  const unassigned: Unassigned[] = [];
  let total = 0;
  for (const [row, coachee] of rows.entries()) {
    const column = columnOf[row]!;
    if (column === LEFT_OUT) {
      unassigned.push({ coachee: coachee.of, ...whyNobody(coachee, afterwards) });
      continue;
    }
    const coach = columns[column]!;
    total += scoreOf(coachee, coach);
    assigned.push({ coachee: coachee.of, coach: coach.of, fit: fit(coachee, coach) });
  }
  return { assigned, unassigned, totalFit: total / SCORE_UNITS };
}

function costsOf(rows: readonly ReadyCoachee[], columns: readonly ReadyCoach[]): Int32Array {
  const cost = new Int32Array(rows.length * columns.length).fill(FORBIDDEN);
  let cell = 0;
  for (const coachee of rows) {
    for (const coach of columns) {
      if (failedConstraint(coachee, coach) === null) cost[cell] = SCORE_UNITS - scoreOf(coachee, coach);
      cell++;
    }
  }
  return cost;
}

function whyNobody(coachee: ReadyCoachee, coaches: readonly ReadyCoach[]): NobodyQualifies {
  const sifted = sift(coachee, coaches);
  if (Array.isArray(sifted))
    throw new Error(`coachee ${coachee.of.personId} was left out while a coach had a place`);
  return sifted as NobodyQualifies;
}

function inOrder<T extends { externalRef: string }>(people: readonly T[]): T[] {
  const sorted = [...people].sort(byReference);
  for (const [i, person] of sorted.entries()) {
    if (i > 0 && sorted[i - 1]!.externalRef === person.externalRef) {
      throw new Error(`external reference ${person.externalRef} occurs twice`);
    }
  }
  return sorted;
}
