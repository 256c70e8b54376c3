import type { Json } from '../api/client.js';
import { addDays, instantOf } from '../days.js';
import { termsOf, ZONE, type Programme } from '../programme.js';
import { bad, good, heading, say } from '../report/print.js';
import { totalOf, type NameOf, type Read } from '../report/report.js';
import { recomputeBaseline } from './arithmetic/baseline.js';
import { opinions } from './arithmetic/opinions.js';
import { recompute } from './arithmetic/recompute.js';
import type { FeedEvent } from './feed.js';

/** Compares every figure of the report. @returns how many differ */
export function compare(
  { overview, funnel, between, themes, baseline, opinions: told, byCohort }: Read,
  events: readonly FeedEvent[],
  programme: Programme,
  asOf: string,
  nameOf: NameOf,
): number {
  heading('The same numbers, worked out again from the events alone');
  const program = termsOf(programme);
  const own = recompute(events, program, asOf);
  const comparison = new Comparison();

  for (const [id, figure] of Object.entries(own.figures)) {
    const [metric, theme] = id.split('.') as [string, string?];
    const theirs =
      theme === undefined
        ? totalOf(overview, metric)
        : themes.items.find((item: Json) => item.group === theme);
    const { beside = {}, ...plain } = figure;
    for (const [field, mine] of Object.entries(plain)) comparison.of(`${id} ${field}`, mine, theirs?.[field]);
    for (const [path, mine] of Object.entries(beside))
      comparison.of(
        `${id} ${path}`,
        mine,
        path.split('.').reduce((at: Json, name) => at?.[name], theirs?.beside),
      );
  }
  for (const { id, value } of overview.items.filter(({ group }: Json) => group === null))
    if (!(id in own.figures)) comparison.of(id, undefined, value);
  for (const { group, value } of themes.items)
    if (group !== null && !(`theme-share.${group}` in own.figures))
      comparison.of(`theme-share.${group}`, undefined, value);
  for (const { group: stage, numerator } of funnel.items)
    comparison.of(`funnel ${stage}`, own.funnel[stage], numerator);

  const shown = new Map<string, Json>(between.items.map((item: Json) => [item.personId, item]));
  for (const [person, signals] of own.signals)
    if (signals.length > 0 && !shown.has(person))
      comparison.of(`signals of ${nameOf(person)}`, signals.join(', '), undefined);
  for (const [person, { signals, daysSinceLastSession, daysUntilNextSession, practice, movement }] of shown) {
    const names = signals.map(({ signal }: Json) => signal).sort();
    comparison.of(
      `signals of ${nameOf(person)}`,
      (own.signals.get(person) ?? []).join(', '),
      names.join(', '),
    );
    const { since = null, until = null } = own.between.get(person) ?? {};
    comparison.of(`days since the last session of ${nameOf(person)}`, since, daysSinceLastSession);
    comparison.of(`days until the next session of ${nameOf(person)}`, until, daysUntilNextSession);
    const practised = own.practice.get(person);
    for (const what of ['committed', 'reported', 'overdue'] as const)
      comparison.of(`practice ${what} of ${nameOf(person)}`, practised?.[what] ?? 0, practice[what]);
    for (const what of ['goals', 'forward', 'steady', 'back'] as const)
      comparison.of(`goal movement (${what}) of ${nameOf(person)}`, practised?.[what] ?? 0, movement[what]);
    comparison.of(`last goal movement of ${nameOf(person)}`, practised?.last ?? null, movement.last);
  }

  for (const { group, value } of byCohort.items)
    comparison.of(
      `goal-attainment of cohort ${group ?? 'all'}`,
      recompute(group === null ? events : events.filter(isOfCohort(group)), program, asOf).figures[
        'goal-attainment'
      ]?.value,
      value,
    );
  const thought = opinions(events, program, told.asOf);
  for (const { id, source, item, ...theirs } of told.items) {
    const mine = thought.get(`${source} ${id} ${item}`);
    for (const field of ['value', 'bound', 'from', 'through'] as const)
      comparison.of(`${id} ${item} (${source}) ${field}`, mine?.[field], theirs[field]);
    if (theirs.beside?.effectSize)
      comparison.of(
        `effect size of ${id} ${item} (${source})`,
        mine?.effectSize,
        theirs.beside.effectSize.value,
      );
  }

  const { totals, unknownTeam, managers } = recomputeBaseline(events, baseline.from, baseline.to);
  comparison.of('baseline employed', totals.team, baseline.totals.employedOnFirstDay);
  comparison.of('baseline left', totals.left, baseline.totals.left);
  comparison.of('baseline left voluntarily', totals.leftVoluntarily, baseline.totals.leftVoluntarily);
  comparison.of('baseline team unknown', unknownTeam, baseline.totals.unknownTeam);
  comparison.of('baseline managers', managers.size, baseline.items.length);
  for (const one of baseline.items) {
    const own = managers.get(one.managerId);
    const of = (what: string, mine: Compared, theirs: Compared) =>
      comparison.of(`baseline ${what} of ${nameOf(one.managerId)}`, mine, theirs);
    of('team', own?.team, one.teamSizeOnFirstDay);
    of('left', own?.left, one.left);
    of('left voluntarily', own?.leftVoluntarily, one.leftVoluntarily);
    of('engagement', own?.engagement, one.engagementMean);
    of('below standard', own?.belowStandard, one.belowStandard);
  }
  return comparison.end();
}

const isOfCohort =
  (cohortId: string) =>
  (event: FeedEvent): boolean =>
    event.data.cohortId === cohortId;

type Compared = number | string | null | undefined;

/** Counts and tells what differs. */
class Comparison {
  private count = 0;
  private differing = 0;

  of(what: string, mine: Compared, theirs: Compared): void {
    this.count++;
    const near =
      typeof mine === 'number' &&
      typeof theirs === 'number' &&
      Math.abs(mine - theirs) <= 1e-9 * Math.max(1, Math.abs(mine));
    if (near || (mine === theirs && mine !== undefined)) return;
    this.differing++;
    say(bad(`  ${what}: analytics says ${theirs ?? 'nothing'}, the events say ${mine ?? 'nothing'}`));
  }

  end(): number {
    const { count, differing } = this;
    say(differing === 0 ? good(`  all ${count} numbers agree`) : bad(`  ${differing} of ${count} differ`));
    return differing;
  }
}

/** The last moment of the last simulated day: the programme is not over yet. */
export const lastMoment = ({ endsOn }: Programme): string =>
  new Date(Date.parse(instantOf(addDays(endsOn, 1), '00:00', ZONE)) - 1).toISOString();
