import { fold, RefusedError } from '@cairn/decider';
import {
  appendOf,
  derivedId,
  loadStream,
  timeIn,
  untilFirst,
  type Loaded,
  type Origin,
} from '@cairn/event-store';
import { transact, type TransactionalLog } from '@cairn/event-store/postgres';
import { requireVersion } from '@cairn/http';
import type { PrivateText } from '@cairn/private-text';
import type { Pool } from 'pg';
import { dayOf } from '../day.js';
import { engagementOf, themesOf, type EngagementRefs, type KnownEngagement } from '../knowledge/known.js';
import type { GoalCommand } from './goal.commands.js';
import { goalDecider, type GoalState, type KnownGoal } from './goal.decider.js';
import {
  dayOutOfReach,
  engagementIsOver,
  noSuchGoal,
  themesNotYetKnown,
  unknownTheme,
} from './goal.errors.js';
import type { GoalTerms, Party } from './goal.events.js';
import { goalEventOf } from './goal.upcasters.js';

export const goalStream = (goalId: string): string => `goal-${goalId}`;

export interface GoalNow {
  readonly goal: KnownGoal;
  /** Of its stream: its ETag. */
  readonly version: number;
}

type Untimed<C> = C extends GoalCommand ? Omit<C, 'at'> : never;
export type GoalOrder = Exclude<Untimed<GoalCommand>, { kind: 'propose' }>;

/** Text that goes with a command: its id is in the command already. It belongs to the coachee. */
export interface Text {
  readonly id: string;
  readonly text: string;
}

export interface RunOptions {
  readonly texts?: readonly Text[];
  /** Refuse unless the goal stands at this version; `*` matches any, and so does undefined unless it is needed. */
  readonly ifMatch?: string | undefined;
  readonly needsIfMatch?: boolean;
}

/** Load → already done? → decide → texts and append in one transaction → again when somebody else was first. */
export class GoalHandler {
  constructor(
    private readonly pool: Pool,
    private readonly store: TransactionalLog,
    private readonly texts: PrivateText,
  ) {}

  /**
   * @param by says as which party of the engagement the goal is proposed
   * @throws RefusedError
   */
  propose(
    origin: Origin,
    engagementId: string,
    by: (engagement: EngagementRefs) => Party,
    { text, ...terms }: GoalTerms & { readonly text: string },
  ): Promise<GoalNow> {
    const goalId = derivedId(origin.commandId, 'goal');
    const textId = derivedId(origin.commandId, 'text');
    return untilFirst(async () => {
      const engagement = await engagementOf(this.pool, origin.tenantId, engagementId);
      const party = by(engagement.refs);
      const loaded = await this.load(origin, goalId);
      if (loaded.done) return now(loaded);
      refuseOnceOver(engagement, origin.at);
      await this.refuseUnknownTheme(origin, engagement, terms.theme, origin.at);
      refuseOutOfReach('targetDate', terms.targetDate, dayOf(origin.at, engagement.zone));
      const refs = { goalId, ...engagement.refs };
      const command: GoalCommand = { kind: 'propose', at: origin.at, refs, by: party, terms, textId };
      return this.decide(origin, command, loaded, [{ id: textId, text }]);
    });
  }

  /** Runs what `order` asks of the goal as it stands. @throws RefusedError */
  run(
    origin: Origin,
    goalId: string,
    order: (goal: KnownGoal) => GoalOrder,
    { texts = [], ifMatch, needsIfMatch = false }: RunOptions = {},
  ): Promise<GoalNow> {
    return untilFirst(async () => {
      const loaded = await this.load(origin, goalId);
      const { goal } = now(loaded);
      const wanted = order(goal);
      if (loaded.done) return now(loaded);
      if (ifMatch !== undefined || needsIfMatch) requireVersion(ifMatch, loaded.version);
      const at = timeIn(origin, goal.lastOccurredAt);
      const engagement = () => engagementOf(this.pool, origin.tenantId, goal.refs.engagementId);
      if (wanted.kind === 'revise' && wanted.terms.theme !== undefined)
        await this.refuseUnknownTheme(origin, await engagement(), wanted.terms.theme, at);
      const targetDate = wanted.kind === 'revise' ? wanted.terms.targetDate : undefined;
      // A day that is overdue meanwhile may be sent along unchanged.
      if (targetDate !== undefined && targetDate !== goal.terms.targetDate)
        refuseOutOfReach('targetDate', targetDate, dayOf(at, (await engagement()).zone));
      if (wanted.kind === 'commit-practice') {
        const known = await engagement();
        refuseOnceOver(known, at);
        refuseOutOfReach('dueOn', wanted.dueOn, dayOf(at, known.zone));
      }
      const command = { ...wanted, at } as GoalCommand;
      return this.decide(origin, command, loaded, texts);
    });
  }

  /** The goal as it stands. @throws RefusedError where there is none in this tenant */
  async read(tenantId: string, goalId: string): Promise<GoalNow> {
    return now(await this.load({ tenantId }, goalId));
  }

  private load(reader: { tenantId: string; commandId?: string }, goalId: string): Promise<Loaded<GoalState>> {
    return loadStream(this.store, goalStream(goalId), reader, goalDecider, goalEventOf);
  }

  private async decide(
    origin: Origin,
    command: GoalCommand,
    loaded: Loaded<GoalState>,
    texts: readonly Text[],
  ): Promise<GoalNow> {
    const decision = goalDecider.decide(command, loaded.state);
    if (!decision.ok) throw new RefusedError(decision.refusal);
    if (decision.events.length === 0) return now(loaded);
    const goal = fold(goalDecider, decision.events, loaded.state) as KnownGoal;
    const { goalId, engagementId, personId } = goal.refs;
    const append = appendOf(origin, goalStream(goalId), loaded.version, decision.events);
    const { tenantId } = origin;
    if (texts.length === 0 && command.kind !== 'propose') {
      await this.store.append(append.stream, append.events, append.expectedVersion);
    } else {
      await transact(this.pool, this.store, async (client) => {
        for (const { id, text } of texts) await this.texts.put(client, { tenantId, personId, id, text });
        if (command.kind === 'propose')
          await client.query(
            `INSERT INTO goals (goal_id, tenant_id, engagement_id, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (goal_id) DO NOTHING`,
            [goalId, tenantId, engagementId, command.at],
          );
        return [append];
      });
    }
    return { goal, version: loaded.version + decision.events.length };
  }

  private async refuseUnknownTheme(
    { tenantId }: Origin,
    { refs, zone }: KnownEngagement,
    theme: string,
    at: string,
  ): Promise<void> {
    const themes = await themesOf(this.pool, tenantId, refs.programId, dayOf(at, zone));
    if (themes === null) throw new RefusedError(themesNotYetKnown());
    if (!themes.includes(theme)) throw new RefusedError(unknownTheme(themes));
  }
}

/** The end may have been told before what happened ahead of it. */
function refuseOnceOver({ overAt }: KnownEngagement, at: string): void {
  if (overAt !== null && at >= overAt) throw new RefusedError(engagementIsOver(overAt));
}

/** @param today the day on which it is said, in the engagement's zone */
function refuseOutOfReach(field: 'targetDate' | 'dueOn', day: string, today: string): void {
  const latest = `${Number(today.slice(0, 4)) + 5}${today.slice(4)}`;
  if (day < today || day > latest) throw new RefusedError(dayOutOfReach(field, today, latest));
}

function now({ state, version }: Loaded<GoalState>): GoalNow {
  if (state.status === 'none') throw new RefusedError(noSuchGoal());
  return { goal: state, version };
}
