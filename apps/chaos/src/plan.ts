import { random, type Random } from '@cairn/seeded';
import { PUBLISHERS, SERVICES, type ServiceName } from './services.js';

/** The connections that a proxy stands on: of a service to its database and to the broker, and of callers to it. */
export type Link = 'postgres' | 'kafka' | 'http';

/** Where "it succeeded, but the caller saw a time-out" strikes. */
export type LostAnswer =
  /** The log has committed; the service does not hear of it. */
  | 'append'
  /** The broker has the events; the relay does not hear of it. */
  | 'publish'
  /** The relay's checkpoint has moved. */
  | 'relay-checkpoint'
  /** A consumer's batch and its checkpoint are committed. */
  | 'consumer-checkpoint'
  /** A projection's rows and its checkpoint are committed. */
  | 'projection-checkpoint'
  /** The command is done and answered. */
  | 'command';

export type Fault =
  | { readonly kind: 'kill'; readonly service: ServiceName; readonly awayMs: number }
  | { readonly kind: 'pause'; readonly service: ServiceName; readonly forMs: number }
  | { readonly kind: 'restart'; readonly server: 'postgres' | 'kafka'; readonly killed: boolean }
  | { readonly kind: 'pause-broker'; readonly forMs: number }
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
  forMs: random.between(200, 12_000),
});
const restart =
  (server: 'postgres' | 'kafka', killed: boolean): Draw =>
  () => ({ kind: 'restart', server, killed });
const pauseBroker: Draw = (random) => ({ kind: 'pause-broker', forMs: random.between(500, 8_000) });
const delay: Draw = (random) => ({
  kind: 'delay',
  service: random.pick(SERVICES),
  link: random.pick(LINKS),
  byMs: random.between(20, 400),
  forMs: random.between(1_000, 5_000),
});
const cut: Draw = (random) => ({
  kind: 'cut',
  service: random.pick(SERVICES),
  link: random.pick(LINKS),
  awayMs: random.pick([0, 0, random.between(1, 3_000)]),
});
const lose =
  (of: LostAnswer, services: readonly ServiceName[]): Draw =>
  (random) => ({ kind: 'lose-answer', service: random.pick(services), of, heldMs: random.between(0, 2_000) });

/** Each kind as often as it is drawn among the others; those that take long, seldom. */
const ROUND: readonly Draw[] = [
  kill,
  lose('append', PUBLISHERS),
  pause,
  lose('publish', PUBLISHERS),
  cut,
  restart('postgres', true),
  lose('consumer-checkpoint', SERVICES),
  restart('kafka', true),
  kill,
  lose('relay-checkpoint', PUBLISHERS),
  delay,
  restart('postgres', false),
  lose('projection-checkpoint', ['analytics']),
  lose('append', PUBLISHERS),
  kill,
  cut,
  lose('command', PUBLISHERS),
  restart('kafka', false),
  pause,
  pauseBroker,
  kill,
  lose('publish', PUBLISHERS),
  delay,
  lose('consumer-checkpoint', SERVICES),
];

/** The points of a run, in order: the same for the same arguments. None in the last twentieth, so that each strikes under load. */
export function planOf(seed: number, points: number, commands: number): Point[] {
  const numbers = random(seed, 'plan');
  const draws: Draw[] = [];
  while (draws.length < points) draws.push(...numbers.shuffle(ROUND));
  const last = Math.floor(commands * 0.95);
  const moments = Array.from({ length: points }, () => numbers.between(Math.min(10, last), last));
  moments.sort((a, b) => a - b);
  return moments.map((afterCommands, index) => ({
    afterCommands,
    thenMs: numbers.between(0, 40),
    fault: draws[index]!(numbers),
  }));
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
    case 'pause-broker':
      return `SIGSTOP kafka for ${fault.forMs} ms`;
    case 'delay':
      return `${fault.link} of ${fault.service} slower by ${fault.byMs} ms for ${fault.forMs} ms`;
    case 'cut':
      return `${fault.link} of ${fault.service} cut${fault.awayMs > 0 ? `, away for ${fault.awayMs} ms` : ''}`;
    case 'lose-answer':
      return `answer of ${fault.of} lost to ${fault.service} after ${fault.heldMs} ms`;
  }
}
