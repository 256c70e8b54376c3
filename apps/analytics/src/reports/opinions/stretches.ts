import type { MeasuredFact, OpinionFact } from '../../projections/opinions/opinion-facts.js';
import { inStreamOrder } from '../../projections/fact.js';
import type { ProgramFact } from '../../projections/programs/program-facts.js';
import type { Participant, ProgramHistory, ProgramView } from '../as-of/view.js';
import { zoneOf } from '../as-of/zone.js';
import { COACH, namesOf, traitsOf, UNKNOWN, type Labels } from '../dimensions.js';
import { closedMonths } from '../periods.js';
import { Class, type Unknown } from '../privacy/cells.js';
import { groupsOf, opened } from '../privacy/timeline.js';
import { toldOf, type Told } from './figure.js';
import { dimensionsOf, type Opinion } from './opinion.js';
import { besideOf, reliabilityOf, type BesideChange } from './reliability.js';

/** What is kept of a programme and what its people think. */
export interface Opinions {
  readonly program: readonly ProgramFact[];
  readonly facts: readonly OpinionFact[];
  /** Of the whole tenant: how reliable questions are shows by all who answered them. */
  readonly baselines: readonly MeasuredFact[];
  readonly history: ProgramHistory;
  /** The names of org units and locations that had been heard of by then. */
  readonly labelsAt: (at: number) => Labels;
  /** Up to when everything is in: no later month is over. */
  readonly until: number;
}

/**
 * Closed months in a row in which enough people answered: what is told of them, once and for all. It depends on what
 * was learnt by their end alone: not on who asks, nor from when, nor on anything that is learnt, set or raised later.
 */
export interface Stretch {
  /** Its first and its last month. */
  readonly from: string;
  readonly through: string;
  /** The last instant, not included. */
  readonly end: number;
  readonly total: Told;
  /** Where it is of what was measured twice. */
  readonly beside?: BesideChange;
  /** By dimension; the group null is "all other". Null where there is no breakdown. */
  readonly groups: Readonly<Record<string, ReadonlyMap<string | null, Told> | null>>;
  /** Those whom the answers tell apart: who answered, and who could have. */
  readonly cells: readonly Cell[];
}

export interface Cell {
  readonly answered: readonly string[];
  readonly could: readonly string[];
}

/** What keeps single answers hidden. The attack weakens each in turn; nothing else passes others. */
export interface Rules {
  /** When an answer counts: what has been told is never told again with one more. */
  learntAt(fact: OpinionFact): number;
  /** From when on answers count after a stretch ended there. */
  after(end: number): number;
  /** May a person's change be told? Not again, or one told with one more would tell of that one. */
  isNew(personId: string, told: ReadonlySet<string>): boolean;
  /** The highest minimum that had been set by then. */
  minimum(program: readonly ProgramFact[], at: number): number;
  /** May answers of so many be told, where so many could have answered? */
  areEnough(answered: number, could: number, minimum: number): boolean;
  /** Which groups may be told together. */
  opened: typeof opened;
  /** Whom all of them together tell apart. */
  apart(people: Iterable<string>, cellOf: (personId: string) => string): Iterable<readonly string[]>;
  told: typeof toldOf;
  /** Which groups of a breakdown are told beside each other; null where none is. */
  toldApart(groups: readonly (readonly [string | null, Told])[]): ReadonlyMap<string | null, Told> | null;
}

export const RULES: Rules = {
  learntAt: (fact) => fact.recordedAt,
  after: (end) => end,
  isNew: (personId, told) => !told.has(personId),
  minimum: (program, at) =>
    program.reduce((highest, fact) => {
      const set = fact.fact === 'created' || fact.fact === 'changed' ? fact.values.minimumGroup : undefined;
      return fact.recordedAt < at ? Math.max(highest, set ?? 0) : highest;
    }, 0),
  // Were it told of all who could have answered, it would be known that each of them did.
  areEnough: (answered, could, minimum) => answered >= minimum && could > minimum,
  opened,
  apart: (people, cellOf) => Map.groupBy(people, cellOf).values(),
  told: toldOf,
  // None with a group at an end of the scale: the total less the others would tell how far at the end it is.
  toldApart: (groups) => (groups.some(([, { bound }]) => bound) ? null : new Map(groups)),
};

/** What is told of a programme's opinions, whoever asks. Of each item it is worked out once. */
export class Stretches {
  private readonly found = new Map<string, readonly Stretch[]>();

  constructor(
    readonly opinions: Opinions,
    readonly rules: Rules = RULES,
  ) {}

  of(opinion: Opinion, item: string): readonly Stretch[] {
    return this.found.getOrInsertComputed(`${opinion.id} ${opinion.source} ${item}`, () =>
      stretchesOf(opinion, item, this.opinions, this.rules),
    );
  }
}

/** What may be told of one item, stretch after stretch, oldest first. */
export function stretchesOf(
  opinion: Opinion,
  item: string,
  { program, facts, baselines, history, labelsAt, until }: Opinions,
  rules = RULES,
): Stretch[] {
  const created = program.find((fact) => fact.fact === 'created');
  const learnt = facts.toSorted((a, b) => rules.learntAt(a) - rules.learntAt(b) || inStreamOrder(a, b));
  if (!created || learnt.length === 0) return [];
  // The zone of the beginning, so that no month's end ever moves.
  const zone = zoneOf(created.values.zone);
  const months = closedMonths(zone.dayOf(rules.learntAt(learnt[0]!)), zone, until);
  const stretches: Stretch[] = [];
  let first = 0;
  let since = -Infinity;
  const told = new Set<string>();
  for (const [n, { name, span }] of months.entries()) {
    const end = span.to;
    const isKnown = (fact: OpinionFact) => rules.learntAt(fact) < end;
    const own = learnt.filter(
      (fact) =>
        isKnown(fact) && (opinion.change ? rules.isNew(fact.personId, told) : rules.learntAt(fact) >= since),
    );
    if (own.length === 0) continue;
    const view = history({ at: end - 1, knownAt: end - 1 });
    if (!view) continue;
    const answers = ofEach(own, view, (...of) => opinion.figure(of[0], item, of[1]));
    const minimum = rules.minimum(program, end);
    const could = new Set([...answers.keys(), ...couldAnswer(opinion, view, since)]);
    if (!rules.areEnough(answers.size, could.size, minimum)) continue;
    const total = rules.told([...answers.values()], opinion, minimum);
    const { change } = opinion;
    const beside =
      change &&
      besideOf(
        [...ofEach(own, view, (...of) => change.of(of[0], item, of[1])).values()],
        total,
        (questions) => reliabilityOf(change, item, questions, baselines.filter(isKnown)),
        minimum,
        (fewest) => rules.areEnough(answers.size, could.size, fewest),
        rules.told,
      );
    const traits = latestTraits(opinion, own, view);
    const names = (dimension: string) =>
      dimension === COACH
        ? [...new Set([...could].map((personId) => traits.get(personId)![COACH]!))]
        : namesOf(dimension, view.program, labelsAt(end));
    // A count of whose change is large, beside the sums of single groups, could tell whose it is.
    const dimensions = typeof beside?.reliablyBetter === 'object' ? [] : dimensionsOf(opinion, item);
    const broken = brokenDown(answers, could, traits, dimensions, names, minimum, rules);
    stretches.push({
      from: months[first]!.name,
      through: name,
      end,
      total,
      ...(beside ? { beside } : {}),
      cells: broken.cells,
      groups: Object.fromEntries(
        Object.entries(broken.groups).map(([dimension, groups]) => [
          dimension,
          groups &&
            rules.toldApart(
              [...groups].map(([group, people]) => {
                const own = people.map((person) => answers.get(person)!);
                return [group, rules.told(own, opinion, minimum)];
              }),
            ),
        ]),
      ),
    });
    for (const personId of answers.keys()) told.add(personId);
    since = rules.after(end);
    first = n + 1;
  }
  return stretches;
}

/** What each person's answers come to. */
function ofEach<T>(
  facts: readonly OpinionFact[],
  view: ProgramView,
  figure: (own: readonly OpinionFact[], participant: Participant) => T | undefined,
): Map<string, T> {
  const participants = new Map(view.participants.map((each) => [each.enrollment.enrollmentId, each]));
  const answers = new Map<string, T>();
  for (const [personId, own] of Map.groupBy(facts, (fact) => fact.personId)) {
    const participant = participants.get(own.at(-1)!.enrollmentId);
    const found = participant && figure(own, participant);
    if (found !== undefined) answers.set(personId, found);
  }
  return answers;
}

const couldAnswer = (opinion: Opinion, { participants }: ProgramView, since: number): string[] =>
  participants
    .filter((each) => !hadLeft(each, since) && opinion.could(each, since))
    .map(({ personId }) => personId);

/** Who has left the company answers nothing any more. */
const hadLeft = ({ enrollment: { reason, endedAt = Infinity } }: Participant, since: number): boolean =>
  reason === 'left-the-company' && endedAt <= since;

/** The groups of each dimension that can be told beside each other, and whom all of them together tell apart. */
function brokenDown(
  answers: ReadonlyMap<string, number>,
  could: ReadonlySet<string>,
  traits: ReadonlyMap<string, Traits>,
  dimensions: readonly string[],
  namesOf: (dimension: string) => readonly string[],
  minimum: number,
  rules: Rules,
) {
  const unknown = (personId: string): Unknown => ({ personId, hides: true, traits: traits.get(personId)! });
  const answered = [...answers.keys()].map(unknown);
  const { groups } = rules.opened(
    [new Class(answered, minimum), new Class([...could].map(unknown), minimum + 1)],
    [],
    groupsOf(answered, true, Object.fromEntries(dimensions.map((each) => [each, namesOf(each)]))),
    { minimum, dimensions },
  );
  const groupOf = (personId: string, dimension: string): string | null => {
    const name = traits.get(personId)![dimension]!;
    return groups[dimension]!.has(name) ? name : null;
  };
  const open = dimensions.filter((dimension) => groups[dimension]);
  const cellOf = (personId: string) => JSON.stringify(open.map((dimension) => groupOf(personId, dimension)));
  return {
    cells: [...rules.apart(could, cellOf)].map((people) => ({
      could: people,
      answered: people.filter((personId) => answers.has(personId)),
    })),
    groups: Object.fromEntries(
      dimensions.map((dimension) => [
        dimension,
        groups[dimension] ? Map.groupBy(answers.keys(), (personId) => groupOf(personId, dimension)) : null,
      ]),
    ),
  };
}

type Traits = Readonly<Record<string, string>>;

/** Each person's groups, by the enrolment for which they were nominated last. */
function latestTraits(
  opinion: Opinion,
  facts: readonly OpinionFact[],
  view: ProgramView,
): ReadonlyMap<string, Traits> {
  const traits = traitsOf(view);
  const own = Map.groupBy(facts, ({ personId }) => personId);
  const nominatedAt = ({ enrollment }: Participant) => enrollment.nominatedAt;
  return new Map(
    view.participants
      .toSorted((a, b) => nominatedAt(a) - nominatedAt(b))
      .map((participant): [string, Traits] => {
        const { personId, enrollment } = participant;
        const coach = opinion.coachOf?.(own.get(personId) ?? [], participant) ?? UNKNOWN;
        return [personId, { ...traits.get(enrollment.enrollmentId)!, [COACH]: coach }];
      }),
  );
}
