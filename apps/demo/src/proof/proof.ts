import type { Client, Json } from '../api/client.js';
import { addDays, instantOf } from '../days.js';
import { ZONE, type Programme } from '../programme.js';
import { bad, faint, good, heading, say } from '../report/print.js';
import { totalOf, type NameOf, type Read } from '../report/report.js';
import { recomputeBaseline } from './arithmetic/baseline.js';
import { recompute } from './arithmetic/recompute.js';
import { readFeed, type FeedEvent } from './feed.js';

const SERVICES = ['enrollment', 'sessions', 'goals'] as const;

/** Waits until deadlines and reactions have done what the story has brought about; health pages say so to anybody. */
async function settled(client: Client): Promise<void> {
  for (const service of SERVICES) await client.settled(service);
}

/** Reads every feed and waits until analytics has applied the last event of each service. */
export async function readAll(client: Client): Promise<FeedEvent[]> {
  // Twice: what one has done may be work for another.
  await settled(client);
  await settled(client);
  const feeds = await Promise.all(SERVICES.map((service) => readFeed(client, service)));
  const lastOf = new Map(
    SERVICES.map((service, index) => [service as string, feeds[index]!.at(-1)?.recordedAt ?? '']),
  );
  await client.until('analytics to have taken in the last event', '/analytics/v1/freshness', ({ sources }) =>
    [...lastOf].every(([service, last]) => {
      const source = sources.find((one: Json) => one.source === service);
      return source !== undefined && source.covered !== null && source.covered > last;
    }),
  );
  say(
    faint(
      `  ${feeds.map((feed, index) => `${feed.length} events of ${SERVICES[index]}`).join(', ')}; analytics has applied them all`,
    ),
  );
  return feeds.flat().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Compares every figure of the report. @returns how many differ */
export function compare(
  { overview, funnel, between, themes, baseline }: Read,
  events: readonly FeedEvent[],
  programme: Programme,
  asOf: string,
  nameOf: NameOf,
): number {
  heading('The same numbers, worked out again from the events alone');
  const { programId, cost } = programme;
  const own = recompute(events, { programId, zone: ZONE, cost }, asOf);
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
