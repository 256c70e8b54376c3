import { newId } from '@cairn/event-store';
import { policy, type Told, type TestService } from '@cairn/service/testing';

export { person, program } from '@cairn/service/testing';

export interface Refs {
  readonly engagementId: string;
  readonly enrollmentId: string;
  readonly programId: string;
  readonly cohortId: string;
  readonly personId: string;
  readonly coachId: string;
}

/** A clock that runs on from this instant, and can be set. */
export function clockFrom(instant: string) {
  let ahead = 0;
  const set = (to: string) => (ahead = Date.parse(to) - Date.now());
  set(instant);
  return { now: () => new Date(Date.now() + ahead), set };
}

export const newRefs = (of: Partial<Refs> = {}): Refs => ({
  engagementId: newId(),
  enrollmentId: newId(),
  programId: newId(),
  cohortId: newId(),
  personId: newId(),
  coachId: newId(),
  ...of,
});

export const engagementPlanned = (refs: Refs): Told => ({
  name: 'EngagementPlanned',
  stream: `engagement-${refs.engagementId}`,
  version: 1,
  data: {
    ...refs,
    matchId: newId(),
    endsOn: '2026-06-30',
    cadence: 'bi-weekly',
    zone: 'Europe/Berlin',
    allotment: 6,
    policy,
  },
});

/** Tells of programmes and waits until goals knows them, which come by other partitions than their engagements. */
export async function themed(goals: TestService, ...programmes: Told[]): Promise<void> {
  await goals.tell(...programmes);
  const ids = programmes.map(({ data }) => (data as { programId: string }).programId);
  await goals.until(
    async () => {
      const { rowCount } = await goals.pool.query('SELECT FROM known_programs WHERE program_id = ANY ($1)', [
        ids,
      ]);
      return { status: rowCount === ids.length ? 200 : 404, body: undefined, headers: {} };
    },
    ({ status }) => status === 200,
  );
}

/** Tells of an engagement and waits until goals knows of it. */
export async function engaged(goals: TestService, refs: Refs): Promise<Refs> {
  await goals.tell(engagementPlanned(refs));
  await goals.until(
    () =>
      goals.call('GET', `/v1/engagements/${refs.engagementId}/goals`, {
        as: { roles: ['coach'], coachId: refs.coachId },
      }),
    ({ status }) => status === 200,
  );
  return refs;
}
