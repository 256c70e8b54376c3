import type { Caller } from './caller.js';
import { activationIn, PROGRAM } from './company.js';

export const ENROLLMENT = '/enrollment/v1';

/** When what is told of a cohort happened: instants in UTC without their seconds. */
export interface Days {
  readonly founded: string;
  readonly nominated: string;
  readonly invited: string;
  readonly activated: string;
  readonly matched: string;
}

/** An engagement as sessions shows it. */
export interface Engagement {
  readonly engagementId: string;
  readonly personId: string;
  readonly coachId: string;
}

/** The one cohort of a programme, as it is filled. @throws Unanswered, as all that it tells */
export class Cohort {
  private constructor(
    private readonly caller: Caller,
    private readonly days: Days,
    /** An importer tells it: no deadline comes before it was told. */
    private readonly history: boolean,
    private readonly program: string,
    private readonly cohortId: string,
  ) {}

  static async found(caller: Caller, program: typeof PROGRAM, days: Days, history: boolean): Promise<Cohort> {
    const programs = `${ENROLLMENT}/programs`;
    const made = await caller.tell('hr', days.founded, programs, program, { ProgramCreated: 1 });
    const path = `${programs}/${made.programId}`;
    const one = { name: 'One' };
    const opened = await caller.tell('hr', days.founded, `${path}/cohorts`, one, { CohortOpened: 1 });
    return new Cohort(caller, days, history, path, opened.cohortId);
  }

  /** Nominates, invites and activates. @param language in which they want to be coached @returns the enrolment's id */
  async enrol(personId: string, language: string): Promise<string> {
    const { caller, days, cohortId, history } = this;
    const body = { personId, cohortId, history };
    const nominated = { ParticipantNominated: 1 };
    const of = `${this.program}/enrollments`;
    const { enrollmentId } = await caller.tell('hr', days.nominated, of, body, nominated);
    const on = `${ENROLLMENT}/enrollments/${enrollmentId}`;
    await caller.tell('hr', days.invited, `${on}/invite`, undefined, { InvitationSent: 1 });
    await caller.tell(`coachee:${personId}`, days.activated, `${on}/activate`, activationIn(language), {
      EnrollmentActivated: 1,
      MatchingPreferencesGiven: 1,
      SessionsAllotted: 1,
      MatchRequested: 1,
    });
    return enrollmentId;
  }

  /** Finds a coach for each of so many coachees. */
  async match(coachees: number): Promise<void> {
    const path = `${this.program}/cohorts/${this.cohortId}/match`;
    await this.caller.tell('hr', this.days.matched, path, undefined, {
      CoachesShortlisted: coachees,
      MatchProposed: coachees,
      CoachMatched: coachees,
      EngagementPlanned: coachees,
    });
  }

  /** Of an enrolment that was matched, as soon as sessions has planned it. */
  async engagementOf(enrollmentId: string): Promise<Engagement> {
    const path = `/sessions/v1/engagements?enrollmentId=${enrollmentId}`;
    const { items } = await this.caller.until(path, (found) => found.items.length === 1);
    return items[0];
  }
}

/** Adds a coach and approves. @throws Unanswered */
export async function addCoach(caller: Caller, coach: object): Promise<void> {
  const coaches = `${ENROLLMENT}/coaches`;
  const { coachId } = await caller.tell('program-admin', '2024-01-03T08:00', coaches, coach, {});
  const approve = `${coaches}/${coachId}/approve`;
  await caller.tell('program-admin', '2024-01-03T09:00', approve, undefined, { CoachApproved: 1 });
}
