import { RefusedError, type DomainEvent } from '@cairn/decider';
import { appendOf, loadStream, newId, untilFirst, type AppendRequest } from '@cairn/event-store';
import { transact, type TransactionalLog } from '@cairn/event-store/postgres';
import type { Clock } from '@cairn/http';
import { hashOfLinkToken } from '@cairn/identity';
import type { Pool, PoolClient } from 'pg';
import type { GoalHandler } from '../goal/goal.handler.js';
import { engagementOf, standsUnder } from '../knowledge/known.js';
import { ENOUGH, taken } from './batch.js';
import type { MarkOf } from './marks.js';
import { pulseDecider } from './pulse.decider.js';
import { answersNotAsked, noSuchLink } from './pulse.errors.js';
import type { PulseEvent, PulseItem } from './pulse.events.js';
import { pulseStream } from './pulse.handler.js';
import {
  approvedBy,
  askedNow,
  byToken,
  isFirstUse,
  lockByToken,
  notAsked,
  pulsesOf,
  type PulseRow,
  type Rater,
} from './pulse.rows.js';
import { pulseEventOf } from './pulse.upcasters.js';
import { TEAM, TEAM_ITEMS } from './questions.js';

export interface Given {
  readonly theme: string;
  readonly values: readonly number[];
}

/** What one link asks under one heading. */
export interface Question {
  readonly heading: string;
  readonly items: readonly PulseItem[];
  /** On whose stream a batch is released that is completed by the answer. */
  readonly pulse: PulseRow;
}

/** A pulse, and how many are asked by now. */
export type AskedPulse = PulseRow & { readonly raters: number };

/** Answering by a link: no command, so that nothing is kept of it beside the answers' own table. */
export class Answering {
  constructor(
    private readonly pool: Pool,
    private readonly store: TransactionalLog,
    private readonly goals: GoalHandler,
    private readonly clock: Clock,
    private readonly markOf: MarkOf,
  ) {}

  /** What a link asks. @throws RefusedError 404 alike for every link that leads nowhere */
  async open(token: string): Promise<readonly Question[]> {
    const rater = await byToken(this.pool, hashOfLinkToken(token));
    return this.questionsFor(this.pool, rater);
  }

  /**
   * Takes the answers, once, and releases what is complete with them, in one transaction. Whoever sends some again hears
   * what they heard at first: by no link can be found out whether it was used. @throws RefusedError
   */
  answer(token: string, given: readonly Given[]): Promise<void> {
    return untilFirst(async () => {
      await transact(this.pool, this.store, async (client) => {
        const rater = await lockByToken(client, hashOfLinkToken(token));
        const questions = await this.questionsFor(client, rater);
        const { raterId, tenantId, engagementId, sessionId } = rater!;
        const answers = allOf(questions, given);
        if (!(await isFirstUse(client, rater!, this.markOf(raterId, sessionId!)))) return [];
        const appends = new Map<string, PulseEvent[]>();
        for (const { question, item, value } of answers) {
          const theme = question.heading === TEAM ? '' : question.heading;
          const mark = this.markOf(raterId, `${item} ${theme}`);
          const released = await take(client, { tenantId, engagementId, item, theme }, mark, value);
          const event = await this.released(tenantId, question.pulse, item, released);
          if (event === undefined) continue;
          const { raters, mean } = event.data;
          await client.query(
            `INSERT INTO pulse_results (tenant_id, engagement_id, item, theme, raters, mean, released_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (engagement_id, item, theme)
             DO UPDATE SET raters = excluded.raters, mean = excluded.mean, released_at = excluded.released_at`,
            [tenantId, engagementId, item, theme, raters, mean, event.occurredAt],
          );
          const { pulseId } = question.pulse;
          appends.set(pulseId, [...(appends.get(pulseId) ?? []), event]);
        }
        return this.appended(tenantId, appends);
      });
    });
  }

  /** @throws RefusedError */
  private async questionsFor(
    client: Pool | PoolClient,
    rater: Rater | undefined,
  ): Promise<readonly Question[]> {
    if (rater === undefined || rater.sessionId === null || notAsked(rater, this.clock.now().toISOString()))
      throw new RefusedError(noSuchLink());
    const { tenantId, engagementId, sessionId, personId } = rater;
    const pulses = await this.asked(client, tenantId, engagementId);
    if (pulses[0]?.sessionId !== sessionId) throw new RefusedError(noSuchLink());
    const { refs } = await engagementOf(client, tenantId, engagementId);
    const themes = [...new Map(pulses.map((pulse) => [pulse.theme, pulse])).values()];
    const reports = personId !== null && (await standsUnder(client, tenantId, personId, refs.personId));
    return [
      ...themes.map((pulse) => ({ heading: pulse.theme, items: ['theme-behaviour'] as const, pulse })),
      ...(reports ? [{ heading: TEAM, items: TEAM_ITEMS, pulse: pulses[0] }] : []),
    ];
  }

  /** The pulses that are asked now, of goals that are open in an engagement that goes on, of raters who are enough. */
  async asked(client: Pool | PoolClient, tenantId: string, engagementId: string): Promise<AskedPulse[]> {
    const now = this.clock.now().toISOString();
    const { zone, overAt } = await engagementOf(client, tenantId, engagementId);
    if (overAt !== null && overAt <= now) return [];
    const raters = await approvedBy(client, engagementId, now);
    if (raters < ENOUGH) return [];
    const open: AskedPulse[] = [];
    for (const pulse of askedNow(await pulsesOf(client, tenantId, engagementId), now, zone)) {
      const { goal } = await this.goals.read(tenantId, pulse.goalId);
      if (goal.status === 'agreed' || goal.status === 'inProgress') open.push({ ...pulse, raters });
    }
    return open;
  }

  private async released(
    tenantId: string,
    { pulseId, theme }: PulseRow,
    item: PulseItem,
    answers: readonly number[],
  ) {
    const { state } = await this.load(tenantId, pulseId);
    const at = this.clock.now().toISOString();
    const decision = pulseDecider.decide({ kind: 'release', at, theme, item, answers }, state);
    if (!decision.ok) throw new RefusedError(decision.refusal);
    const event = decision.events[0];
    return event?.type === 'PulsesReleased' ? event : undefined;
  }

  /** Told by nobody: what completes a batch is no act of one rater. */
  private async appended(
    tenantId: string,
    released: ReadonlyMap<string, readonly DomainEvent[]>,
  ): Promise<AppendRequest[]> {
    const appends: AppendRequest[] = [];
    for (const [pulseId, events] of released) {
      const commandId = newId();
      const actor = { subject: 'pulses', role: 'system' } as const;
      const { version } = await this.load(tenantId, pulseId);
      const origin = { commandId, correlationId: commandId, tenantId, actor };
      appends.push(appendOf(origin, pulseStream(pulseId), version, events));
    }
    return appends;
  }

  private load(tenantId: string, pulseId: string) {
    return loadStream(this.store, pulseStream(pulseId), { tenantId }, pulseDecider, pulseEventOf);
  }
}

interface OneAnswer {
  readonly question: Question;
  readonly item: PulseItem;
  readonly value: number;
}

/** @throws RefusedError where something is left out, or was not asked */
function allOf(questions: readonly Question[], given: readonly Given[]): OneAnswer[] {
  if (given.length !== questions.length)
    throw new RefusedError(answersNotAsked('/answers', `must have ${questions.length} entries`));
  return questions.flatMap((question) => {
    const { heading, items } = question;
    const values = given.find(({ theme }) => theme === heading)?.values ?? [];
    if (values.length !== items.length)
      throw new RefusedError(
        answersNotAsked('/answers', `must have ${items.length} values for "${heading}"`),
      );
    return items.map((item, index) => ({ question, item, value: values[index]! }));
  });
}

interface Key {
  readonly tenantId: string;
  readonly engagementId: string;
  readonly item: PulseItem;
  readonly theme: string;
}

/**
 * Takes one answer into its batch; the caller holds the engagement's raters. Both lists are written anew each time, each
 * in an order of chance: neither the place of a row nor the transaction that wrote it ties an answer to its rater.
 */
async function take(
  client: PoolClient,
  { tenantId, engagementId, item, theme }: Key,
  mark: string,
  value: number,
): Promise<readonly number[]> {
  const key = [engagementId, item, theme];
  const gone = 'WHERE engagement_id = $1 AND item = $2 AND theme = $3 RETURNING';
  const answers = await client.query<{ value: number }>(`DELETE FROM pulse_answers ${gone} value`, key);
  const marks = await client.query<{ mark: string }>(`DELETE FROM pulse_answered ${gone} mark`, key);
  const before = { raters: marks.rows.map((row) => row.mark), answers: answers.rows.map((row) => row.value) };
  const { waiting, released } = taken(before, mark, value);
  await client.query(
    `INSERT INTO pulse_answers (tenant_id, engagement_id, item, theme, value)
     SELECT $4, $1, $2, $3, value FROM unnest($5::int[]) AS value ORDER BY random()`,
    [...key, tenantId, waiting.answers],
  );
  await client.query(
    `INSERT INTO pulse_answered (tenant_id, engagement_id, item, theme, mark)
     SELECT $4, $1, $2, $3, mark FROM unnest($5::text[]) AS mark ORDER BY random()`,
    [...key, tenantId, waiting.raters],
  );
  return released;
}
