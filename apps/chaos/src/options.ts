import { parseArgs } from 'node:util';
import type { EventStoreName } from './services.js';

export interface Options {
  /** How many faults strike. */
  readonly points: number;
  /** How many commands are sent at least; a programme that has begun is told to its end. */
  readonly commands: number;
  /** Decides what strikes when, and what the programmes are. */
  readonly seed: number;
  readonly eventStore: EventStoreName;
}

export const USAGE = `npm run chaos -- [--points 200] [--commands 50000] [--seed N] [--event-store eventstoredb]

Starts the four services as separate processes over a PostgreSQL and a Kafka of their own, sends commands, and lets
faults strike at points that the seed decides. The last line says what was lost, came twice, …; the exit code is 0 where
all of that is 0. With --event-store eventstoredb sessions and goals keep their logs on EventStoreDB's stand-in.`;

/** @throws Error in a sentence where an argument is not understood */
export function optionsOf(args: readonly string[], newSeed: number): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      points: { type: 'string' },
      commands: { type: 'string' },
      seed: { type: 'string' },
      'event-store': { type: 'string', default: 'postgres' },
    },
  });
  const eventStore = values['event-store'];
  if (eventStore !== 'postgres' && eventStore !== 'eventstoredb')
    throw new Error(`--event-store must be postgres or eventstoredb; it is "${eventStore}".`);
  const whole = (name: 'points' | 'commands' | 'seed', otherwise: number, least: number) => {
    const given = values[name];
    if (given === undefined) return otherwise;
    if (!/^\d{1,9}$/.test(given) || Number(given) < least)
      throw new Error(`--${name} must be a whole number from ${least} to 999999999; it is "${given}".`);
    return Number(given);
  };
  return {
    points: whole('points', 200, 0),
    commands: whole('commands', 50_000, 1),
    seed: whole('seed', newSeed, 0),
    eventStore,
  };
}
