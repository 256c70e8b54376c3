import type { Caller, Counts, Telling } from './caller.js';
import type { Engagement } from './cohort.js';

const OVERWRITES: Telling = { overwrites: true };

/** One coachee and one coach after their match, as they meet and work on a goal. */
export class Pair {
  private readonly coachee: string;
  private readonly coach: string;

  /**
   * @param engagement as sessions shows it
   * @param hour at which they meet, UTC: another one for each coachee, since they share coaches
   */
  constructor(
    private readonly caller: Caller,
    private readonly engagement: Engagement,
    private readonly enrollmentId: string,
    private readonly hour: number,
  ) {
    this.coachee = `coachee:${engagement.personId}`;
    this.coach = `coach:${engagement.coachId}`;
  }

  /** @returns the session's id */
  async book(day: string, first = false): Promise<string> {
    const path = `/sessions/v1/engagements/${this.engagement.engagementId}/sessions`;
    const makes = { SessionScheduled: 1, ...(first ? { EngagementStarted: 1 } : {}) };
    return (await this.tell(this.coachee, '2024-01-18T09:00', path, this.at(day), makes)).sessionId;
  }

  /** Three sessions, a fortnight apart. */
  async bookSeries(day: string): Promise<string[]> {
    const path = `/sessions/v1/engagements/${this.engagement.engagementId}/series`;
    const makes = { SessionScheduled: 3, EngagementStarted: 1 };
    const { sessions } = await this.tell(
      this.coachee,
      '2024-01-18T09:00',
      path,
      { ...this.at(day), count: 3 },
      makes,
    );
    return (sessions as { sessionId: string }[]).map(({ sessionId }) => sessionId);
  }

  /** Both say that it was held; `and` is what else follows of it. */
  async held(sessionId: string, day: string, and: Counts = {}): Promise<void> {
    const confirm = (who: 'coachee' | 'coach', makes: Counts) =>
      this.on(who, `${day}T${this.clock(31)}`, sessionId, 'confirm', undefined, makes, OVERWRITES);
    await confirm('coach', { SessionAwaitingConfirmation: 1, SessionConfirmed: 1 });
    await confirm('coachee', { SessionConfirmed: 1, SessionCompleted: 1, ...and });
  }

  on(
    who: 'coachee' | 'coach',
    at: string,
    sessionId: string,
    action: string,
    body: unknown,
    makes: Counts,
    how = OVERWRITES,
  ) {
    const by = who === 'coachee' ? this.coachee : this.coach;
    return this.tell(by, at, `/sessions/v1/sessions/${sessionId}/${action}`, body, makes, how);
  }

  /** By the coachee, or by HR. */
  async enrolment(
    as: 'coachee' | 'hr',
    at: string,
    action: string,
    body: unknown,
    makes: Counts,
  ): Promise<void> {
    const path = `/enrollment/v1/enrollments/${this.enrollmentId}/${action}`;
    await this.tell(as === 'hr' ? 'hr' : this.coachee, at, path, body, makes);
  }

  async untilEngagement(state: string): Promise<void> {
    const path = `/sessions/v1/engagements/${this.engagement.engagementId}`;
    await this.caller.until(path, (found) => found.state === state);
  }

  async untilEnrolment(status: string): Promise<void> {
    const path = `/enrollment/v1/enrollments/${this.enrollmentId}`;
    await this.caller.until(path, (found) => found.status === status);
  }

  /** A goal from its proposal to its end, with as many check-ins as told. */
  async goal(checkIns: number, close: boolean): Promise<void> {
    const { engagementId } = this.engagement;
    const goal = { theme: 'giving-feedback', weight: 1, targetDate: '2024-05-31', text: 'speaks up sooner' };
    const proposed = `/goals/v1/engagements/${engagementId}/goals`;
    const makes = { GoalProposed: 1 };
    const patience = { isOnItsWay: true };
    const { goalId } = await this.tell(this.coachee, '2024-01-24T11:00', proposed, goal, makes, patience);
    const on = (who: string, at: string, action: string, body: unknown, makes: Counts) =>
      this.tell(who, `2024-${at}`, `/goals/v1/goals/${goalId}/${action}`, body, makes, OVERWRITES);
    await on(this.coach, '01-24T12:00', 'agree', undefined, { GoalAgreed: 1 });
    const scale = { levels: ['lowest', 'low', 'middle', 'high', 'highest'], baselineLevel: -1 };
    await on(this.coach, '01-24T12:10', 'scale', scale, { AttainmentScaleDefined: 1 });
    const practice = { dueOn: '2024-02-05', text: 'asks first' };
    const { practiceId } = await on(this.coachee, '01-25T08:00', 'practices', practice, {
      PracticeCommitted: 1,
    });
    const report = { done: 'yes', text: 'did' };
    await on(this.coachee, '02-05T08:00', `practices/${practiceId}/report`, report, { PracticeReported: 1 });
    for (let n = 0; n < checkIns; n++) {
      const checkIn = { movement: 'forward', text: `step ${n}` };
      await on(this.coachee, `02-06T${10 + n}:00`, 'check-ins', checkIn, { CheckInRecorded: 1 });
    }
    if (!close) return;
    const score = { level: 1, moment: 'closing' };
    await on(this.coachee, '02-20T08:00', 'score', score, { AttainmentScored: 1 });
    await on(this.coachee, '02-20T09:00', 'close', { outcome: 'attained' }, { GoalClosed: 1 });
  }

  /** What the leaver has done before he leaves: one of three sessions was held. */
  async beforeLeaving(): Promise<void> {
    const [first] = await this.bookSeries('2024-01-30');
    await this.held(first!, '2024-01-30');
    await this.goal(0, false);
  }

  /** Hours and minutes, so many minutes after an hour of which they meet. */
  clock(minute: number): string {
    return `${String(this.hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  }

  at(day: string) {
    return { startsAt: `${day}T${this.clock(0)}`, zone: 'UTC', durationMinutes: 30 };
  }

  private tell(as: string, at: string, path: string, body: unknown, makes: Counts, how: Telling = {}) {
    return this.caller.tell(as, at, path, body, makes, how);
  }
}

/** Three sessions held: the allotment is used, and the enrolment complete before its time. */
async function completes(pair: Pair, checkIns: number): Promise<void> {
  const sessions = await pair.bookSeries('2024-01-23');
  // Before the last session: when the engagement is over, no goal begins.
  await pair.goal(checkIns, true);
  await pair.held(sessions[0]!, '2024-01-23');
  await pair.held(sessions[1]!, '2024-02-06');
  await pair.held(sessions[2]!, '2024-02-20', {
    AllotmentUsed: 1,
    EnrollmentCompleted: 1,
    MatchEnded: 1,
    EngagementCompleted: 1,
  });
  await pair.untilEngagement('completed');
}

/** One session held and judged, one missed, one moved and then cancelled in time. */
async function stumbles(pair: Pair, checkIns: number): Promise<void> {
  const first = await pair.book('2024-01-23', true);
  const second = await pair.book('2024-02-06');
  const third = await pair.book('2024-02-20');
  await pair.held(first, '2024-01-23');
  const later = (day: string, minute: number) => `${day}T${pair.clock(minute)}`;
  const rating = { useful: 5, relationship: 4, progress: 3 };
  await pair.on('coachee', later('2024-01-23', 40), first, 'rating', rating, { SessionRated: 1 });
  const themes = { themes: ['giving-feedback'] };
  await pair.on('coach', later('2024-01-23', 45), first, 'themes', themes, { SessionThemesRecorded: 1 });
  const note = { text: 'a note' };
  await pair.on('coach', later('2024-01-23', 50), first, 'notes', note, { SessionNoteAdded: 1 });
  const missed = { SessionAwaitingConfirmation: 1, NoShowRecorded: 1, SessionForfeited: 1 };
  await pair.on('coach', later('2024-02-06', 40), second, 'no-show', undefined, missed);
  const to = { startsAt: later('2024-02-22', 0), zone: 'UTC' };
  await pair.on('coach', '2024-02-10T09:00', third, 'reschedule', to, { SessionRescheduled: 1 });
  await pair.on('coachee', '2024-02-12T09:00', third, 'cancel', undefined, { SessionCancelled: 1 });
  await pair.goal(checkIns, true);
}

/** A pause that cancels what lies ahead, and an extension. */
async function pauses(pair: Pair, checkIns: number): Promise<void> {
  const first = await pair.book('2024-01-23', true);
  await pair.book('2024-02-20');
  await pair.held(first, '2024-01-23');
  await pair.enrolment(
    'coachee',
    '2024-02-09T08:00',
    'pause',
    { reason: 'parental-leave' },
    {
      EnrollmentPaused: 1,
      EngagementPaused: 1,
      SessionCancelled: 1,
    },
  );
  await pair.untilEngagement('paused');
  await pair.enrolment('coachee', '2024-03-01T08:00', 'resume', undefined, {
    EnrollmentResumed: 1,
    EngagementResumed: 1,
  });
  await pair.enrolment(
    'hr',
    '2024-03-04T09:00',
    'extend',
    { endsOn: '2024-07-31' },
    { EnrollmentExtended: 1, EngagementExtended: 1 },
  );
  await pair.goal(checkIns, false);
  await pair.untilEngagement('running');
}

/** The ways that a coachee who stays can go. */
export const LIVES = [completes, stumbles, pauses];
