import {
  COACH,
  historyOf,
  OpinionReport,
  OPINIONS,
  periodOf,
  RULES,
  Stretches,
  TOLD_TO_COACHES,
  zoneOf,
  type Opinion,
  type OpinionReader,
  type OpinionShown,
  type Rules,
  type Stretch,
} from '@cairn/analytics/reports';
import { composed, MADE, type Composed } from './composed.js';
import { CLOCKS, PERIODS } from './days.js';
import { knownBy, labelsOf } from './known.js';
import type { Organisation } from './organisation.js';
import { askOutcomes, metricsFor } from './outcomes.js';
import { readersOf, type Reader } from './readers.js';
import type { Weakened } from './weakened.js';

const SHARE = { range: [0, 1], unit: 1 } as const;
/** An object for each, by which answers are told apart: their unknowns are others'. */
const ASKED = OPINIONS.flatMap((opinion) =>
  (MADE[opinion.id]?.items ?? []).map((item) => ({
    opinion: { ...opinion },
    item,
    /** Who is reliably better, told beside a change: another measure of the same people. */
    better: { ...opinion, ...SHARE },
  })),
);

/** A row that was answered, and of whose answers it is: `people` of what `Stretch`. */
export interface Heard {
  readonly reader: string;
  readonly opinion: Opinion;
  readonly row: OpinionShown;
  /** An unknown for each: one person's figure of some answers. */
  readonly unknowns: readonly string[];
  readonly stretch: Stretch;
  /** The minimum by which it was told. */
  readonly minimum: number;
}

/**
 * Every answer that these readers can get, whenever they ask, of whatever period, dimension and asOf. What is asked of
 * a manager is refused. Each answer comes with whose answers it is made of: the attacker knows the rules, who takes part
 * and even who answered when, and lacks the answers alone.
 */
export function everyAnswer(organisation: Organisation, weakened?: Weakened): Heard[] {
  const rules: Rules = { ...RULES, ...weakened?.rules };
  const heard = new Map<string, Heard>();
  const whole = historyOf(organisation.facts);
  const labelsAt = labelsOf(organisation.facts);
  for (const now of CLOCKS) {
    const facts = knownBy(organisation.facts, now);
    const known = historyOf(facts);
    // What was known at a month's end is the same in all that was learnt since.
    const history = weakened?.early ? known : whole;
    const created = facts.program.find((fact) => fact.fact === 'created')!;
    const zone = zoneOf(created.values.zone);
    // From that day, from one before, and from one that is still to come.
    for (const asOf of [now, now - 45 * DAY, now + 90 * DAY]) {
      const periods = PERIODS.map((name) => periodOf(name, zone, asOf)!);
      const until = weakened?.early ? asOf : Math.min(asOf, now);
      const told = new Map<string, Composed>();
      const worked = new Map<string, Stretches>();
      for (const reader of readersOf(organisation)) {
        const own = weakened?.versions && reader.name === 'hr who takes part';
        const version = own ? 'own' : 'all';
        const stretches = worked.getOrInsertComputed(
          version,
          () =>
            new Stretches(
              {
                program: facts.program,
                facts: organisation.opinions.filter(
                  (fact) => fact.recordedAt <= now && !(own && reader.known.has(fact.personId)),
                ),
                baselines: organisation.baselines,
                history,
                labelsAt,
                until,
              },
              rules,
            ),
        );
        const report = new OpinionReport(stretches, {
          knows: (person) => !weakened?.known && reader.known.has(person),
          led: (person) => !weakened?.known && reader.led?.has(person) === true,
          orgUnits: reader.orgUnits,
          ...coachOf(reader, weakened),
        });
        // They are made of what opinions tell, whatever the day.
        const { role } = reader;
        if (!weakened && now === CLOCKS.at(-1) && role !== 'coach') {
          const metrics = metricsFor({ ...reader, role }, facts, known, asOf, now);
          askOutcomes({ opinions: report, metrics, periods });
        }
        for (const { opinion, item, better } of ASKED) {
          if (!isTold(reader, opinion, weakened)) continue;
          const asked = `${version} ${opinion.id} ${opinion.source} ${item}`;
          if (!told.has(asked)) {
            told.set(asked, undefined as never);
            for (const each of composed(opinion, item, stretches.opinions, rules))
              told.set(`${asked} ${each.key}`, each);
          }
          for (const dimension of [undefined, ...dimensionsFor(reader, opinion)]) {
            const rows = periods
              .flatMap((period) => report.rows(opinion, [item], period, dimension))
              .filter(({ withheld }) => withheld === null);
            // Longer periods tell nothing that their months do not.
            for (const row of rows)
              if (!FIGURES.every((figure) => isMeanOf(figure, row, rows)))
                throw new Error(`new: ${JSON.stringify(row)}`);
            for (const row of rows) {
              const group = row.group === 'all other' ? null : row.group;
              const key = `${row.through} ${row.group === null ? 'total' : `${dimension} ${group}`}`;
              const of = told.get(`${asked} ${key}`);
              if (row.from === null || !of) throw new Error(`not understood: ${JSON.stringify(row)}`);
              if (row.from !== of.stretch.from) continue;
              const hears = (what: string, each: Omit<Heard, 'reader'>) =>
                heard.set(`${reader.name} ${asked} ${what} ${each.row.value} ${each.unknowns.join()}`, {
                  reader: reader.name,
                  ...each,
                });
              hears(key, { opinion, row, ...of });
              const share = row.beside?.reliablyBetter;
              if (share && share.value !== null)
                hears(`${row.through} better`, {
                  opinion: better,
                  row: { ...row, ...share, withheld: null },
                  ...told.get(`${asked} ${row.through} better`)!,
                });
            }
          }
        }
      }
    }
  }
  return [...heard.values()];
}

/** Who reads as a coach: of which one, and what it hides from them that they said it. */
const coachOf = ({ coach }: Reader, weakened: Weakened | undefined): Pick<OpinionReader, 'coach'> =>
  coach
    ? { coach: { ids: [coach.id], coached: (person) => !weakened?.said && coach.coached.has(person) } }
    : {};

/** Coaches are told some measures alone, in total and of themselves. */
const isTold = ({ coach }: Reader, { id }: Opinion, weakened: Weakened | undefined): boolean =>
  !coach || weakened?.shown === true || TOLD_TO_COACHES.includes(id);

const dimensionsFor = ({ coach }: Reader, opinion: Opinion): readonly string[] =>
  OpinionReport.dimensionsOf(opinion).filter((dimension) => !coach || dimension === COACH);

/** What is told of each, and what stands beside it. */
const FIGURES: readonly ((row: OpinionShown) => number | null | undefined)[] = [
  (row) => row.value,
  (row) => row.beside?.effectSize.value,
  (row) => row.beside?.reliablyBetter.value,
];

/** Is the row's figure the mean of those of single stretches within its months, or one of them? */
function isMeanOf(
  figure: (typeof FIGURES)[number],
  row: OpinionShown,
  rows: readonly OpinionShown[],
): boolean {
  const own = figure(row);
  if (own == null) return true;
  const parts = new Map(
    rows
      .filter((each) => each.group === row.group && each.from! >= row.from! && each.through! <= row.through!)
      .filter((each) => /^\d{4}-\d{2}$/.test(each.period))
      .map((each) => [each.through, figure(each)!]),
  );
  const mean = [...parts.values()].reduce((sum, value) => sum + value, 0) / parts.size;
  return Math.abs(mean - own) < 1e-9;
}

const DAY = 86_400_000;
