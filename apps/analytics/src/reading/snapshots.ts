import type { Clock } from '@cairn/http';
import { useBuilds } from '@cairn/projections';
import type { ClientBase, Pool, PoolClient } from 'pg';
import { momentOf } from '../reports/as-of/moment.js';
import { Histories } from './histories.js';
import { headingOf, type AsOf, type Kept, type Snapshot } from './snapshot.js';

/** Hands out the database as it stands, each request its own: what one answer says comes from one state. */
export class Snapshots {
  private readonly histories = new Histories();

  /**
   * @param keptIn how far the projections have come, in the transaction of the client
   * @param isAside whether events of the tenant are put aside, and so not among what is kept
   */
  constructor(
    private readonly pool: Pool,
    private readonly clock: Clock,
    private readonly keptIn: (client: Pick<ClientBase, 'query'>) => Promise<Kept>,
    private readonly isAside: (client: Pick<ClientBase, 'query'>, tenantId: string) => Promise<boolean>,
  ) {}

  /** Does `work` for a tenant, from the moment that is asked for. */
  read<T>(tenantId: string, asOf: AsOf, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    return this.inOneState(async (client) => {
      const kept = await this.keptIn(client);
      await useBuilds(client, kept.builds);
      const now = this.clock.now();
      return work({
        client,
        kept,
        history: (of, programId) => this.histories.of(client, kept.builds, of, programId),
        now: momentOf(now.getTime(), 'occurredAt'),
        ...headingOf(asOf, kept, await this.isAside(client, tenantId), now),
      });
    });
  }

  /** How far all that is kept has come. */
  kept(): Promise<Kept> {
    return this.inOneState((client) => this.keptIn(client));
  }

  /** Does `work` in one REPEATABLE READ transaction. */
  private async inOneState<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((failed: Error) => (broken = failed));
      throw error;
    } finally {
      client.release(broken);
    }
  }
}
