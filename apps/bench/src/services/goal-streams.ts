import { derivedId, eventId, metadataOf, newId, type EventToAppend } from '@cairn/event-store';
import type { PostgresEventStore } from '@cairn/event-store/postgres';

/** A goal that somebody works on; ten events. */
export interface SeededGoal {
  readonly goalId: string;
  readonly personId: string;
}

const CALLERS = 128;

/** Appends so many goals of ten events each, of so many people, as goals itself would have written them. */
export async function seedGoals(
  store: PostgresEventStore,
  tenantId: string,
  goals: number,
  people: number,
): Promise<SeededGoal[]> {
  const persons = Array.from({ length: people }, newId);
  const seeded = Array.from({ length: goals }, (_, index) => ({
    goalId: newId(),
    personId: persons[index % people]!,
  }));
  const waiting = seeded.values();
  const one = async () => {
    for (const goal of waiting) await store.append(`goal-${goal.goalId}`, eventsOf(tenantId, goal), 0);
  };
  await Promise.all(Array.from({ length: CALLERS }, one));
  return seeded;
}

function eventsOf(tenantId: string, { goalId, personId }: SeededGoal): EventToAppend[] {
  const refs = {
    goalId,
    engagementId: derivedId(personId, 'engagement'),
    enrollmentId: derivedId(personId, 'enrollment'),
    programId: derivedId(tenantId, 'program'),
    cohortId: derivedId(tenantId, 'cohort'),
    personId,
    coachId: derivedId(personId, 'coach'),
  };
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
    const actor = { subject: 'bench', role: 'coachee', personId };
    return {
      id: eventId(commandId, 0),
      type,
      occurredAt: `2026-02-${String(index + 1).padStart(2, '0')}T09:00:00.000Z`,
      data: { ...refs, ...data },
      metadata: metadataOf({ commandId, tenantId, actor, correlationId: commandId }),
    };
  });
}
