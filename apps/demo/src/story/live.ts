import type { Client, Command, Json } from '../api/client.js';
import type { Step } from './steps.js';

/** Everything that a step needs to be told to Cairn: whose it is, and the ids that earlier steps were answered with. */
export class Life {
  private readonly sessions = new Map<number, string>();
  private readonly goals = new Map<number, string>();
  private readonly practices = new Map<string, string>();

  constructor(
    private readonly client: Client,
    readonly of: {
      readonly reference: string;
      readonly personId: string;
      readonly coachId: string;
      readonly enrollmentId: string;
      readonly engagementId: string;
      readonly zone: string;
    },
  ) {}

  /** Tells one step. Its label makes the idempotency key: told again, it is answered again. */
  async tell(step: Step): Promise<void> {
    const { at } = step;
    const { enrollmentId, engagementId, zone } = this.of;
    const give = (
      label: string,
      path: string,
      by: 'coachee' | 'coach' | 'program-admin',
      body?: unknown,
    ): Promise<Json> =>
      this.client.give({
        path,
        body,
        at,
        as: this.as(by),
        label: `${this.of.reference} ${label}`,
      } satisfies Command);
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
    }
  }

  private as(by: 'coachee' | 'coach' | 'program-admin'): string {
    if (by === 'program-admin') return by;
    return by === 'coach' ? `coach:${this.of.coachId}` : `coachee:${this.of.personId}`;
  }

  /** What enrolment decides reaches sessions by an event: the next step waits for it. */
  private async untilEngagement(
    what: string,
    holds: (engagement: Json) => boolean | Promise<boolean>,
  ): Promise<void> {
    const path = `/sessions/v1/engagements/${this.of.engagementId}`;
    await this.client.until(`the engagement of ${this.of.reference} to ${what}`, path, holds, 'integration');
  }
}
