import type { Acknowledged } from '../load/caller.js';
import { judgeKnown } from './known.js';
import { judgeLedger } from './ledger.js';
import { judgePlaces } from './places.js';
import type { Fact, Received, Seen, Stored } from './seen.js';

/** What can be wrong: each is a figure of the last line. */
export const WRONGS = [
  'lost',
  'twice',
  'disordered',
  'aside',
  'unlike-rebuild',
  'unlike-events',
  'overbooked',
  'failed',
  'died',
] as const;
export type Wrong = (typeof WRONGS)[number];
export type Findings = Readonly<Record<Wrong, readonly string[]>>;

/** Everything that is wrong with what was seen, in words; nothing where all is as it must be. Pure. */
export function judge(seen: Seen): Findings {
  const facts = Object.values(seen.feeds).flat();
  const received = withoutRepeats(seen.topics);
  const ledger = judgeLedger(seen.logs['sessions'] ?? [], seen.ledger);
  const places = judgePlaces(seen.logs['enrollment'] ?? [], seen.places);
  return {
    lost: [
      ...commandsWithout(seen.acknowledged, facts),
      ...missing('on the bus', facts, received),
      ...missing("in analytics' log", facts, seen.intake),
    ],
    twice: [
      ...effectsTwice(seen.acknowledged, facts),
      ...warnedTwice(seen.logs['enrollment'] ?? []),
      ...repeated('in the feeds', facts),
      ...repeated('on the bus, for a consumer that drops repeats', received),
      ...repeated("in analytics' log", seen.intake),
      ...Object.entries(seen.logs).flatMap(([service, log]) => storedTwice(service, log)),
      // What no feed has, and is there all the same.
      ...missing('in the feeds', received, facts),
      ...missing('in the feeds', seen.intake, facts),
    ],
    disordered: [
      ...Object.entries(seen.logs).flatMap(([service, log]) => disorderIn(service, log)),
      ...Object.entries(seen.feeds).flatMap(([service, feed]) => disorder(`the feed of ${service}`, feed)),
      ...disorder('the topics', received),
      ...disorder("analytics' log", seen.intake),
      ...severalPartitions(seen.topics),
    ],
    aside: seen.aside.flatMap(({ group, deadLetters, held, stopped }) => [
      ...(deadLetters + held > 0 ? [`${group}: ${deadLetters} dead letters, ${held} held behind them`] : []),
      ...(stopped === null ? [] : [`${group} has stopped: ${stopped}`]),
    ]),
    'unlike-rebuild': [
      ...(seen.readModels.length > 0 ? [] : ['no table of analytics was compared']),
      ...seen.readModels
        .filter(({ live, rebuilt }) => live !== rebuilt)
        .map(({ table, live, rebuilt }) => `${table}: ${live} under fire, ${rebuilt} rebuilt`),
    ],
    'unlike-events': [
      ...ledger.unlike,
      ...places.unlike,
      ...judgeKnown(Object.values(seen.logs).flat(), seen.known),
    ],
    overbooked: [...ledger.overbooked, ...places.overbooked],
    failed: seen.failed.map((what) => `${what} was answered with 500`),
    died: [...seen.died],
  };
}

/** What a consumer handles of what it gets: nothing at or below the highest place that it has seen of a partition. */
function withoutRepeats(topics: readonly Received[]): Received[] {
  const highest = new Map<string, string>();
  return topics.filter((fact) => {
    const partition = `${fact.topic}/${fact.partition}`;
    const place = `${fact.position}/${String(fact.index).padStart(6, '0')}`;
    if (place <= (highest.get(partition) ?? '')) return false;
    highest.set(partition, place);
    return true;
  });
}

const counted = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
};

const effectOf = ({ correlationId, name }: Pick<Fact, 'correlationId' | 'name'>) =>
  `${correlationId} ${name}`;

/** Acknowledged, and an event is missing that has to come of it. */
function commandsWithout(acknowledged: readonly Acknowledged[], facts: readonly Fact[]): string[] {
  const effects = counted(facts, effectOf);
  return acknowledged.flatMap(({ commandId, what, makes }) =>
    Object.entries(makes)
      .filter(([name, times]) => (effects.get(effectOf({ correlationId: commandId, name })) ?? 0) < times)
      .map(
        ([name, times]) => `${what} (${commandId}) was acknowledged, and not ${times} × ${name} came of it`,
      ),
  );
}

/**
 * What may come of a command, and need not: a match is warned of by what was heard of its sessions so far, and they are
 * heard of in several orders, one that comes again after others have come as well. How often is judged by `warnedTwice`.
 */
const MAY_COME = ['MatchMarkedAtRisk', 'MatchRecovered'];

/** What comes of a look at people, and of no command: once of each. */
const OF_LOOKS = ['PeopleShown', 'SessionsShown', 'GoalsShown'];

/** More has come of a command than has to: it, or a reaction to it, took effect twice. Or of none that was acknowledged. */
function effectsTwice(acknowledged: readonly Acknowledged[], facts: readonly Fact[]): string[] {
  const due = new Map(acknowledged.map(({ commandId, makes }) => [commandId, makes]));
  const mayCome = ({ name, correlationId }: Fact) => MAY_COME.includes(name) && due.has(correlationId);
  const counts = facts.filter((fact) => !mayCome(fact));
  return [...Map.groupBy(counts, effectOf).values()].flatMap((same) => {
    const { correlationId, name } = same[0]!;
    const times = due.get(correlationId)?.[name] ?? (OF_LOOKS.includes(name) ? 1 : 0);
    return same.length > times ? [`${name} came ${same.length} × of ${correlationId}, not ${times} ×`] : [];
  });
}

/** A match is told to be at risk once for each set of reasons, and to have recovered once, until the next is told. */
function warnedTwice(log: readonly Stored[]): string[] {
  const told = new Map<string, string>();
  return log.flatMap(({ stream, version, type, data }) => {
    if (!MAY_COME.includes(type)) return [];
    const { reasons = [] } = data as { reasons?: readonly string[] };
    const now = reasons.join();
    const before = told.get(stream) ?? '';
    told.set(stream, now);
    return now === before ? [`${stream} ${version}: ${type} says no more than was told before`] : [];
  });
}

function missing(where: string, wanted: readonly Fact[], found: readonly Fact[]): string[] {
  const ids = new Set(found.map(({ id }) => id));
  return wanted.filter(({ id }) => !ids.has(id)).map((fact) => `${inWords(fact)} is not ${where}`);
}

const repeated = (where: string, facts: readonly Fact[]): string[] =>
  [...Map.groupBy(facts, ({ id }) => id).values()]
    .filter(({ length }) => length > 1)
    .map((same) => `${inWords(same[0]!)} is ${same.length} × ${where}`);

const storedTwice = (service: string, log: readonly Stored[]): string[] =>
  [...counted(log, ({ id }) => id)]
    .filter(([, times]) => times > 1)
    .map(([id, times]) => `event ${id} is ${times} × in the log of ${service}`);

/** Versions count from 1 without a gap in the order of the log, and no time goes back. */
function disorderIn(service: string, log: readonly Stored[]): string[] {
  const versions = new Map<string, number>();
  let recorded = '';
  return log.flatMap(({ stream, version, recordedAt }) => {
    const before = versions.get(stream) ?? 0;
    const found = [
      ...(version === before + 1 ? [] : [`${service}: ${stream} has version ${version} after ${before}`]),
      ...(recordedAt >= recorded
        ? []
        : [`${service}: ${stream} ${version} was recorded before the event before it`]),
    ];
    versions.set(stream, version);
    recorded = recordedAt;
    return found;
  });
}

/** Within a stream, and where it was read from the bus, within a topic, the places of what is published only rise. */
function disorder(
  where: string,
  facts: readonly Fact[],
  topicOf: (fact: Fact) => string = ({ topic }) => topic,
): string[] {
  const last = new Map<string, { version: number; index: number }>();
  return facts.flatMap((fact) => {
    const stream = `${topicOf(fact)} ${fact.stream}`;
    const before = last.get(stream);
    last.set(stream, fact);
    const rises =
      !before ||
      fact.version > before.version ||
      (fact.version === before.version && fact.index > before.index);
    return rises ? [] : [`${inWords(fact)} comes after version ${before.version} in ${where}`];
  });
}

const severalPartitions = (topics: readonly Received[]): string[] =>
  [...Map.groupBy(topics, ({ topic, stream }) => `${stream} in ${topic}`)]
    .filter(([, facts]) => new Set(facts.map(({ partition }) => partition)).size > 1)
    .map(([stream]) => `${stream} is in several partitions`);

const inWords = ({ name, source, stream, version }: Fact) =>
  `${name} of ${source} (${stream}, version ${version})`;
