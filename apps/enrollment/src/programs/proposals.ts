import { derivedId } from '@cairn/event-store';
import type { BaselineRows } from '@cairn/manager-baseline';
import type { EntityManager } from 'typeorm';
import type { Condition } from '../people/reach.js';
import { factsOn, type FactsOn } from './assess.js';
import { attributesOf } from './attributes.js';
import { dayAfter } from './calendar.js';
import { evaluateEligibility, type Attributes } from './eligibility.js';
import type { ProgramEntity } from './program.entity.js';
import type { Trigger, TriggerKind } from './triggers.js';

/** Somebody whom a trigger would have nominated, and why. */
export interface Proposal {
  /** The same for the same person, trigger and cause. */
  readonly proposalId: string;
  readonly personId: string;
  /** The trigger's code. */
  readonly trigger: string;
  readonly kind: TriggerKind;
  /** The day of the promotion, or that since when they lead a team; of a gap, the year that it was found in. */
  readonly cause: string;
  /** In plain English. */
  readonly why: readonly string[];
}

/** One person, as the triggers look at them. */
interface Looked {
  readonly personId: string;
  readonly attributes: Attributes;
  /** The days on which they were promoted to people manager. */
  readonly promotions: readonly string[];
  /** By the code of a growth trigger: whether they led nobody before its days, and their first report within them. */
  readonly ledNobody: ReadonlyMap<string, boolean>;
  readonly leadsSince: ReadonlyMap<string, string>;
}

/**
 * Whom the programme's triggers propose on a day, of the people within reach: nobody who is or was in the programme, and
 * nobody who was dismissed for the same cause. How much the managers have become more is counted within reach too.
 */
export async function proposalsOf(
  manager: EntityManager,
  program: ProgramEntity,
  asOf: string,
  reach: Condition,
): Promise<Proposal[]> {
  const triggers = program.state.triggers ?? [];
  if (triggers.length === 0) return [];
  const growth = triggers.filter((trigger) => trigger.kind === 'manager-growth');
  const looked: Looked[] = [];
  for await (const facts of factsOn(manager, program.tenantId, asOf, reach))
    looked.push(...lookAt(facts, asOf, growth));
  const grown = new Map(growth.map((trigger) => [trigger.code, growthOf(trigger, looked)]));
  const { programId } = program;
  const found = looked.flatMap(({ personId, ...one }) =>
    triggers.flatMap((trigger): Proposal[] => {
      const because = causeOf(trigger, { personId, ...one }, asOf, grown);
      if (because === null) return [];
      const { code, kind } = trigger;
      const proposalId = derivedId(programId, `${personId} ${code} ${because.cause}`);
      return [{ proposalId, personId, trigger: code, kind, ...because }];
    }),
  );
  return withoutSettled(manager, programId, found);
}

function lookAt({ people, rows }: FactsOn, asOf: string, growth: readonly Trigger[]): Looked[] {
  const now = attributesOf(people, rows, asOf);
  const before = new Map(
    growth.map((trigger) => [trigger.code, attributesOf(people, rows, startOf(trigger, asOf))]),
  );
  return people
    .filter(({ completed }) => completed)
    .map(({ personId, history }) => ({
      personId,
      attributes: now.get(personId)!,
      promotions: history.promotions ?? [],
      leadsSince: new Map(
        growth.map((trigger) => [trigger.code, firstReportAfter(rows, personId, startOf(trigger, asOf))]),
      ),
      ledNobody: new Map(
        growth.map(({ code }) => [code, before.get(code)!.get(personId)?.peopleManager !== true]),
      ),
    }));
}

const startOf = (trigger: Trigger, asOf: string): string =>
  dayAfter(asOf, trigger.kind === 'baseline-gap' ? 0 : -trigger.withinDays);

const firstReportAfter = ({ managerLinks }: BaselineRows, managerId: string, day: string): string =>
  [...managerLinks]
    .filter((link) => link.managerId === managerId && link.from > day)
    .map(({ from }) => from)
    .toSorted()[0] ?? day;

/** People managers at the beginning and now. */
function growthOf({ code }: Trigger, looked: readonly Looked[]): { before: number; now: number } {
  const leads = ({ attributes }: Looked) => attributes.peopleManager === true;
  return {
    before: looked.filter(({ ledNobody }) => ledNobody.get(code) === false).length,
    now: looked.filter(leads).length,
  };
}

function causeOf(
  trigger: Trigger,
  { attributes, promotions, leadsSince, ledNobody }: Looked,
  asOf: string,
  grown: ReadonlyMap<string, { before: number; now: number }>,
): Pick<Proposal, 'cause' | 'why'> | null {
  switch (trigger.kind) {
    case 'promoted-to-manager': {
      const cause = promotions.findLast((day) => day <= asOf && day > startOf(trigger, asOf));
      if (cause === undefined || attributes.peopleManager !== true) return null;
      return { cause, why: [`promoted to people manager on ${cause}`] };
    }
    case 'manager-growth': {
      const { before, now } = grown.get(trigger.code)!;
      const percent = before === 0 ? 0 : ((now - before) / before) * 100;
      if (percent < trigger.growthPercent || attributes.peopleManager !== true) return null;
      if (ledNobody.get(trigger.code) !== true) return null;
      const cause = leadsSince.get(trigger.code)!;
      const of = `${now} people managers, after ${before} ${trigger.withinDays} days before`;
      return { cause, why: [`leads a team since ${cause}`, of] };
    }
    case 'baseline-gap': {
      const rules = trigger.conditions.map((condition) => ({ code: trigger.code, any: [condition] }));
      const { eligible, rules: outcomes } = evaluateEligibility(rules, attributes);
      return eligible ? { cause: asOf.slice(0, 4), why: outcomes.flatMap(({ why }) => why) } : null;
    }
  }
}

async function withoutSettled(
  manager: EntityManager,
  programId: string,
  found: readonly Proposal[],
): Promise<Proposal[]> {
  if (found.length === 0) return [];
  const rows = (await manager.query(
    `SELECT person_id AS id FROM enrollments WHERE program_id = $1
     UNION ALL SELECT proposal_id FROM dismissed_proposals WHERE program_id = $1`,
    [programId],
  )) as { id: string }[];
  const settled = new Set(rows.map(({ id }) => id));
  return found.filter(({ personId, proposalId }) => !settled.has(personId) && !settled.has(proposalId));
}
