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

  /** Names raters, one of them by mistake, and has them approved. @returns their ids */
  async raters(at: string, count: number): Promise<string[]> {
    const path = `/goals/v1/engagements/${this.engagementId}/pulse-raters`;
    const ids: string[] = [];
    for (let n = 1; n <= count; n++)
      ids.push((await this.teller.tell(this.coachee, at, path, {}, { key: `rater ${n}` })).raterId);
    const { raterId: mistake } = await this.teller.tell(
      this.coachee,
      at,
      path,
      {},
      { key: 'rater by mistake' },
    );
    await this.teller.tell(this.coachee, at, `${path}/${mistake}/remove`);
    for (const id of ids) await this.teller.tell('program-admin', at, `${path}/${id}/approve`);
    return ids;
  }

  /** Each rater answers by a link of their own what is asked before the session that is due then. */
  async answered(raters: readonly string[], dueOn: string, theme: string, values: readonly number[]) {
    const path = `/goals/v1/engagements/${this.engagementId}`;
    const own = { roles: ['coachee' as const], personId: this.personId };
    await this.teller.until(`${path}/brief`, ({ pulses }) => pulses.asked[0]?.dueOn === dueOn, own);
    for (const [n, rater] of raters.entries()) {
      const { link } = await this.teller.give(`${path}/pulse-raters/${rater}/link`);
      const token = (link as string).split('#')[1]!;
      await this.teller.give('/goals/v1/answers/open', { token }, { key: rater });
      const body = { token, answers: [{ theme, values: [values[n]] }] };
      // Whoever does not know whether it arrived sends it again.
      await this.teller.give('/goals/v1/answers', body, { key: rater, isDone: /:already-answered$/ });
    }
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
