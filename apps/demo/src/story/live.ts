import type { Client, Command, Json } from '../api/client.js';
import { hoursAfter, type Instant } from '../days.js';
import { engagementWith } from '../engagements.js';
import { answerPulses, assess, nameRaters } from './raters.js';
import type { Moment, Step } from './steps.js';

/** Everything that a step needs to be told to Cairn: whose it is, and the ids that earlier steps were answered with. */
export class Life {
  private readonly sessions = new Map<number, string>();
  private readonly goals = new Map<number, string>();
  private readonly practices = new Map<string, string>();
  private readonly assessments = new Map<Moment, string>();
  private raterIds: readonly string[] = [];
  private coachId: string;
  private engagementId: string;

  constructor(
    private readonly client: Client,
    readonly of: {
      readonly reference: string;
      readonly name: string;
      readonly personId: string;
      readonly coachId: string;
      readonly enrollmentId: string;
      readonly engagementId: string;
      readonly zone: string;
      /** Those of the team who are asked in assessments and pulses. */
      readonly team: readonly string[];
    },
  ) {
    this.coachId = of.coachId;
    this.engagementId = of.engagementId;
  }

  /** Tells one step. Its label makes the idempotency key: told again, it is answered again. */
  async tell(step: Step): Promise<void> {
    const { at } = step;
    const { enrollmentId, zone, team } = this.of;
    const { engagementId } = this;
    const give = (
      label: string,
      path: string,
      by: 'coachee' | 'coach' | 'program-admin' | 'hr',
      body?: unknown,
    ) => this.give(label, path, this.as(by), at, body);
    const inSession = (n: number, action: string, by: Parameters<typeof give>[2], body?: unknown) =>
      give(
        `session ${n} ${action} by ${by}`,
        `/sessions/v1/sessions/${this.sessions.get(n)}/${action}`,
        by,
        body,
      );
    const onGoal = (g: number, action: string, by: 'coachee' | 'coach', body?: unknown, more = '') =>
      give(`goal ${g} ${action} by ${by}${more}`, `/goals/v1/goals/${this.goals.get(g)}/${action}`, by, body);

    switch (step.kind) {
      case 'book-series': {
        const body = { startsAt: step.startsAt, zone, durationMinutes: 60, count: step.count };
        const report = await give(
          'series',
          `/sessions/v1/engagements/${engagementId}/series`,
          'coachee',
          body,
        );
        for (const entry of report.sessions)
          if (entry.booked) this.sessions.set(entry.n - 1, entry.sessionId);
        return;
      }
      case 'book': {
        const body = { startsAt: step.startsAt, zone, durationMinutes: 60 };
        const booked = await give(
          `book ${step.n}`,
          `/sessions/v1/engagements/${engagementId}/sessions`,
          'coachee',
          body,
        );
        this.sessions.set(step.n, booked.sessionId);
        return;
      }
      case 'move':
        return inSession(step.n, 'reschedule', step.by, { startsAt: step.startsAt, zone });
      case 'cancel':
        return inSession(step.n, 'cancel', step.by);
      case 'confirm':
        return inSession(step.n, 'confirm', step.by);
      case 'no-show':
        return inSession(step.n, 'no-show', step.party === 'coachee' ? 'coach' : 'coachee');
      case 'dispute':
        return inSession(step.n, 'dispute', 'coachee', { reason: 'i-was-there' });
      case 'correct':
        return inSession(step.n, 'correct', 'program-admin', { to: 'completed', reason: 'both-were-there' });
      case 'rate': {
        const { useful, relationship, progress } = step;
        return inSession(step.n, 'rating', 'coachee', { useful, relationship, progress });
      }
      case 'themes':
        return inSession(step.n, 'themes', 'coach', { themes: step.themes });
      case 'note':
        return inSession(step.n, 'notes', step.by, { text: step.text });
      case 'pause': {
        await give('pause', `/enrollment/v1/enrollments/${enrollmentId}/pause`, 'coachee', {
          reason: 'parental-leave',
        });
        return this.untilEngagement('be paused', async ({ state }) => {
          if (state !== 'running') return true;
          // Told again after the pause is over, nothing is left to wait for.
          const enrollment = await this.client.get(`/enrollment/v1/enrollments/${enrollmentId}`);
          return enrollment.status !== 'paused';
        });
      }
      case 'resume': {
        await give('resume', `/enrollment/v1/enrollments/${enrollmentId}/resume`, 'coachee');
        return this.untilEngagement('go on', ({ state }) => state !== 'paused');
      }
      case 'propose': {
        const { theme, targetDate } = step;
        const body = { theme, targetDate, weight: 1, text: 'A goal in the words of coachee and coach.' };
        const goal = await give(
          `goal ${step.g}`,
          `/goals/v1/engagements/${engagementId}/goals`,
          'coachee',
          body,
        );
        this.goals.set(step.g, goal.goalId);
        return;
      }
      case 'agree':
        return onGoal(step.g, 'agree', 'coach');
      case 'scale': {
        const levels = ['much less', 'less', 'as expected', 'more', 'much more'];
        return onGoal(step.g, 'scale', 'coach', { levels, baselineLevel: step.baseline });
      }
      case 'practise': {
        const body = { dueOn: step.dueOn, text: 'Something to try out at work.' };
        const made = await onGoal(step.g, 'practices', 'coachee', body, ` ${step.p}`);
        this.practices.set(`${step.g} ${step.p}`, made.practiceId);
        return;
      }
      case 'report':
        return onGoal(step.g, `practices/${this.practices.get(`${step.g} ${step.p}`)}/report`, 'coachee', {
          done: step.done,
        });
      case 'check-in':
        return onGoal(step.g, 'check-ins', 'coachee', { movement: step.movement }, ` ${at}`);
      case 'score':
        return onGoal(step.g, 'score', step.by, { level: step.level, moment: 'closing' });
      case 'close':
        return onGoal(step.g, 'close', 'coachee', { outcome: step.outcome });
      case 'recommend':
        return give('recommends', `/enrollment/v1/enrollments/${enrollmentId}/feedback`, 'coachee', {
          moment: 'third-session',
          recommend: step.recommend,
        });
      case 'warning':
        return this.untilWarned();
      case 'fit':
        return give('fit', `/enrollment/v1/enrollments/${enrollmentId}/match/fit`, 'coachee', {
          signal: step.signal,
        });
      case 'rematch':
        return this.rematch(at);
      case 'name-raters': {
        const of = { engagementId, coachee: this.as('coachee'), team };
        this.raterIds = await nameRaters(this.give, of, at);
        return;
      }
      case 'pulse':
        return answerPulses(this.client, this.give, { engagementId, raterIds: this.raterIds }, step);
      case 'assess': {
        const of = { enrollmentId, coachee: this.as('coachee'), team };
        this.assessments.set(step.moment, await assess(this.client, this.give, of, step));
        return;
      }
      case 'release': {
        const path = `/enrollment/v1/assessments/${this.assessments.get(step.moment)}`;
        await give(`${step.moment} closed`, `${path}/close`, 'hr');
        return give(`${step.moment} released`, `${path}/release`, 'hr');
      }
    }
  }

  private readonly give = (
    label: string,
    path: string,
    as: string,
    at: Instant | undefined,
    body?: unknown,
  ): Promise<Json> =>
    this.client.give({
      path,
      body,
      label: `${this.of.reference} ${label}`,
      ...(at === undefined ? {} : { at }),
      ...(as === 'integration' ? {} : { as }),
    } satisfies Command);

  private as(by: 'coachee' | 'coach' | 'program-admin' | 'hr'): string {
    if (by === 'coach') return `coach:${this.coachId}`;
    return by === 'coachee' ? `coachee:${this.of.personId}` : by;
  }

  /** The early warning comes by events: HR sees it before anybody asks for another coach. */
  private async untilWarned(): Promise<void> {
    await this.client.until(
      `the early warning of the match of ${this.of.name}`,
      `/enrollment/v1/enrollments/${this.of.enrollmentId}/match`,
      // Told again after the rematch, there is nothing left to wait for.
      ({ kind, risks }) => kind === 'rematch' || risks.length > 0,
    );
  }

  /** The coachee asks for another coach, HR finds three, the coachee chooses the first, who accepts. */
  private async rematch(at: Instant): Promise<void> {
    const { enrollmentId, name } = this.of;
    const inMatch = (action: string, as: string, hours: number, body?: unknown) =>
      this.give(
        action,
        `/enrollment/v1/enrollments/${enrollmentId}/match/${action}`,
        as,
        hoursAfter(at, hours),
        body,
      );
    await inMatch('rematch', this.as('coachee'), 0, { reason: 'fit' });
    const { shortlist } = await inMatch('shortlist', 'hr', 2);
    const { coachId } = shortlist[0];
    await inMatch('propose', this.as('coachee'), 23, { coachId, handover: true });
    await inMatch('accept', `coach:${coachId}`, 24);
    this.coachId = coachId;
    this.engagementId = await engagementWith(this.client, { name, enrollmentId, coachId });
  }

  /** What enrolment decides reaches sessions by an event: the next step waits for it. */
  private async untilEngagement(
    what: string,
    holds: (engagement: Json) => boolean | Promise<boolean>,
  ): Promise<void> {
    const path = `/sessions/v1/engagements/${this.engagementId}`;
    await this.client.until(`the engagement of ${this.of.reference} to ${what}`, path, holds, 'integration');
  }
}
