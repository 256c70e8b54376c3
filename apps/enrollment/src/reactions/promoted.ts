import { react, type ReceivedEvent } from '@cairn/messaging';
import type { Trigger } from '../programs/triggers.js';
import type { ReactionCommand } from './commands.js';

interface Into {
  readonly programId: string;
  readonly cohortId: string;
  readonly withinDays: number;
}

/** Whoever is promoted to people manager is nominated and invited where a programme wants that without being asked. */
export const promoted = react({
  name: 'nominate-promoted',
  event: 'PersonChanged',
  known: async (client, { data, envelope }): Promise<readonly Into[]> => {
    if (data.kind !== 'promotedToManager') return [];
    const { rows } = await client.query<{ programId: string; triggers: readonly Trigger[] }>(
      `SELECT program_id AS "programId", state->'triggers' AS triggers FROM programs
        WHERE tenant_id = $1 AND state->'triggers' @> '[{"kind": "promoted-to-manager"}]' ORDER BY 1`,
      [envelope.tenantid],
    );
    return rows.flatMap(({ programId, triggers }) =>
      triggers.flatMap((trigger) =>
        trigger.kind === 'promoted-to-manager' && trigger.automaticInto !== null
          ? [{ programId, cohortId: trigger.automaticInto, withinDays: trigger.withinDays }]
          : [],
      ),
    );
  },
  commands: ({ data: { personId, effectiveOn } }, programs): ReactionCommand[] =>
    programs.map((into) => ({ kind: 'nominate-promoted', personId, promotedOn: effectiveOn, ...into })),
  // They take part already, or have been invited and answered meanwhile, the rules leave them out, or the programme takes nobody: HR finds them proposed where it may be.
  settledBy: [
    'already-enrolled',
    'enrollment-state',
    'not-eligible',
    'cohort-closed',
    'already-over',
    'person-left',
    'person-not-completed',
    'not-found',
  ],
});

/** The events without changes of people that no reaction here asks for: a file may bring ten thousands. */
export const withoutOtherChanges = (events: readonly ReceivedEvent[]): readonly ReceivedEvent[] =>
  events.filter((event) => event.name !== 'PersonChanged' || event.data.kind === 'promotedToManager');
