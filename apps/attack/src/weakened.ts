import { RULES, type Definition, type ProgramFacts, type Rules, type Walls } from '@cairn/analytics/reports';

/** One rule weakened; the attack must win then, or it proves nothing of that rule. */
export interface Weakened {
  readonly rule: string;
  /** From which organisation on the specs try it; the first, unless said. */
  readonly from?: number;
  readonly rules?: Partial<Rules>;
  /** Only figures count as recovered, not that somebody answered, which exact values tell by themselves. */
  readonly figuresAlone?: boolean;
  /** In organisations where everybody answers: the more do, the fewer are as many as could. */
  readonly eager?: boolean;
  /** A month counts as over before it is. */
  readonly early?: boolean;
  /** HR's answers are without themselves, and so differ from the sponsor's. */
  readonly versions?: boolean;
  /** Readers hide behind themselves and whom they coached. */
  readonly known?: boolean;
  /** Coaches hide behind those of whom they said themselves whether the match is right. */
  readonly said?: boolean;
  /** Coaches are told as a whole what they are shown of each of theirs, too. */
  readonly shown?: boolean;
}

/** Every group that somebody is in, whoever is beside them. */
const everyGroup: Rules['opened'] = (added, held, groupsIn, { dimensions }) => ({
  classes: [...added, ...held],
  groups: Object.fromEntries(
    dimensions.map((dimension) => [
      dimension,
      new Set([...groupsIn(dimension)].filter(([, people]) => people.length > 0).map(([name]) => name)),
    ]),
  ),
});

/** Each breakdown by itself, whatever the others tell. */
const eachAlone: Rules['opened'] = (added, held, groupsIn, rules) => ({
  classes: [...added, ...held],
  groups: Object.assign(
    {},
    ...rules.dimensions.map(
      (dimension) => RULES.opened(added, held, groupsIn, { ...rules, dimensions: [dimension] }).groups,
    ),
  ) as Record<string, ReadonlySet<string> | null>,
});

const asOne: Rules['apart'] = (people) => [[...people]];
const meanOf = (figures: readonly number[]) => figures.reduce((sum, each) => sum + each, 0) / figures.length;

/**
 * Without the steps, which hide from a difference of two values what it would tell of one person. A rule that keeps such
 * differences from being told at all is tried so: the steps alone are no rule to rely on in a large group.
 */
const exactly: Rules['told'] = (figures, opinion, minimum) => {
  const told = RULES.told(figures, opinion, minimum);
  return told.bound ? told : { value: Math.round(meanOf(figures) * 1e6) / 1e6, bound: null };
};

/** Exact values with every other rule: no figure is recovered. */
export const EXACT: Weakened = { rule: 'steps', rules: { told: exactly }, figuresAlone: true };

export const WEAKENED: readonly Weakened[] = [
  { rule: 'the minimum group', rules: { areEnough: (answered, could) => answered > 0 && could > 1 } },
  {
    rule: 'more people could have answered',
    from: 27,
    rules: { areEnough: (answered, _, minimum) => answered >= minimum },
  },
  { rule: 'answers count when they are learnt', from: 16, rules: { learntAt: (fact) => fact.occurredAt } },
  {
    rule: 'a raised minimum cuts nothing anew',
    from: 6,
    rules: { minimum: (program) => RULES.minimum(program, Infinity), told: exactly },
    figuresAlone: true,
  },
  {
    rule: 'a value is of new answers alone',
    from: 6,
    rules: { after: () => -Infinity, told: exactly },
    figuresAlone: true,
  },
  { rule: 'months that are over', from: 56, early: true, rules: { told: exactly }, figuresAlone: true },
  { rule: 'groups below the minimum are merged', from: 3, rules: { opened: everyGroup, apart: asOne } },
  { rule: 'breakdowns are safe together', from: 84, rules: { opened: eachAlone, apart: asOne } },
  {
    rule: 'the ends of the scale',
    from: 2,
    rules: {
      told: (figures, { unit }, minimum) => {
        const step = minimum === 3 || minimum === 4 ? unit / 2 : unit / 5;
        return { value: Math.round(meanOf(figures) / step) * step, bound: null };
      },
    },
  },
  {
    rule: 'no breakdown with a group at an end of the scale',
    from: 14,
    rules: { toldApart: (groups) => new Map(groups) },
  },
  { rule: 'steps that the minimum can have', eager: true, rules: { told: exactly } },
  { rule: 'the same for everybody', from: 6, versions: true },
  { rule: 'a change is told once', from: 7, rules: { isNew: () => true, told: exactly }, figuresAlone: true },
  { rule: 'who is known hides nobody', from: 14, known: true },
  {
    rule: 'of whom a coach said something hides nobody',
    from: 3,
    said: true,
    rules: { told: exactly },
    figuresAlone: true,
  },
  {
    rule: 'coaches are told nothing that they are shown',
    from: 3,
    shown: true,
    rules: { told: exactly },
    figuresAlone: true,
  },
];

/** One rule of closed months weakened, for operational measures; here too the attack must win. */
export interface WeakenedWall {
  readonly rule: string;
  /** From which organisation on the specs try it; the first, unless said. */
  readonly from?: number;
  readonly walls?: Partial<Walls>;
  /** What is said of the programme. */
  readonly program?: (fact: ProgramFacts['program'][number]) => ProgramFacts['program'][number];
  /** As what a measure is asked for. */
  readonly asked?: (definition: Definition) => Definition;
  /** Whoever's record is open to the reader hides others. */
  readonly openHides?: boolean;
}

export const WEAKENED_WALLS: readonly WeakenedWall[] = [
  {
    rule: 'the minimum group',
    program: (fact) =>
      'values' in fact ? { ...fact, values: { ...fact.values, minimumGroup: 2 } as never } : fact,
  },
  { rule: 'enough people have added something', walls: { areEnough: () => true } },
  {
    rule: 'nobody is too few',
    walls: { areEnough: (fresh) => fresh.every((each) => each.members.length === 0 || each.isLargeEnough) },
  },
  { rule: 'what was told together stays together', from: 2, walls: { mayPart: () => true } },
  { rule: 'groups below the minimum are merged', walls: { opened: everyGroup } },
  { rule: 'breakdowns are safe together', from: 2, walls: { opened: eachAlone } },
  {
    rule: 'who comes and goes is enough people',
    asked: (definition) => ({ ...definition, counts: 'events' }),
  },
  {
    rule: 'a state that is the same again is known',
    from: 2,
    asked: (definition) => ({
      ...definition,
      overTime: definition.overTime === 'adds-up' ? 'adds-up' : 'grows',
    }),
  },
  { rule: 'who is known hides nobody', openHides: true },
];
