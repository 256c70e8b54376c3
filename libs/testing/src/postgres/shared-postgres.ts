import { dockerAnswers } from '../docker.js';
import { startPostgres } from './start-postgres.js';

/** The image that stands for PostgreSQL where there is a Docker engine; the same major version as the embedded one. */
export const POSTGRES_IMAGE = 'postgres:18-alpine';

export interface SharedPostgres {
  /** A superuser's address; the database in it is the one to connect to for making others. */
  url: string;
  stop(): Promise<void>;
}

/**
 * The server that all specs of a run share: `CAIRN_TEST_POSTGRES_URL` where set, else one in Docker where an engine
 * answers, else the embedded one.
 */
export async function sharedPostgres(log: (line: string) => void): Promise<SharedPostgres> {
  const given = process.env.CAIRN_TEST_POSTGRES_URL;
  if (given) return { url: given, stop: async () => undefined };
  if (await dockerAnswers()) return inDocker(log);
  return startPostgres({ log });
}

async function inDocker(log: (line: string) => void): Promise<SharedPostgres> {
  log(`Starting ${POSTGRES_IMAGE} in Docker`);
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const settings = ['max_connections=400', 'fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  const container = await new PostgreSqlContainer(POSTGRES_IMAGE)
    .withUsername('cairn')
    .withDatabase('postgres')
    .withEnvironment({
      POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8',
    })
    .withCommand(['postgres', ...settings.flatMap((setting) => ['-c', setting])])
    .start();
  return {
    url: container.getConnectionUri(),
    stop: async () => {
      await container.stop();
    },
  };
}
