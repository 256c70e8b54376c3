import type { ProgramView } from '../as-of/view.js';
import { zoneOf, type Zone } from '../as-of/zone.js';
import { COACH, namesOf } from '../dimensions.js';
import type { Period } from '../periods.js';
import { ALL_OTHER, WITHHELD } from '../privacy/minimum-group.js';
import { meanOf, type Told } from './figure.js';
import { dimensionsOf, type Opinion, type OpinionId } from './opinion.js';
import type { BesideChange } from './reliability.js';
import type { Stretch, Stretches } from './stretches.js';

/** One item of a measure of opinions, in total or of one group. All figures are null where it is withheld. */
export interface OpinionShown {
  readonly id: OpinionId;
  readonly item: string;
  /** Null for the total. */
  readonly group: string | null;
  readonly value: number | null;
  /** At the ends of the scale it is told only that the value is there or beyond. */
  readonly bound: Told['bound'];
  readonly source: Opinion['source'];
  readonly period: string;
  /** The first and the last month of which it is. */
  readonly from: string | null;
  readonly through: string | null;
  readonly withheld: typeof WITHHELD | null;
  /** Of the total of `behaviour-change`. */
  readonly beside?: { readonly [What in keyof BesideChange]: BesideShown };
}

/** Both figures are null where it is withheld. */
export type BesideShown = {
  readonly value: number | null;
  readonly bound: Told['bound'];
  readonly withheld: Exclude<BesideChange[keyof BesideChange], Told> | null;
};

/** Who reads opinions. */
export interface OpinionReader {
  /** Themselves and whomever they coached: whose answers they may know. */
  readonly knows: (personId: string) => boolean;
  /** Whose manager they ever were: what managers are asked of them, they may have answered. */
  readonly led: (personId: string) => boolean;
  /** The org units that they are limited to, of which alone they are told. */
  readonly orgUnits: readonly string[] | undefined;
  /** Coaches of whom the reader may be told nothing, nor find it from what is told of the others. */
  readonly hidden?: ReadonlySet<string>;
  /** Of somebody who reads as a coach, and is told by coach of themself alone: which one, and whom they ever coached. */
  readonly coach?: { readonly ids: readonly string[]; readonly coached: (personId: string) => boolean };
}

/** A programme's measures of opinions. What is told is the same for everybody; a reader may be told less of it. */
export class OpinionReport {
  private readonly shown = new Map<string, readonly Stretch[]>();
  /** The minimum of today: what it withholds is not told of earlier months either. */
  private readonly minimum: number;

  constructor(
    private readonly told: Stretches,
    private readonly reader: OpinionReader,
  ) {
    this.minimum = told.rules.minimum(told.opinions.program, Infinity);
  }

  /** What it can be broken down by. */
  static dimensionsOf(opinion: Opinion): readonly string[] {
    // Of an opinion's items each has the same, in another order.
    return opinion.id === 'theme-share' ? [] : dimensionsOf(opinion, '');
  }

  /** Months and quarters are those of the zone in which the programme began. */
  get zone(): Zone {
    const created = this.told.opinions.program.find((fact) => fact.fact === 'created')!;
    return zoneOf(created.values.zone);
  }

  itemsOf(opinion: Opinion): readonly string[] {
    return this.view ? opinion.items(this.view.program) : [];
  }

  /** Each item over a period: the total first, then its groups, where a dimension is asked for. */
  rows(opinion: Opinion, items: readonly string[], period: Period, dimension?: string): OpinionShown[] {
    return items.flatMap((item) => this.ofItem(opinion, item, period, dimension));
  }

  private ofItem(opinion: Opinion, item: string, period: Period, dimension?: string): OpinionShown[] {
    const { orgUnits, coach } = this.reader;
    const found = this.stretchesIn(opinion, item, period);
    const row = (group: string | null, told: readonly Told[]): OpinionShown => ({
      id: opinion.id,
      item,
      group,
      ...(told.length > 0 ? meanOf(told) : { value: null, bound: null }),
      source: opinion.source,
      period: period.name,
      from: told.length > 0 ? found[0]!.from : null,
      through: told.length > 0 ? found.at(-1)!.through : null,
      withheld: told.length > 0 ? null : WITHHELD,
    });
    const whole = orgUnits ? [] : found;
    const total = {
      ...row(
        null,
        whole.map((stretch) => stretch.total),
      ),
      ...besideOf(whole),
    };
    if (dimension === undefined) return [total];
    const names = coach
      ? coach.ids
      : this.namesIn(dimension, found).filter(
          (name) => !orgUnits || (dimension === 'org-unit' && orgUnits.includes(name)),
        );
    const broken = found.flatMap((stretch) => this.groupsOf(stretch, dimension) ?? []);
    // A group's value is of the same months as the total's, or it is withheld. Who is in "all other" may change.
    const of = (name: string | null) => broken.flatMap((groups) => groups.get(name) ?? []);
    const isTold = (name: string | null) => of(name).length === found.length && found.length > 0;
    const ofAll = !orgUnits && !coach;
    const others = ofAll && found.length === 1 && isTold(null) ? [row(ALL_OTHER, of(null))] : [];
    return [
      total,
      ...names.filter(isTold).map((name) => row(name, of(name))),
      ...others,
      ...names.filter((name) => !isTold(name)).map((name) => row(name, [])),
    ];
  }

  /** Those that ended in the period; where none did, the last one before its end. */
  private stretchesIn(opinion: Opinion, item: string, { span }: Period): readonly Stretch[] {
    const before = this.stretchesOf(opinion, item).filter(({ end }) => end <= span.to);
    const within = before.filter(({ end }) => end > span.from);
    return within.length > 0 ? within : before.slice(-1);
  }

  /** Those of which this reader is told. */
  private stretchesOf(opinion: Opinion, item: string): readonly Stretch[] {
    return this.shown.getOrInsertComputed(`${opinion.id} ${opinion.source} ${item}`, () =>
      this.told.of(opinion, item).filter(
        // Who knows one of the answers could take it away, and be left with the others' at an end of the scale.
        ({ cells }) =>
          !cells.some(({ could }) => could.some((each) => this.mayKnow(opinion, item, each))) &&
          this.areEnough(
            cells.flatMap(({ answered }) => answered),
            cells.flatMap(({ could }) => could),
          ),
      ),
    );
  }

  private mayKnow({ managersAnswer, coachesAnswer }: Opinion, item: string, personId: string): boolean {
    const { knows, led, coach } = this.reader;
    return (
      knows(personId) ||
      (managersAnswer === true && led(personId)) ||
      (coachesAnswer === item && coach?.coached(personId) === true)
    );
  }

  private groupsOf({ groups, cells }: Stretch, dimension: string): ReadonlyMap<string | null, Told> | null {
    const told = groups[dimension];
    const isHidden = dimension === COACH && told?.keys().some((name) => this.reader.hidden?.has(name ?? ''));
    return !isHidden && cells.every(({ answered, could }) => this.areEnough(answered, could))
      ? (told ?? null)
      : null;
  }

  private areEnough(answered: readonly string[], could: readonly string[]): boolean {
    return this.told.rules.areEnough(answered.length, could.length, this.minimum);
  }

  private namesIn(dimension: string, found: readonly Stretch[]): readonly string[] {
    const { labelsAt, until } = this.told.opinions;
    // Not every coach that there is: which of them coach in the programme is not for all HR to know.
    if (dimension === COACH) {
      const told = found.flatMap((stretch) => [...(this.groupsOf(stretch, COACH)?.keys() ?? [])]);
      return [...new Set(told)].filter((name) => name !== null).sort();
    }
    return this.view ? namesOf(dimension, this.view.program, labelsAt(until)) : [];
  }

  private get view(): ProgramView | undefined {
    const { history, until } = this.told.opinions;
    return history({ at: until, knownAt: until });
  }
}

/** What stands beside the total of these stretches. */
function besideOf(stretches: readonly Stretch[]): Pick<OpinionShown, 'beside'> {
  const all = stretches.flatMap(({ beside }) => beside ?? []);
  if (all.length === 0) return {};
  return {
    beside: {
      effectSize: asOne(all.map(({ effectSize }) => effectSize)),
      reliablyBetter: asOne(all.map(({ reliablyBetter }) => reliablyBetter)),
    },
  };
}

/** The mean of all, or withheld where one of them is. */
function asOne(all: readonly BesideChange[keyof BesideChange][]): BesideShown {
  const withheld = all.find((each) => typeof each === 'string');
  if (withheld !== undefined) return { value: null, bound: null, withheld };
  return { ...meanOf(all.filter((each) => typeof each === 'object')), withheld: null };
}
