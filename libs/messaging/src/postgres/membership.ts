import type { Client } from 'pg';
import type { TopicPartition } from '../port.js';

/** The first key of the advisory lock that each member's session holds for as long as it lives. */
const MEMBER_LOCK = 720_453;
/** A member that is paused, though still connected, loses its partitions after this time. */
const LEASE = `interval '8 seconds'`;

/**
 * One member of a group on its own session. A member whose session is gone is replaced at the next beat of any other
 * one; one that is merely silent, when its lease has run out. Two owners may overlap for a moment: the checkpoint in the
 * consumer's database, not this, is what keeps them apart.
 */
export class Membership {
  private constructor(
    private readonly session: Client,
    private readonly group: string,
    private readonly id: string,
  ) {}

  static async join(session: Client, group: string): Promise<Membership> {
    const { rows } = await session.query<{ id: string }>(
      `INSERT INTO bus.members (group_name, expires_at) VALUES ($1, now() + ${LEASE}) RETURNING id`,
      [group],
    );
    const id = rows[0]!.id;
    await session.query('SELECT pg_advisory_lock($1, $2)', [MEMBER_LOCK, Number(id)]);
    await session.query(`SELECT pg_notify('cairn_bus', $1)`, [group]);
    return new Membership(session, group, id);
  }

  /**
   * Renews the lease, gives back what now belongs to others, takes what belongs to this member and is free. After a fault
   * the session is of no use any more: its transaction ends with it.
   * @param all every partition of the group's topics, in one fixed order
   * @param busy those in hand, which are given back only when they are no longer
   * @returns the partitions owned now, or undefined when this member was expelled and has to join again
   */
  async beat(
    all: readonly TopicPartition[],
    busy: (partition: TopicPartition) => boolean,
  ): Promise<TopicPartition[] | undefined> {
    // The others wait for one that stands still in the middle of this; its session is ended then.
    await this.session.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = '5s'`);
    const owned = await this.divide(all, busy);
    await this.session.query('COMMIT');
    return owned;
  }

  private async divide(
    all: readonly TopicPartition[],
    busy: (partition: TopicPartition) => boolean,
  ): Promise<TopicPartition[] | undefined> {
    const { session, group, id } = this;
    await session.query(`SELECT pg_advisory_xact_lock(hashtextextended('cairn_bus ' || $1, 0))`, [group]);
    const renewed = await session.query(
      `UPDATE bus.members SET expires_at = now() + ${LEASE} WHERE id = $1`,
      [id],
    );
    if (renewed.rowCount === 0) return undefined;
    await session.query(
      `DELETE FROM bus.members
        WHERE group_name = $1 AND id <> $2
          AND (expires_at < now() OR pg_try_advisory_xact_lock($3, id::int))`,
      [group, id, MEMBER_LOCK],
    );
    const { rows: members } = await session.query<{ id: string }>(
      'SELECT id FROM bus.members WHERE group_name = $1 ORDER BY id',
      [group],
    );
    const place = members.findIndex((member) => member.id === id);
    const mine = all.filter((_, index) => index % members.length === place);
    const given = await session.query(
      `DELETE FROM bus.owners o WHERE o.member = $1 AND NOT EXISTS
         (SELECT FROM unnest($2::text[], $3::int[]) AS keep (t, p) WHERE keep.t = o.topic AND keep.p = o.partition)`,
      [id, ...columns([...mine, ...all.filter(busy)])],
    );
    await session.query(
      `INSERT INTO bus.owners (group_name, topic, partition, member)
       SELECT $1, t, p, $2 FROM unnest($3::text[], $4::int[]) AS wanted (t, p)
       ON CONFLICT (group_name, topic, partition) DO NOTHING`,
      [group, id, ...columns(mine)],
    );
    if ((given.rowCount ?? 0) > 0) await session.query(`SELECT pg_notify('cairn_bus', $1)`, [group]);
    const { rows: owned } = await session.query<TopicPartition>(
      `SELECT o.topic, o.partition FROM bus.owners o
        WHERE o.member = $1 AND EXISTS
          (SELECT FROM unnest($2::text[], $3::int[]) AS mine (t, p) WHERE mine.t = o.topic AND mine.p = o.partition)`,
      [id, ...columns(mine)],
    );
    return owned;
  }

  async leave(): Promise<void> {
    await this.session.query('DELETE FROM bus.members WHERE id = $1', [this.id]);
    await this.session.query(`SELECT pg_notify('cairn_bus', $1)`, [this.group]);
  }
}

const columns = (partitions: readonly TopicPartition[]): [string[], number[]] => [
  partitions.map(({ topic }) => topic),
  partitions.map(({ partition }) => partition),
];
