import type { ProgramFact, ProgramValues } from '../../projections/programs/program-facts.js';
import { hasHappened, isKnown, type Moment } from './moment.js';
import { zoneOf, type Zone } from './zone.js';

export interface CohortAt {
  readonly cohortId: string;
  readonly name: string;
  readonly opensOn: string;
  readonly closedOn?: string;
}

/** A programme as it stood: its values on the day, and on any other. */
export interface ProgramAt {
  readonly programId: string;
  readonly zone: Zone;
  readonly values: ProgramValues;
  /** The values in force on a day, as far as they were known. */
  valuesOn(day: string): ProgramValues;
  /**
   * The highest minimum group ever set, whatever the moment and from when on it holds: it can only be raised, and what
   * a raised one withholds is not told from an earlier date either.
   */
  readonly minimumGroup: number;
  /** In the order in which they opened. */
  readonly cohorts: readonly CohortAt[];
  /** The newest evaluation of each person. */
  readonly eligible: ReadonlyMap<string, boolean>;
}

/** @param facts of one programme, its cohorts and evaluations, in stream order. Undefined while it was not known. */
export function programAt(facts: readonly ProgramFact[], moment: Moment): ProgramAt | undefined {
  const known = facts.filter((fact) => isKnown(fact, moment));
  const created = known.find((fact) => fact.fact === 'created');
  if (!created) return undefined;
  const changes = known.filter((fact) => fact.fact === 'changed');
  const valuesOn = (day: string): ProgramValues =>
    changes.reduce<ProgramValues>(
      (values, change) => (change.day <= day ? { ...values, ...change.values } : values),
      created.values,
    );
  // The zone decides which day it is, so it is taken as it was first set or last changed to.
  const zone = zoneOf(changes.findLast((change) => change.values.zone)?.values.zone ?? created.values.zone);
  return {
    programId: created.programId,
    zone,
    values: valuesOn(zone.dayOf(moment.at)),
    valuesOn,
    minimumGroup: highestMinimum(facts),
    cohorts: cohortsOf(known, moment),
    eligible: eligibilityOf(known, moment),
  };
}

const highestMinimum = (facts: readonly ProgramFact[]): number =>
  facts.reduce((highest, fact) => {
    const set = fact.fact === 'created' || fact.fact === 'changed' ? fact.values.minimumGroup : undefined;
    return Math.max(highest, set ?? 0);
  }, 0);

function cohortsOf(facts: readonly ProgramFact[], moment: Moment): CohortAt[] {
  const cohorts = new Map<string, CohortAt>();
  for (const fact of facts) {
    if (!hasHappened(fact, moment)) continue;
    if (fact.fact === 'cohortOpened') {
      const { cohortId, name, day: opensOn } = fact;
      cohorts.set(cohortId, { cohortId, name, opensOn });
    } else if (fact.fact === 'cohortClosed') {
      const open = cohorts.get(fact.cohortId);
      if (open) cohorts.set(fact.cohortId, { ...open, closedOn: fact.day });
    }
  }
  return [...cohorts.values()].sort(
    (a, b) => order(a.opensOn, b.opensOn) || order(a.name, b.name) || order(a.cohortId, b.cohortId),
  );
}

/** Evaluations may lie in streams of their own: the newest by when it happened, then by rule version, is the one. */
function eligibilityOf(facts: readonly ProgramFact[], moment: Moment): Map<string, boolean> {
  const evaluations = facts
    .filter((fact) => fact.fact === 'eligibility')
    .filter((fact) => hasHappened(fact, moment))
    .sort((a, b) => a.occurredAt - b.occurredAt || a.ruleVersion - b.ruleVersion || a.version - b.version);
  return new Map(evaluations.map((fact) => [fact.personId, fact.eligible]));
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
