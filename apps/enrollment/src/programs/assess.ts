import type { BaselineRows } from '@cairn/manager-baseline';
import type { EntityManager } from 'typeorm';
import { loadBaselineRows } from '../people/baseline.rows.js';
import { PersonEntity } from '../people/person.entity.js';
import { groupsOf } from '../people/scim/groups.rows.js';
import type { Condition } from '../people/reach.js';
import { attributesOf } from './attributes.js';
import { evaluateEligibility, type Eligibility, type EligibilityRule } from './eligibility.js';

/** One person and which of the rules hold for them. */
export interface Assessed extends Eligibility {
  readonly personId: string;
  /** Not for a placeholder of whom no more than a name is known. */
  readonly canBeNominated: boolean;
}

export interface PageOfPeople {
  /** Those after this personId. */
  readonly after: string | undefined;
  readonly limit: number;
  /** Which people, on `p.person_id`. */
  readonly reach: Condition;
}

/** Judges the people who are employed on the day `asOf`, in the order of their ids; placeholders are there all along. */
export async function assessPeople(
  manager: EntityManager,
  tenantId: string,
  rules: readonly EligibilityRule[],
  asOf: string,
  page: PageOfPeople,
): Promise<Assessed[]> {
  const people = await employedOn(manager, tenantId, asOf, page);
  return assess(manager, tenantId, rules, asOf, people);
}

function employedOn(
  manager: EntityManager,
  tenantId: string,
  asOf: string,
  { after, limit, reach }: PageOfPeople,
): Promise<PersonEntity[]> {
  return manager
    .createQueryBuilder(PersonEntity, 'p')
    .addSelect('p.history')
    .where('p.tenant_id = :tenantId', { tenantId })
    .andWhere(after === undefined ? 'true' : 'p.person_id > :after', { after })
    .andWhere(`(${reach.sql})`, reach.parameters)
    .andWhere(
      `EXISTS (SELECT 1 FROM jsonb_to_recordset(p.history->'employments') AS e (start text, "end" text)
         WHERE coalesce(e.start, '') <= :asOf AND coalesce(e."end", '9999') >= :asOf)`,
      { asOf },
    )
    .orderBy('p.person_id')
    .limit(limit)
    .getMany();
}

/** Some people, and the baseline's rows of them. */
export interface FactsOn {
  readonly people: readonly PersonEntity[];
  readonly rows: BaselineRows;
}

const AT_A_TIME = 500;

/** All who are employed on the day, some at a time. */
export async function* factsOn(
  manager: EntityManager,
  tenantId: string,
  asOf: string,
  reach: Condition,
): AsyncIterable<FactsOn> {
  for (let after: string | undefined; ;) {
    const people = await employedOn(manager, tenantId, asOf, { after, limit: AT_A_TIME, reach });
    if (people.length === 0) return;
    const ids = people.map(({ personId }) => personId);
    yield { people, rows: await loadBaselineRows(manager, tenantId, ids) };
    after = people.at(-1)!.personId;
  }
}

/** Judges one person, whatever their standing on the day. */
export async function assessPerson(
  manager: EntityManager,
  tenantId: string,
  rules: readonly EligibilityRule[],
  asOf: string,
  personId: string,
): Promise<Assessed> {
  const person = await manager
    .createQueryBuilder(PersonEntity, 'p')
    .addSelect('p.history')
    .where('p.tenant_id = :tenantId AND p.person_id = :personId', { tenantId, personId })
    .getOneOrFail();
  const [assessed] = await assess(manager, tenantId, rules, asOf, [person]);
  return assessed!;
}

async function assess(
  manager: EntityManager,
  tenantId: string,
  rules: readonly EligibilityRule[],
  asOf: string,
  people: readonly PersonEntity[],
): Promise<Assessed[]> {
  const ids = people.map(({ personId }) => personId);
  const rows = await loadBaselineRows(manager, tenantId, ids);
  const attributes = attributesOf(people, rows, asOf, await groupsOf(manager, ids, asOf));
  return people.map(({ personId, completed }) => ({
    personId,
    canBeNominated: completed,
    ...evaluateEligibility(rules, attributes.get(personId)!),
  }));
}
