import type { Teller } from './teller.js';

export const ZONE = 'Europe/Berlin';

/** One coachee and one coach, as they book, hold, miss and move sessions. */
export class Pair {
  readonly coachee: string;
  readonly coach: string;

  constructor(
    private readonly teller: Teller,
    readonly engagementId: string,
    readonly personId: string,
    coachId: string,
  ) {
    this.coachee = `coachee:${personId}`;
    this.coach = `coach:${coachId}`;
  }

  /** @param startsAt the wall time in Berlin */
  async book(at: string, startsAt: string): Promise<string> {
    const body = { startsAt, zone: ZONE, durationMinutes: 60 };
    const path = `/sessions/v1/engagements/${this.engagementId}/sessions`;
    return (await this.teller.tell(this.coachee, at, path, body, { key: startsAt })).sessionId;
  }

  async series(at: string, startsAt: string, count: number): Promise<string[]> {
    const body = { startsAt, zone: ZONE, durationMinutes: 60, count };
    const path = `/sessions/v1/engagements/${this.engagementId}/series`;
    const { sessions } = await this.teller.tell(this.coachee, at, path, body);
    return (sessions as { sessionId: string }[]).map(({ sessionId }) => sessionId);
  }

  by(who: 'coachee' | 'coach', at: string, sessionId: string, action: string, body?: unknown) {
    return this.teller.tell(this[who], at, session(sessionId, action), body, { overwrites: true });
  }

  /** Both say that it was held, within a minute of this. */
  async held(sessionId: string, at: string): Promise<void> {
    await this.by('coach', at, sessionId, 'confirm');
    await this.by('coachee', at, sessionId, 'confirm');
  }

  /** @returns the goal's id */
  async propose(by: 'coachee' | 'coach', at: string, goal: object): Promise<string> {
    const path = `/goals/v1/engagements/${this.engagementId}/goals`;
    return (await this.teller.tell(this[by], at, path, goal)).goalId;
  }

  onGoal(by: 'coachee' | 'coach', at: string, goalId: string, action: string, body?: unknown) {
    const path = `/goals/v1/goals/${goalId}/${action}`;
    return this.teller.tell(this[by], at, path, body, { overwrites: true });
  }

  /** Waits until sessions knows what enrolment decided. */
  async untilEngagement(holds: (engagement: Engagement) => boolean): Promise<Engagement> {
    return this.teller.until(`/sessions/v1/engagements/${this.engagementId}`, holds);
  }

  async untilSession(sessionId: string, state: string): Promise<void> {
    await this.teller.until(session(sessionId), (found) => found.state === state);
  }
}

export interface Engagement {
  readonly state: string;
  readonly endsOn: string;
  readonly allotment: { granted: number; reserved: number; used: number; free: number };
}

export const session = (id: string, action = ''): string =>
  `/sessions/v1/sessions/${id}${action === '' ? '' : `/${action}`}`;
