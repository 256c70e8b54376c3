import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@cairn/event-store';
import { person, program, type Told, type TestService } from '@cairn/service/testing';

export { person, policy, program } from '@cairn/service/testing';

export const coachApproved = (coachId: string, personId?: string): Told => ({
  name: 'CoachApproved',
  stream: `coach-${coachId}`,
  version: 1,
  data: {
    coachId,
    capacity: 10,
    levels: ['manager'],
    specialties: [],
    styles: [],
    languages: ['en'],
    zone: 'Europe/Berlin',
    personId,
  },
});

/** An enrolment and what enrolment says of it, version by version; events at 2026-01-05 unless told otherwise. */
export function enrolmentOf(of: { programId: string; personId: string; history?: boolean }) {
  const refs = { enrollmentId: newId(), programId: of.programId, cohortId: newId(), personId: of.personId };
  let version = 0;
  const say = (name: string, data: object, at?: string): Told =>
    ({
      name,
      stream: `enrollment-${refs.enrollmentId}`,
      version: ++version,
      at,
      data: { ...refs, ...data },
    }) as Told;
  return {
    refs,
    nominated: () => say('ParticipantNominated', { by: 'hr', history: of.history }),
    activated: (endsOn?: string) => say('EnrollmentActivated', { privacyNoticeVersion: '1', endsOn }),
    allotted: (count: number, total: number, at?: string) => say('SessionsAllotted', { count, total }, at),
    paused: (from: string, at: string) => say('EnrollmentPaused', { from, reason: 'leave' }, at),
    resumed: (on: string, at: string) => say('EnrollmentResumed', { on }, at),
    extended: (endsOn: string, at: string) => say('EnrollmentExtended', { endsOn }, at),
    completed: (at: string) => say('EnrollmentCompleted', { early: false }, at),
    discontinued: (reason: string, at: string) => say('EnrollmentDiscontinued', { reason }, at),
    cancelled: (reason: string, at: string) => say('EnrollmentCancelled', { reason }, at),
    history: (through: string, complete = false) => say('HistoryDeclared', { through, complete }),
  };
}
export type Enrolment = ReturnType<typeof enrolmentOf>;

export function matchOf({ refs }: Enrolment, coachId: string) {
  const matchId = newId();
  const stream = `match-${matchId}`;
  return {
    matchId,
    coachMatched: (at?: string, recordedAt?: string): Told => ({
      name: 'CoachMatched',
      stream,
      version: 1,
      at,
      recordedAt,
      data: { matchId, ...refs, coachId, score: 0.8, parts: [], assigned: 'chosen' },
    }),
    ended: (reason: string, at: string): Told => ({
      name: 'MatchEnded',
      stream,
      version: 2,
      at,
      data: { matchId, ...refs, coachId, reason },
    }),
  };
}

const hr = { roles: ['program-admin' as const] };

/** An engagement that sessions has planned because of what it was told. */
export async function plannedEngagement(
  sessions: TestService,
  {
    allotment = 6,
    coachId = newId(),
    coachPersonId = undefined as string | undefined,
    personId = newId(),
    programId = newId(),
    history = false,
    managerId = undefined as string | undefined,
    department = undefined as string | undefined,
    matchedAt = undefined as string | undefined,
    recordedAt = undefined as string | undefined,
  } = {},
) {
  const enrolment = enrolmentOf({ programId, personId, history });
  const match = matchOf(enrolment, coachId);
  await sessions.tell(
    program(programId),
    person(personId, managerId, department),
    coachApproved(coachId, coachPersonId),
    enrolment.nominated(),
    enrolment.allotted(allotment, allotment),
    match.coachMatched(matchedAt, recordedAt),
  );
  const { enrollmentId } = enrolment.refs;
  const found = await sessions.until(
    () => sessions.call('GET', `/v1/engagements?enrollmentId=${enrollmentId}`, { as: hr }),
    ({ body }) => body.items?.length === 1,
  );
  const engagementId: string = found.body.items[0].engagementId;
  // The engagement is committed a moment before what else came in the same batch: until then it is "not yet known".
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(10)) {
    const known = await sessions.pool.query('SELECT 1 FROM known_programs WHERE program_id = $1', [
      programId,
    ]);
    if (known.rowCount === 1) break;
  }
  return {
    engagementId,
    enrolment,
    match,
    refs: { ...enrolment.refs, engagementId, coachId },
    coachee: { roles: ['coachee' as const], personId },
    coach: { roles: ['coach' as const], coachId },
  };
}
export type Engaged = Awaited<ReturnType<typeof plannedEngagement>>;

/** Headers of role integration, who tells the past in somebody's name. */
export const past = (onBehalfOf: string, at: string) => ({
  as: { roles: ['integration' as const] },
  headers: { 'cairn-on-behalf-of': onBehalfOf, 'cairn-occurred-at': at },
});
