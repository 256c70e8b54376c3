import { dockerAnswers } from '../docker.js';
import { sayLoudly } from '../loudly.js';

/** KurrentDB is EventStoreDB under its later name, and answers the same calls. */
export const EVENTSTOREDB_IMAGE = 'kurrentplatform/kurrentdb:25.1';

export interface RealEventStoreDb {
  readonly connectionString: string;
  stop(): Promise<void>;
}

/**
 * How to get a real server: the one that `EVENTSTOREDB_URL` names, else a node of one's own in Docker where an engine
 * answers; undefined, said loudly, where neither is to be had. Ask at the top of a spec:
 *
 *     const real = await eventStoreDbOrSkip();
 *     (real ? describe : describe.skip)('on a real EventStoreDB', () => { … await real!.start() … });
 */
export async function eventStoreDbOrSkip(): Promise<{ start(): Promise<RealEventStoreDb> } | undefined> {
  const given = process.env.EVENTSTOREDB_URL;
  if (given) return { start: async () => ({ connectionString: given, stop: async () => undefined }) };
  if (await dockerAnswers()) return { start: inDocker };
  sayLoudly(
    'NOT TESTED ON A REAL EVENTSTOREDB: only on its stand-in.',
    'Set EVENTSTOREDB_URL, or install Docker.',
  );
  return undefined;
}

/** Without security and with its data in memory, so for specs alone. */
async function inDocker(): Promise<RealEventStoreDb> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(EVENTSTOREDB_IMAGE)
    .withEnvironment({ KURRENTDB_INSECURE: 'true', KURRENTDB_MEM_DB: 'true', KURRENTDB_CLUSTER_SIZE: '1' })
    .withExposedPorts(2113)
    .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCodeMatching((code) => code < 300))
    .start();
  return {
    connectionString: `esdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`,
    stop: async () => {
      await container.stop();
    },
  };
}
