import { derivedId, eventId, metadataOf, newId, type EventToAppend } from '@cairn/event-store';
import type { PostgresEventStore } from '@cairn/event-store/postgres';

/** Whose a goal is, as each of its events says. */
export interface GoalRefs {
  readonly goalId: string;
  readonly engagementId: string;
  readonly enrollmentId: string;
  readonly programId: string;
  readonly cohortId: string;
  readonly personId: string;
  readonly coachId: string;
}

const CALLERS = 128;

/** Appends so many new goals of so many new people. */
export async function seedGoals(
  store: PostgresEventStore,
  tenantId: string,
  goals: number,
  people: number,
): Promise<GoalRefs[]> {
  const persons = Array.from({ length: people }, newId);
  const seeded = Array.from({ length: goals }, (_, index) => {
    const personId = persons[index % people]!;
    return {
      goalId: newId(),
      engagementId: derivedId(personId, 'engagement'),
      enrollmentId: derivedId(personId, 'enrollment'),
      programId: derivedId(tenantId, 'program'),
      cohortId: derivedId(tenantId, 'cohort'),
      personId,
      coachId: derivedId(personId, 'coach'),
    };
  });
  await appendGoals(store, tenantId, seeded);
  return seeded;
}

/** Appends a goal of ten events for each of these, as goals itself would have written it. */
export async function appendGoals(
  store: PostgresEventStore,
  tenantId: string,
  goals: readonly GoalRefs[],
): Promise<void> {
  const waiting = goals.values();
  const one = async () => {
    for (const refs of waiting) await store.append(`goal-${refs.goalId}`, eventsOf(tenantId, refs), 0);
  };
  await Promise.all(Array.from({ length: CALLERS }, one));
}

function eventsOf(tenantId: string, refs: GoalRefs): EventToAppend[] {
  const terms = { theme: 'giving-feedback', weight: 2, targetDate: '2026-06-01' };
  const checkIn = { by: 'coachee', movement: 'forward', textId: null };
  const said: [type: string, data: object][] = [
    ['GoalProposed', { by: 'coachee', textId: newId(), ...terms }],
    ['GoalAgreed', terms],
    [
      'AttainmentScaleDefined',
      { by: 'coach', baselineLevel: -1, levelTextIds: Array.from({ length: 5 }, newId) },
    ],
    ['AttainmentScored', { level: -1, scorer: 'self', moment: 'baseline' }],
    ...Array.from({ length: 6 }, (): [string, object] => ['CheckInRecorded', checkIn]),
  ];
  return said.map(([type, data], index) => {
    const commandId = newId();
    const actor = { subject: 'bench', role: 'coachee', personId: refs.personId };
    return {
      id: eventId(commandId, 0),
      type,
      occurredAt: `2026-02-${String(index + 1).padStart(2, '0')}T09:00:00.000Z`,
      data: { ...refs, ...data },
      metadata: metadataOf({ commandId, tenantId, actor, correlationId: commandId }),
    };
  });
}
