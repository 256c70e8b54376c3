import type { Client, Json } from '../api/client.js';
import { addDays, dayOf, daysBetween, hoursAfter, instantOf, type Day } from '../days.js';
import type { cast } from '../life.js';
import { ZONE, type Programme } from '../programme.js';
import { bad, faint, good, heading, say } from '../report/print.js';
import { totalOf, type Read } from '../report/report.js';
import { recomputeBaseline } from './arithmetic/baseline.js';
import { sessionsOf, type Session } from './arithmetic/sessions.js';
import type { Fate } from '../story/story.js';
import { recompute } from './arithmetic/recompute.js';
import { readFeed, type FeedEvent } from './feed.js';

const SERVICES = ['enrollment', 'sessions', 'goals'] as const;

/** A silent coachee has to be found within so many days. */
const FOUND_WITHIN = 28;

/** Waits until deadlines and reactions have done what the story has brought about; health pages say so to anybody. */
async function settled(client: Client): Promise<void> {
  for (const service of SERVICES)
    await client.until(`${service} to come to rest`, `/${service}/health/flow`, ({ checks }) =>
      checks.every(({ detail }: Json) => !detail.behind && !detail.waiting),
    );
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
): number {
  heading('The same numbers, worked out again from the events alone');
  const { programId, allotment, cost } = programme;
  const own = recompute(events, { programId, zone: ZONE, cadence: 'bi-weekly', allotment, cost }, asOf);
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
  for (const [stage, mine] of Object.entries(own.funnel))
    comparison.of(
      `funnel ${stage}`,
      mine,
      funnel.items.find((item: Json) => item.group === stage)?.numerator,
    );
  for (const item of between.items)
    comparison.of(
      `signals of ${item.personId}`,
      (own.signals.get(item.personId) ?? []).join(', '),
      item.signals
        .map(({ signal }: Json) => signal)
        .sort()
        .join(', '),
    );

  const { totals, managers } = recomputeBaseline(events, baseline.from, baseline.to);
  comparison.of('baseline employed', totals.team, baseline.totals.employedOnFirstDay);
  comparison.of('baseline left', totals.left, baseline.totals.left);
  comparison.of('baseline left voluntarily', totals.leftVoluntarily, baseline.totals.leftVoluntarily);
  comparison.of('baseline managers', managers.size, baseline.items.length);
  for (const one of baseline.items) {
    const team = managers.get(one.managerId);
    comparison.of(`baseline team of ${one.managerId}`, team?.team, one.teamSizeOnFirstDay);
    comparison.of(`baseline left from ${one.managerId}`, team?.left, one.left);
    comparison.of(
      `baseline left voluntarily from ${one.managerId}`,
      team?.leftVoluntarily,
      one.leftVoluntarily,
    );
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
    say(bad(`  ${what}: analytics says ${theirs}, the events say ${mine}`));
  }

  end(): number {
    const { count, differing } = this;
    say(differing === 0 ? good(`  all ${count} agree`) : bad(`  ${differing} of ${count} differ`));
    return differing;
  }
}

/** What was planted against what Cairn found. @returns whether the silent one was found in time */
export async function found(
  client: Client,
  events: readonly FeedEvent[],
  programme: Programme,
  planted: ReturnType<typeof cast>,
): Promise<boolean> {
  heading('What was planted, and what Cairn found');
  const { silent } = planted;
  const missing = plantedSessions(events, planted);
  if (silent === undefined) {
    say('  too few people for a silent one');
    return missing === 0;
  }
  const path = `/analytics/v1/programs/${programme.programId}/between-sessions?limit=500&asOf=`;
  const signalsOn = async (day: Day): Promise<Json[]> =>
    (await client.get(path + hoursAfter(instantOf(day, '00:00', ZONE), 24))).items.filter(
      (item: Json) => item.signals.length > 0,
    );
  let day = silent.from;
  let seen: Json;
  for (; day <= programme.endsOn && seen === undefined; day = addDays(day, 1))
    seen = (await signalsOn(day)).find(
      (item) => item.personId === silent.coachee.personId && isOfSilence(item),
    );
  const found = addDays(day, -1);
  const alarms = new Set<string>();
  for (let week = programme.matchedOn; week <= programme.endsOn; week = addDays(week, 7))
    for (const item of await signalsOn(week))
      if (
        isOfSilence(item) &&
        item.personId !== silent.coachee.personId &&
        item.personId !== planted.leaves?.coachee.personId
      )
        alarms.add(item.personId);
  if (seen === undefined) {
    say(bad(`  ${silent.coachee.name} went silent after ${silent.from}, and no signal said so`));
    return false;
  }
  const took = daysBetween(silent.from, found);
  say(
    `  ${silent.coachee.name} went silent after ${silent.from}; the first signal came ${took} days later, on ${found}`,
  );
  for (const { signal, reason } of seen.signals) say(`    ${signal}: ${reason}`);
  say(`  false alarms of silence: ${alarms.size}`);
  if (took > FOUND_WITHIN) say(bad(`  that is more than ${FOUND_WITHIN} days`));
  return took <= FOUND_WITHIN && missing === 0;
}

/** What Cairn has to say of a session of each kind. */
const OUTCOMES: Readonly<Record<Fate, (session: Session) => boolean>> = {
  held: ({ outcome }) => outcome === 'completed',
  'moved by the coachee': ({ movedBy }) => movedBy.has('coachee'),
  'moved by the coach': ({ movedBy }) => movedBy.has('coach'),
  'cancelled late by the coachee': ({ outcome }) => outcome === 'coachee-late-cancel',
  'cancelled late by the coach': ({ outcome }) => outcome === 'coach-late-cancel',
  'cancelled in time by the coachee': ({ outcome }) => outcome === 'cancelled-in-time',
  'cancelled in time by the coach': ({ outcome }) => outcome === 'cancelled-in-time',
  'missed by the coachee': ({ outcome }) => outcome === 'coachee-no-show',
  'missed by the coach': ({ outcome }) => outcome === 'coach-no-show',
  'disputed and corrected': ({ outcome, corrected }) => outcome === 'completed' && corrected,
  'confirmed by a rating alone': ({ outcome, auto }) => outcome === 'completed' && auto,
  'confirmed by nobody': ({ outcome }) => outcome === 'unconfirmed',
};

/** One session of every kind, as it was planted. @returns how many Cairn has otherwise */
function plantedSessions(events: readonly FeedEvent[], planted: ReturnType<typeof cast>): number {
  const all = sessionsOf(events);
  let missing = 0;
  for (const { coachee, fate, day } of planted.sessions) {
    const session = all.find((s) => s.person === coachee.personId && dayOf(s.booked, ZONE) === day);
    const so = session !== undefined && OUTCOMES[fate](session);
    if (!so) missing++;
    const line = `  ${fate}: ${coachee.name}, ${day}`;
    say(so ? line : bad(`${line}; Cairn has it as ${session?.outcome ?? 'never booked'}`));
  }
  if (planted.pauses) say(`  pauses: ${planted.pauses.name}`);
  if (planted.leaves) say(`  leaves the company: ${planted.leaves.coachee.name}, ${planted.leaves.on}`);
  return missing;
}

const SILENCE = ['nothing-booked', 'no-check-in'];
const isOfSilence = (item: Json): boolean =>
  item.signals.some(({ signal }: Json) => SILENCE.includes(signal));

/** The last moment of the last simulated day: the programme is not over yet. */
export const lastMoment = ({ endsOn }: Programme): string =>
  new Date(Date.parse(instantOf(addDays(endsOn, 1), '00:00', ZONE)) - 1).toISOString();
