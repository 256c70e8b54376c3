import { PROJECTIONS } from '@cairn/analytics/app.module';
import { openPool } from '@cairn/event-store/postgres';
import { schemaOf } from '@cairn/projections';
import { startKafka, startPostgres, type Kafka, type TestPostgres } from '@cairn/testing';
import type { Pool } from 'pg';

/** An empty database of one row's own. */
export interface Database {
  readonly url: string;
  readonly pool: Pool;
  /** Removes it: the next row finds the machine as this one did. */
  drop(): Promise<void>;
}

/** The bench's own servers, each started when the first row asks for it. They end with this process. */
export class Servers {
  private postgres: Promise<TestPostgres> | undefined;
  private broker: Promise<Kafka> | undefined;
  private made = 0;

  constructor(private readonly progress: (line: string) => void) {}

  /** A database on a PostgreSQL that forgets nothing: fsync and synchronous_commit as they are in production. */
  async database(): Promise<Database> {
    this.postgres ??= startPostgres({ durable: true, log: this.progress });
    const server = (await this.postgres).url;
    const name = `bench_${(this.made += 1)}`;
    await onServer(server, `CREATE DATABASE ${name}`);
    // The first build of each projection is the only one here: its tables are found by their bare names.
    const builds = PROJECTIONS.map((each) => schemaOf({ ...each, build: 1 }));
    await onServer(server, `ALTER DATABASE ${name} SET search_path = ${builds.join(', ')}, public`);
    const url = new URL(server);
    url.pathname = `/${name}`;
    const pool = openPool({ connectionString: url.href, max: 20 });
    return {
      url: url.href,
      pool,
      drop: async () => {
        await pool.end();
        await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`);
      },
    };
  }

  /** @throws KafkaUnavailable where this machine has neither Docker nor Java and Maven */
  kafka(): Promise<Kafka> {
    return (this.broker ??= startKafka({ own: true, log: this.progress }));
  }

  async stop(): Promise<void> {
    for (const server of [this.broker, this.postgres]) await server?.then((running) => running.stop());
  }
}

async function onServer(url: string, sql: string): Promise<void> {
  const pool = openPool({ connectionString: url, max: 1 });
  try {
    await pool.query(sql);
  } finally {
    await pool.end();
  }
}
