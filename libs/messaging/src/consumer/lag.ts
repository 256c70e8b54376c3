import type { Pool } from 'pg';
import { gauge, type FlowStatus } from '@cairn/telemetry';
import { ConsumerStopped } from '../faults.js';
import { partitionKey, type Bus, type TopicState } from '../port.js';
import { Standstill, STUCK_MS } from '../standstill.js';
import { sourcesOf, WATERMARKS } from '../topics.js';
import { freshness, type SourceFreshness } from '../watermarks.js';
import { readCheckpoints, type Checkpoint } from './checkpoints.js';
import { verifyAll } from './start.js';

/** How far a group is behind, by offsets and by its sources' watermarks. */
export class Lag {
  private readonly still = new Standstill();
  private behind = 0;
  /** Topics that were handled and are not there, since when. */
  private readonly gone = new Map<string, number>();
  private readonly sources: readonly string[];

  constructor(
    private readonly bus: Pick<Bus, 'describe'>,
    private readonly pool: Pool,
    private readonly group: string,
    private readonly topics: readonly string[],
    private readonly began: Date,
  ) {
    this.sources = sourcesOf(topics);
  }

  /**
   * Looks anew, and checks on the way that the topics are still those that the checkpoints were made for.
   * @throws ConsumerStopped
   */
  async look(now: Date): Promise<void> {
    const checkpoints = (await readCheckpoints(this.pool, this.group)).filter(({ topic }) =>
      this.topics.includes(topic),
    );
    const states = await this.bus.describe(this.topics);
    verifyAll(this.group, checkpoints, states);
    this.noteGone(checkpoints, states, now.getTime());
    const waiting = new Map<string, number>();
    this.behind = 0;
    for (const checkpoint of checkpoints) {
      const high = states.get(checkpoint.topic)?.partitions[checkpoint.partition]?.high;
      const offset = checkpoint.offset ?? -1;
      const behind = high === undefined ? 0 : high - 1 - offset;
      if (behind <= 0) continue;
      waiting.set(partitionKey(checkpoint), offset);
      this.behind += behind;
    }
    this.still.look(now.getTime(), waiting);
    gauge('cairn_consumer_lag_messages', 'Messages not handled yet', ['group']).set(
      { group: this.group },
      this.behind,
    );
    const age = gauge('cairn_watermark_age_seconds', 'Age of the newest watermark handled as a whole', [
      'group',
      'source',
    ]);
    for (const { source, ageSeconds } of await this.freshness(now))
      age.set({ group: this.group, source }, ageSeconds);
  }

  /** For a moment a topic may not be to be seen; one that stays away was deleted, or its cluster replaced. */
  private noteGone(
    checkpoints: readonly Checkpoint[],
    states: ReadonlyMap<string, TopicState>,
    now: number,
  ): void {
    // Without watermarks nothing is skipped: everything only looks older than it is.
    const handled = checkpoints.filter(({ topic, offset = -1 }) => offset >= 0 && topic !== WATERMARKS.name);
    for (const topic of new Set(handled.map((each) => each.topic))) {
      const since = this.gone.get(topic) ?? now;
      if (states.has(topic)) this.gone.delete(topic);
      else if (now - since <= STUCK_MS) this.gone.set(topic, since);
      else throw new ConsumerStopped('topic-changed', this.group, `topic ${topic} is not there any more`);
    }
  }

  /** For `/health/flow`. `faults` are what is being retried, in words. */
  async status(now: Date, stopped: boolean, faults: readonly string[]): Promise<FlowStatus> {
    const sources = await this.freshness(now);
    const stuckMs = this.still.lasts(now.getTime());
    const stale = sources.filter(({ ageSeconds }) => ageSeconds * 1000 > STUCK_MS);
    const { rows } = await this.pool.query<{ poison: number; held: number }>(
      `SELECT count(*) FILTER (WHERE kind = 'poison')::int AS poison, count(*) FILTER (WHERE kind = 'held')::int AS held
         FROM bus_in.dead_letters WHERE group_name = $1 AND settled_at IS NULL`,
      [this.group],
    );
    return {
      name: `consumer ${this.group}`,
      healthy: !stopped && stuckMs <= STUCK_MS && stale.length === 0,
      detail: {
        behind: this.behind,
        stuckSeconds: Math.round(stuckMs / 1000),
        sources: sources.map(({ source, covered, ageSeconds }) => ({
          source,
          covered: covered?.toISOString() ?? null,
          ageSeconds: Math.round(ageSeconds),
        })),
        deadLetters: rows[0]!.poison,
        held: rows[0]!.held,
        faults,
      },
    };
  }

  /** Of every source, also one that has said nothing yet: that one is as old as this process. */
  private async freshness(now: Date): Promise<SourceFreshness[]> {
    const known = await freshness(this.pool, this.group, now);
    return this.sources.map((source): SourceFreshness => {
      const of = known.find((each) => each.source === source);
      const sinceStart = (now.getTime() - this.began.getTime()) / 1000;
      return of?.covered ? of : { source, covered: undefined, ageSeconds: sinceStart };
    });
  }
}
