import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchIssuer } from '../services/issuer.js';
import type { WatchedProgram } from '../services/watched-program.js';

/** What does not show for so long counts as lost. */
const PATIENCE = 60_000;
const HOUR = 3_600_000;

export interface Probed {
  /** Of each check-in, ms from its acknowledgement to HR's first answer that shows it. */
  readonly waits: readonly number[];
  readonly errors: number;
}

/** The coachees of a programme, who check in one after another, and HR, who asks until each check-in shows. */
export class Probe {
  private said: number;

  private constructor(
    private readonly program: WatchedProgram,
    private readonly coachees: readonly string[],
    private readonly hr: string,
    private readonly goalsPort: number,
  ) {
    this.said = program.checkIns;
  }

  static async of(program: WatchedProgram, issuer: BenchIssuer, goalsPort: number): Promise<Probe> {
    const { tenantId, goals } = program;
    const coachees = goals.map(({ personId }) =>
      issuer.sign({ tenantId, subject: personId, roles: ['coachee'], personId }),
    );
    const hr = await issuer.sign({ tenantId, subject: 'bench', roles: ['hr'] });
    return new Probe(program, await Promise.all(coachees), hr, goalsPort);
  }

  /**
   * Checks in, and answers when that shows.
   * @throws Error where it is refused, or does not show
   */
  async once(analyticsPort: number): Promise<number> {
    await this.checkIn();
    const acknowledged = performance.now();
    this.said += 1;
    while ((await this.shown(analyticsPort)) < this.said)
      if (performance.now() > acknowledged + PATIENCE)
        throw new Error(`a check-in does not show after ${PATIENCE / 1000} s`);
    return performance.now() - acknowledged;
  }

  /** Waits until HR sees what is said now of each goal: they are spread over the bus's partitions. */
  async caughtUp(analyticsPort: number): Promise<void> {
    for (const _ of this.coachees) await this.once(analyticsPort);
  }

  /** Check-ins for as long as something else takes, at no fixed distance, so that they meet no rhythm of what they measure. */
  async during<T>(
    other: Promise<T>,
    analyticsPort: number,
    failed: (error: Error) => void,
  ): Promise<[T, Probed]> {
    const waits: number[] = [];
    let errors = 0;
    const over = new AbortController();
    const probing = async () => {
      while (!over.signal.aborted) {
        try {
          waits.push(await this.once(analyticsPort));
        } catch (error) {
          errors += 1;
          failed(error as Error);
        }
        await delay(50 + Math.random() * 100);
      }
    };
    const [result] = await Promise.all([other.finally(() => over.abort()), probing()]);
    return [result, { waits, errors }];
  }

  private async checkIn(): Promise<void> {
    const turn = this.said % this.coachees.length;
    const url = `http://127.0.0.1:${this.goalsPort}/goals/v1/goals/${this.program.goals[turn]!.goalId}/check-ins`;
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.coachees[turn]}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify({ movement: 'forward' }),
    });
    const body = await response.text();
    if (!response.ok) throw new Error(`a check-in was refused: ${body}`);
  }

  /** How many check-ins HR sees. As of later: without asOf a report stands at the last watermark, which comes every 2 s. */
  private async shown(analyticsPort: number): Promise<number> {
    const asOf = new Date(Date.now() + HOUR).toISOString();
    const response = await fetch(
      `http://127.0.0.1:${analyticsPort}/analytics/v1/programs/${this.program.programId}/between-sessions?asOf=${asOf}`,
      { headers: { authorization: `Bearer ${this.hr}` } },
    );
    const body = await response.text();
    // Projections that have just begun do not know the programme yet.
    if (response.status === 404) return 0;
    if (!response.ok) throw new Error(`HR got no answer: ${body}`);
    const { items } = JSON.parse(body) as { items: readonly { movement: { forward: number } }[] };
    return items.reduce((sum, { movement }) => sum + movement.forward, 0);
  }
}
