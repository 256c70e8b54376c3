import { newId } from '@cairn/event-store';
import type { Told, TestService } from '@cairn/service/testing';

const policy = {
  version: 1,
  noticeHours: 24,
  lateCancelForfeits: true,
  noShowForfeits: true,
  silenceHours: 72,
  disputeHours: 72,
};

export const program = (programId: string): Told => ({
  name: 'ProgramCreated',
  stream: `program-${programId}`,
  version: 1,
  data: {
    programId,
    name: 'First steps',
    track: 'manager',
    startsOn: '2026-01-05',
    endsOn: '2026-06-30',
    zone: 'Europe/Berlin',
    cadence: 'bi-weekly',
    allotment: 6,
    capacity: 5,
    activationDays: 14,
    sessionPolicy: policy,
    minimumGroup: 5,
    themes: ['giving-feedback', 'navigating-conflict'],
    costPerSession: { amount: 1, currency: 'EUR' },
    pricingModel: 'session',
    managersSeeParticipation: false,
  },
});

export const person = (personId: string, managerId?: string, department?: string): Told => ({
  name: 'PersonAdded',
  stream: `person-${personId}`,
  version: 1,
  data: { personId, placeholder: false, level: 'manager', managerId, department, dateBasis: 'column' },
});

export interface Refs {
  readonly engagementId: string;
  readonly enrollmentId: string;
  readonly programId: string;
  readonly cohortId: string;
  readonly personId: string;
  readonly coachId: string;
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
