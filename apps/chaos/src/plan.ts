import { random, type Random } from '@cairn/seeded';
import { PUBLISHERS, SERVICES, STORED, type EventStoreName, type ServiceName } from './services.js';

/**
 * The connections that a proxy stands on: of a service to its database, to the broker and, where its log is there, to the
 * event store, and of callers to it.
 */
export type Link = 'postgres' | 'kafka' | 'event-store' | 'http';
export type ServerName = 'postgres' | 'kafka' | 'event-store';

/** Where "it succeeded, but the caller saw a time-out" strikes. */
export type LostAnswer =
  /** The log has committed; the service does not hear of it. */
  | 'append'
  /** Rows are committed, and what they owe to a log on another server. */
  | 'owed'
  /** The broker has the events; the relay does not hear of it. */
  | 'publish'
  /** The relay's checkpoint has moved. */
  | 'relay-checkpoint'
  /** A consumer's batch and its checkpoint are committed. */
  | 'consumer-checkpoint'
  /** A projection's checkpoint is committed, with its rows where the batch has any. */
  | 'projection-checkpoint'
  /** The command is done and answered. */
  | 'command';

export type Fault =
  | { readonly kind: 'kill'; readonly service: ServiceName; readonly awayMs: number }
  | { readonly kind: 'pause'; readonly service: ServiceName; readonly forMs: number }
  | { readonly kind: 'restart'; readonly server: ServerName; readonly killed: boolean }
  | {
      readonly kind: 'pause-server';
      readonly server: ServerName;
      readonly forMs: number;
    }
  | {
      readonly kind: 'delay';
      readonly service: ServiceName;
      readonly link: Link;
      readonly byMs: number;
      readonly forMs: number;
    }
  | { readonly kind: 'cut'; readonly service: ServiceName; readonly link: Link; readonly awayMs: number }
  | {
      readonly kind: 'lose-answer';
      readonly service: ServiceName;
      readonly of: LostAnswer;
      readonly heldMs: number;
    };

/** A fault, and when it strikes: so many milliseconds after so many commands have been acknowledged. */
export interface Point {
  readonly afterCommands: number;
  readonly thenMs: number;
  readonly fault: Fault;
}

type Draw = (random: Random) => Fault;

const LINKS = ['postgres', 'kafka', 'http'] as const;
const kill: Draw = (random) => ({
  kind: 'kill',
  service: random.pick(SERVICES),
  awayMs: random.between(0, 2_000),
});
/** Past the relay's lease (6 s), the command's lease (10 s) and the longest idle transaction (10 s), or well below. */
const pause: Draw = (random) => ({
  kind: 'pause',
  service: random.pick(SERVICES),
  forMs: random.between(200, 18_000),
});
const restart =
  (server: ServerName, killed: boolean): Draw =>
  () => ({ kind: 'restart', server, killed });
const pauseServer =
  (server: ServerName, atLeastMs = 500, atMostMs = 8_000): Draw =>
  (random) => ({ kind: 'pause-server', server, forMs: random.between(atLeastMs, atMostMs) });
const delay =
  (services: readonly ServiceName[], links: readonly Link[]): Draw =>
  (random) => ({
    kind: 'delay',
    service: random.pick(services),
    link: random.pick(links),
    byMs: random.between(20, 400),
    forMs: random.between(1_000, 5_000),
  });
const cut =
  (services: readonly ServiceName[], links: readonly Link[]): Draw =>
  (random) => ({
    kind: 'cut',
    service: random.pick(services),
    link: random.pick(links),
    awayMs: random.pick([0, 0, random.between(1, 3_000)]),
  });
const lose =
  (of: LostAnswer, services: readonly ServiceName[]): Draw =>
  (random) => ({
    kind: 'lose-answer',
    service: random.pick(services),
    of,
    // A command's caller itself gives up after five seconds.
    heldMs: random.between(0, of === 'command' ? 8_000 : 2_000),
  });

/** Each kind as often as it is drawn among the others; those that take long, seldom. */
const ROUND: readonly Draw[] = [
  kill,
  lose('append', PUBLISHERS),
  pause,
  lose('publish', PUBLISHERS),
  cut(SERVICES, LINKS),
  restart('postgres', true),
  lose('consumer-checkpoint', SERVICES),
  restart('kafka', true),
  kill,
  lose('relay-checkpoint', PUBLISHERS),
  delay(SERVICES, LINKS),
  restart('postgres', false),
  lose('projection-checkpoint', ['analytics']),
  lose('append', PUBLISHERS),
  kill,
  cut(SERVICES, LINKS),
  lose('command', PUBLISHERS),
  restart('kafka', false),
  pause,
  // Longer, at times, than the broker lets a member be silent.
  pauseServer('kafka', 500, 20_000),
  kill,
  lose('publish', PUBLISHERS),
  delay(SERVICES, LINKS),
  lose('consumer-checkpoint', SERVICES),
];

/** In each fourth round besides: so long that everybody gives up the statement in hand (30 s), and its connection. */
const standsStill = pauseServer('postgres', 31_000, 60_000);

/** Besides, where sessions and goals have their logs in EventStoreDB. */
const EVENT_STORE_ROUND: readonly Draw[] = [
  lose('append', STORED),
  cut(STORED, ['event-store']),
  lose('owed', STORED),
  pauseServer('event-store'),
  lose('append', STORED),
  delay(STORED, ['event-store']),
  lose('owed', STORED),
  restart('event-store', false),
];

/** The points of a run, in order: the same for the same arguments. None in the last twentieth, so that each strikes under load. */
export function planOf(
  seed: number,
  points: number,
  commands: number,
  eventStore: EventStoreName = 'postgres',
): Point[] {
  const numbers = random(seed, 'plan');
  const round = eventStore === 'postgres' ? ROUND : [...ROUND, ...EVENT_STORE_ROUND];
  const draws: Draw[] = [];
  for (let rounds = 1; draws.length < points; rounds++)
    draws.push(...numbers.shuffle(rounds % 4 === 0 ? [...round, standsStill] : round));
  const last = Math.floor(commands * 0.95);
  const moments = Array.from({ length: points }, () => numbers.between(Math.min(10, last), last));
  moments.sort((a, b) => a - b);
  return moments.map((afterCommands, index) => ({
    afterCommands,
    thenMs: numbers.between(0, 40),
    fault: draws[index]!(numbers),
  }));
}

/** So many answers of one kind do not all stay away by chance. */
const OFTEN = 8;

/**
 * The kinds of answers that were to be lost often and never came: what is looked for on a connection is not what the
 * services send any more, and the run has not shown what it seems to.
 */
export function neverStruck(faults: readonly Fault[], struck: ReadonlyMap<string, number>): string[] {
  const wanted = faults.filter(({ kind }) => kind === 'lose-answer').map(kindOf);
  return [...new Set(wanted)].filter(
    (kind) => !struck.has(kind) && wanted.filter((each) => each === kind).length >= OFTEN,
  );
}

/** What kind of fault it is, to be counted by. */
export function kindOf(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
    case 'pause':
      return `${fault.kind} ${fault.service}`;
    case 'restart':
      return `${fault.killed ? 'kill' : 'restart'} ${fault.server}`;
    case 'pause-server':
      return `pause ${fault.server}`;
    case 'delay':
    case 'cut':
      return `${fault.kind} ${fault.link}`;
    case 'lose-answer':
      return `lose ${fault.of}`;
  }
}

/** The fault in a few words. */
export function told(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `SIGKILL ${fault.service}, started again after ${fault.awayMs} ms`;
    case 'pause':
      return `SIGSTOP ${fault.service} for ${fault.forMs} ms`;
    case 'restart':
      return `${fault.killed ? 'SIGKILL' : 'restart'} ${fault.server}`;
    case 'pause-server':
      return `SIGSTOP ${fault.server} for ${fault.forMs} ms`;
    case 'delay':
      return `${fault.link} of ${fault.service} slower by ${fault.byMs} ms for ${fault.forMs} ms`;
    case 'cut':
      return `${fault.link} of ${fault.service} cut${fault.awayMs > 0 ? `, away for ${fault.awayMs} ms` : ''}`;
    case 'lose-answer':
      return `answer of ${fault.of} lost to ${fault.service} after ${fault.heldMs} ms`;
  }
}
