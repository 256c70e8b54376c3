import type { Client, Json } from '../api/client.js';
import { addDays, daysBetween, hoursAfter, instantOf, type Day } from '../days.js';
import type { cast } from '../life.js';
import { ZONE, type Programme } from '../programme.js';
import { bad, faint, good, heading, say } from '../report/print.js';
import { totalOf, type Read } from '../report/report.js';
import { recompute, recomputeBaseline } from './arithmetic.js';
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

/** Compares the headline numbers. @returns how many differ */
export function compare(
  { overview, funnel }: Read,
  events: readonly FeedEvent[],
  programme: Programme,
  asOf: string,
): number {
  heading('The same numbers, worked out again from the events alone');
  const { programId, allotment, cost } = programme;
  const own = recompute(events, { programId, zone: ZONE, cadence: 'bi-weekly', allotment, cost }, asOf);
  let differing = 0;
  for (const [id, mine] of Object.entries(own)) {
    const theirs: number | null = id.startsWith('funnel.')
      ? funnel.items.find((item: Json) => item.group === id.slice('funnel.'.length)).numerator
      : (totalOf(overview, id)?.value ?? null);
    const same =
      mine === theirs ||
      (mine !== null && theirs !== null && Math.abs(mine - theirs) <= 1e-9 * Math.max(1, Math.abs(mine)));
    if (same) continue;
    differing++;
    say(bad(`  ${id}: analytics says ${theirs}, the events say ${mine}`));
  }
  const count = Object.keys(own).length;
  say(differing === 0 ? good(`  all ${count} agree`) : bad(`  ${differing} of ${count} differ`));
  return differing;
}

export function compareBaseline(baseline: Json, events: readonly FeedEvent[]): number {
  const { employed, left } = recomputeBaseline(events, baseline.from, baseline.to);
  const { totals } = baseline;
  if (totals.employedOnFirstDay === employed && totals.left === left) return 0;
  say(
    bad(
      `  baseline: analytics says ${totals.left} of ${totals.employedOnFirstDay}, the events say ${left} of ${employed}`,
    ),
  );
  return 1;
}

/** What was planted against what Cairn found. @returns whether the silent one was found in time */
export async function found(
  client: Client,
  programme: Programme,
  planted: ReturnType<typeof cast>,
): Promise<boolean> {
  heading('What was planted, and what Cairn found');
  const { silent } = planted;
  if (silent === undefined) {
    say('  too few people for a silent one');
    return true;
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
  return took <= FOUND_WITHIN;
}

const SILENCE = ['nothing-booked', 'no-check-in'];
const isOfSilence = (item: Json): boolean =>
  item.signals.some(({ signal }: Json) => SILENCE.includes(signal));

/** The last moment of the last simulated day: the programme is not over yet. */
export const lastMoment = ({ endsOn }: Programme): string =>
  new Date(Date.parse(instantOf(addDays(endsOn, 1), '00:00', ZONE)) - 1).toISOString();
