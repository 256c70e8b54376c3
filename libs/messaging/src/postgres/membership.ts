import type { Client } from 'pg';
import type { TopicPartition } from '../port.js';

/** The first key of the advisory lock that each member's session holds for as long as it lives. */
const MEMBER_LOCK = 720_453;
/** A member that is paused, though still connected, loses its partitions after this time. */
const LEASE = '8 seconds';

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
      `INSERT INTO bus.members (group_name, expires_at) VALUES ($1, now() + $2::interval) RETURNING id`,
      [group, LEASE],
    );
    const id = rows[0]!.id;
    await session.query('SELECT pg_advisory_lock($1, $2)', [MEMBER_LOCK, Number(id)]);
    await session.query(`SELECT pg_notify('cairn_bus', $1)`, [group]);
    return new Membership(session, group, id);
  }

  /**
   * Renews the lease, gives back what now belongs to others, takes what belongs to this member and is free.
   * @param all every partition of the group's topics, in one fixed order
   * @param busy those in hand, which are given back only when they are no longer
   * @returns the partitions owned now, or undefined when this member was expelled and has to join again
   */
  async beat(
    all: readonly TopicPartition[],
    busy: (partition: TopicPartition) => boolean,
  ): Promise<TopicPartition[] | undefined> {
    const { rows } = await this.session.query<{ owned: TopicPartition[] | null }>({
      name: 'bus.beat',
      text: 'SELECT bus.beat($1, $2, $3, $4, $5, $6, $7) AS owned',
      values: [
        this.group,
        this.id,
        MEMBER_LOCK,
        LEASE,
        all.map(({ topic }) => topic),
        all.map(({ partition }) => partition),
        all.map(busy),
      ],
    });
    return rows[0]!.owned ?? undefined;
  }

  async leave(): Promise<void> {
    await this.session.query('DELETE FROM bus.members WHERE id = $1', [this.id]);
    await this.session.query(`SELECT pg_notify('cairn_bus', $1)`, [this.group]);
  }
}
