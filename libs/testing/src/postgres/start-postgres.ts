import { canServerEnter, startEmbeddedPostgres, type EmbeddedPostgres } from '@cairn/embedded';
import { realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { removeDirectory, temporaryDirectory } from '../temporary.js';

/** A PostgreSQL of one's own; see `EmbeddedPostgres`. */
export interface TestPostgres extends EmbeddedPostgres {
  /** Holds the server's files; removed by `stop` unless it was given. */
  readonly dataDir: string;
}

export interface TestPostgresOptions {
  /** Keeps the data here from one start to the next; a temporary directory when left out. */
  dataDir?: string;
  /** TCP port on 127.0.0.1; a free one when left out. */
  port?: number;
  /** True makes commits survive a crash of the machine, as in production, and slower. Default false. */
  durable?: boolean;
  /** Told each step that may take a while. */
  log?: (line: string) => void;
}

/**
 * Starts an embedded PostgreSQL for a spec that stops, kills or restarts it. A spec that only needs a database asks
 * `testDatabase`, which shares one server among all. It ends with this process, even by SIGKILL.
 */
export async function startPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const dataDir = options.dataDir ?? (await temporaryDirectory(await placeToWrite(), 'postgres'));
  const remove = async () => {
    if (options.dataDir === undefined) await removeDirectory(dataDir);
  };
  try {
    const server = await startEmbeddedPostgres({
      directory: dataDir,
      port: options.port,
      durable: options.durable ?? false,
      progress: options.log,
    });
    return {
      url: server.url,
      port: server.port,
      directory: dataDir,
      dataDir,
      get pid() {
        return server.pid;
      },
      restart: () => server.restart(),
      stop: async () => {
        await server.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The first of the usual places that PostgreSQL's account can reach: a temporary directory may lie in root's home. */
async function placeToWrite(): Promise<string> {
  const places = [await realpath(tmpdir()), '/tmp', '/var/tmp'];
  for (const place of places) if (await canServerEnter(place)) return place;
  return places[0]!;
}
