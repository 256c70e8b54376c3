import { contractOf, type Envelope, type ReceivedContract } from '@cairn/contracts';
import type { ImportedEvent } from '@cairn/event-store/postgres';
import type { Projection } from '@cairn/projections';
import type { FactTable } from './fact-table.js';
import type { Stamp } from './fact.js';
import { opinions } from './opinions/opinions.js';
import { engagements } from './participation/engagements.js';
import { enrollments } from './participation/enrollments.js';
import { goals } from './participation/goals.js';
import { matches } from './participation/matches.js';
import { sessions } from './participation/sessions.js';
import { people } from './people/people.js';
import { coaches } from './programs/coaches.js';
import { programs } from './programs/programs.js';
import { shown } from './visibility/shown.js';

/** An event as analytics' log holds it. */
export type Logged = ImportedEvent<Envelope>;

/** Tables of facts that are joined in one answer stand at one checkpoint. */
const factsOf = (
  name: string,
  ...tables: Pick<FactTable<Stamp>, 'table' | 'ddl' | 'indexes' | 'concerns' | 'add' | 'version'>[]
): Projection<Logged> => ({
  name,
  // That of the table that changed last.
  version: Math.max(...tables.map(({ version }) => version)),
  tables: tables.map(({ table, ddl, indexes }) => ({ name: table, create: ddl, indexes })),
  concerns: ({ envelope }) =>
    receivedOf(envelope).some((event) => tables.some((table) => table.concerns(event))),
  async apply(client, batch) {
    const events = batch.flatMap(({ envelope }) => receivedOf(envelope));
    for (const table of tables) await table.add(client, events);
  },
});

/** A type that this version does not know was dead-lettered by the intake; a newer version may have taken it in. */
export function receivedOf(envelope: Envelope): ReceivedContract[] {
  const contract = contractOf(envelope.type);
  return contract ? [{ name: contract.name, data: envelope.data, envelope } as ReceivedContract] : [];
}

export const PROJECTIONS: readonly Projection<Logged>[] = [
  factsOf('people', people),
  factsOf('programs', programs, coaches),
  factsOf('participation', enrollments, matches, engagements, sessions, goals),
  factsOf('opinions', opinions),
  factsOf('visibility', shown),
];
