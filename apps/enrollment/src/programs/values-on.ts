import { same } from '../same.js';
import { dayIn, endOfDay } from './calendar.js';
import type { ProgramState } from './program.decider.js';
import type { ProgramChanges, ProgramValues } from './program.events.js';

type Told = Pick<Extract<ProgramState, { status: 'created' }>, 'created' | 'changes'>;

/** A change and the first day on which it is in force. */
export interface ProgramChange {
  readonly effectiveOn: string;
  readonly changes: ProgramChanges;
}

/** A programme's values on a day: of the changes that are in force by then, the one told last counts. */
export const valuesOn = ({ created, changes }: Told, day: string): ProgramValues =>
  changes.reduce<ProgramValues>(
    (values, change) => (change.effectiveOn <= day ? { ...values, ...change.changes } : values),
    created,
  );

/** The same on the day on which `at` falls in the programme's zone. */
export const valuesAt = (told: Told, at: string): ProgramValues =>
  valuesOn(told, dayIn(told.created.zone, at));

/** The last day of a programme, by what is in force at `at`, and the instant at which it is over. */
export const endOf = ({ state }: { readonly state: Told }, at: string) => {
  const { zone, endsOn } = valuesAt(state, at);
  return { endsOn, endsAt: endOfDay(zone, endsOn) };
};

/** What will be otherwise after `day`, by the days on which it changes, as far as it has been told. */
export function changesAhead(told: Told, day: string): ProgramChange[] {
  let before = valuesOn(told, day);
  return daysAfter(told, day).flatMap((effectiveOn) => {
    const values = valuesOn(told, effectiveOn);
    const changes = difference(before, values);
    before = values;
    return Object.keys(changes).length === 0 ? [] : [{ effectiveOn, changes }];
  });
}

/** Those of the changes that make a difference on their first day or on any after it. */
export function newIn(told: Told, { effectiveOn, changes }: ProgramChange): ProgramChanges {
  const days = [effectiveOn, ...daysAfter(told, effectiveOn)].map((day) => valuesOn(told, day));
  const given = Object.entries(changes).filter(
    ([key, value]) =>
      value !== undefined && days.some((values) => !same(value, values[key as keyof ProgramChanges])),
  );
  return Object.fromEntries(given) as ProgramChanges;
}

const daysAfter = ({ changes }: Told, day: string): string[] =>
  [...new Set(changes.map(({ effectiveOn }) => effectiveOn))].filter((one) => one > day).sort();

const difference = (before: ProgramValues, after: ProgramValues): ProgramChanges =>
  Object.fromEntries(
    Object.entries(after).filter(([key, value]) => !same(value, before[key as keyof ProgramValues])),
  ) as ProgramChanges;
