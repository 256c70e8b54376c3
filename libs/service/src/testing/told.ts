import type { Told } from './index.js';

/** The session policy of the programmes that specs tell of. */
export const policy = {
  version: 1,
  noticeHours: 24,
  lateCancelForfeits: true,
  noShowForfeits: true,
  silenceHours: 72,
  disputeHours: 72,
};

/** A programme of 2026, as enrolment tells of it. */
export const program = (programId: string): Told => ({
  name: 'ProgramCreated',
  stream: `program-${programId}`,
  version: 1,
  data: {
    programId,
    name: 'First steps',
    track: 'manager',
    startsOn: '2026-01-05',
    endsOn: '2026-12-31',
    zone: 'Europe/Berlin',
    cadence: 'weekly',
    allotment: 6,
    capacity: 50,
    activationDays: 14,
    sessionPolicy: policy,
    minimumGroup: 5,
    themes: ['giving-feedback', 'navigating-conflict'],
    costPerSession: { amount: 250, currency: 'EUR' },
    pricingModel: 'session',
    managersSeeParticipation: false,
  },
});

/** Somebody of the directory. */
export const person = (personId: string, managerId?: string, department?: string): Told => ({
  name: 'PersonAdded',
  stream: `person-${personId}`,
  version: 1,
  data: { personId, placeholder: false, level: 'manager', managerId, department, dateBasis: 'column' },
});
