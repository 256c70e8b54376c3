import type Type from 'typebox';
import type { Contract } from './contract.js';
import * as assessments from './enrollment/v1/assessments.js';
import * as coaches from './enrollment/v1/coaches.js';
import * as enrollments from './enrollment/v1/enrollments.js';
import * as matches from './enrollment/v1/matches.js';
import * as people from './enrollment/v1/people.js';
import * as programs from './enrollment/v1/programs.js';
import * as goals from './goals/v1/goals.js';
import * as pulses from './goals/v1/pulses.js';
import * as engagements from './sessions/v1/engagements.js';
import * as sessions from './sessions/v1/sessions.js';

const declared = {
  ...people,
  ...programs,
  ...coaches,
  ...enrollments,
  ...matches,
  ...assessments,
  ...engagements,
  ...sessions,
  ...goals,
  ...pulses,
};

type Declared = typeof declared;
export type EventName = {
  [K in keyof Declared]: Declared[K] extends { type: string } ? K : never;
}[keyof Declared] &
  string;

type ContractOf<Name extends EventName> = Extract<Declared[Name], { schema: unknown }>;
type Resolved = { [Name in EventName]: Type.Static<ContractOf<Name>['schema']> };

/** The data of every published event. An interface, so that the compiler works each out once and not per mention. */
export interface PublishedData extends Resolved {}

/** The data of one published event, by its name: `Published<'SessionCompleted'>`. */
export type Published<Name extends EventName> = PublishedData[Name];

/** A published event before it is put into an envelope. */
export type ContractEvent = {
  [Name in EventName]: { readonly name: Name; readonly data: Published<Name> };
}[EventName];

/** Every published event, by its name. */
export const contracts: ReadonlyMap<string, Contract> = new Map(
  Object.values(declared)
    .filter((value): value is Extract<typeof value, Contract> => 'type' in value && 'context' in value)
    .map((contract) => [contract.name, contract as Contract]),
);

const byType = new Map([...contracts.values()].map((contract) => [contract.type, contract]));

/** The contract of a CloudEvents type, or undefined where this version of Cairn does not know it. */
export const contractOf = (type: string): Contract | undefined => byType.get(type);

/** The topics of a service: for every subscriber, and for Cairn's own services alone. */
export const topicsOf = (context: string) => ({
  open: `cairn.${context}.v1`,
  sensitive: `cairn.${context}.sensitive.v1`,
});
