import {
  stretchesOf,
  type Opinion,
  type OpinionFact,
  type Opinions,
  type Rules,
  type Stretch,
} from '@cairn/analytics/reports';

interface Made {
  /** Those that are made in different ways: others are made of other answers, in the same way. */
  readonly items: readonly string[];
  /** The facts that a figure is made of, and whether of the latest alone. */
  readonly of: (fact: OpinionFact, item: string) => boolean;
  readonly latest: boolean;
}
const of =
  (...names: readonly OpinionFact['fact'][]): Made['of'] =>
  ({ fact }) =>
    names.includes(fact);
const signalledBy: Made['of'] = (fact, party) => fact.fact === 'signalled' && fact.by === party;
export const MADE: Readonly<Record<string, Made>> = {
  satisfaction: { items: ['useful', 'relationship'], of: of('rated'), latest: true },
  nps: { items: ['recommend'], of: of('recommended'), latest: true },
  'theme-share': { items: ['giving-feedback'], of: of('themed'), latest: false },
  'goal-attainment': { items: ['closing'], of: of('scored'), latest: false },
  'theme-behaviour': { items: ['mean'], of: of('pulsed'), latest: true },
  'fit-signals': { items: ['coachee', 'coach'], of: signalledBy, latest: true },
  'rematch-offers': { items: ['offered'], of: of('rated', 'signalled'), latest: false },
  'rematch-reasons': { items: ['fit'], of: of('rematchAsked'), latest: true },
  'behaviour-change': { items: ['giving-feedback'], of: of('measured'), latest: false },
};

export interface Composed {
  readonly unknowns: readonly string[];
  readonly stretch: Stretch;
  readonly minimum: number;
}

/** Of each value that is told: of whose answers it is made. Found by asking for what answers are, in place of figures. */
export function* composed(
  opinion: Opinion,
  item: string,
  opinions: Opinions,
  rules: Rules,
): Generator<Composed & { key: string }> {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const sets: (readonly string[])[] = [];
  const minimums: number[] = [];
  const symbolic: Opinion = {
    ...opinion,
    figure(own, of, participant) {
      const figure = opinion.figure(own, of, participant);
      if (figure === undefined) return undefined;
      // The figure is in the name: the same answers may come to another figure when a goal's weight is another.
      const { of: isOf, latest } = MADE[opinion.id]!;
      const what = own.filter((fact) => isOf(fact, item)).slice(latest ? -1 : 0);
      const name = `${own[0]!.personId} ${what.map((fact) => `${fact.stream}/${fact.version}`).join()} = ${figure}`;
      if (!numbers.has(name)) numbers.set(name, names.push(name) - 1);
      return numbers.get(name);
    },
  };
  const stretches = stretchesOf(symbolic, item, opinions, {
    ...rules,
    told(figures, scale, minimum) {
      minimums.push(minimum);
      // Who is better is told after the change of the same people.
      const of = scale === symbolic ? figures.map((n) => names[n]!) : sets.at(-1)!.map(orBetter(figures));
      return { value: sets.push(of) - 1, bound: null };
    },
  });
  for (const stretch of stretches) {
    const of = (n: number) => ({ unknowns: sets[n]!, minimum: minimums[n]!, stretch });
    yield { key: `${stretch.through} total`, ...of(stretch.total.value) };
    const share = stretch.beside?.reliablyBetter;
    if (typeof share === 'object') yield { key: `${stretch.through} better`, ...of(share.value) };
    for (const [dimension, groups] of Object.entries(stretch.groups))
      for (const [group, { value }] of groups ?? [])
        yield { key: `${stretch.through} ${dimension} ${group}`, ...of(value) };
  }
}

/** The unknown beside a person's change: whether it is reliably one for the better. */
const orBetter = (figures: readonly number[]) => (change: string, n: number) =>
  `${change}, better = ${figures[n]!}`;
