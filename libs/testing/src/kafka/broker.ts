import { freePort, guarded, isPortFree, type Guarded } from '@cairn/embedded';
import { execFile } from 'node:child_process';
import { cp, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { kafkaJars } from './jars.js';
import { findJava } from './java.js';
import { answersAt } from './ready.js';
import { brokerSettings, newId } from './settings.js';

const run = promisify(execFile);

export interface Broker {
  brokers: string[];
  readonly pid: number;
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
  restart(): Promise<void>;
}

const LOGGING = `rootLogger.level=WARN
rootLogger.appenderRef.out.ref=OUT
appender.out.type=Console
appender.out.name=OUT
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %c{1} %m%n
`;

/** The broker gets this long to close its log, in milliseconds. */
const STOP_WITHIN = 15_000;

/** Runs one Kafka node from its jars, with its log and its settings in `directory`. */
export async function startBroker(options: {
  directory: string;
  port?: number;
  advertised?: string;
  settings?: Readonly<Record<string, string>>;
  log: (line: string) => void;
}): Promise<Broker> {
  const { directory, log } = options;
  const java = await findJava();
  const jars = await kafkaJars(log);
  const port = options.port ?? (await freePort());
  const address = `127.0.0.1:${port}`;
  if (!(await isPortFree(port)))
    throw new Error(`Port ${port} of 127.0.0.1, wanted for Kafka, is taken by another process.`);

  const files = {
    settings: join(directory, 'server.properties'),
    logging: join(directory, 'log4j2.properties'),
  };
  const logDirectory = join(directory, 'log');
  const settings = {
    ...brokerSettings({
      advertised: options.advertised ?? address,
      listener: address,
      controller: `127.0.0.1:${await freePort()}`,
      logDirectory,
    }),
    ...options.settings,
  };
  await mkdir(directory, { recursive: true });
  await writeFile(
    files.settings,
    Object.entries(settings)
      .map((entry) => entry.join('=') + '\n')
      .join(''),
  );
  await writeFile(files.logging, LOGGING);

  // The first compiler only: the broker starts with two thirds of the work, and here it never runs for long.
  const frugal = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const jvm = [...frugal, '-cp', join(jars, '*'), `-Dlog4j2.configurationFile=${files.logging}`];
  await format(logDirectory, join(dirname(jars), 'formatted'), (cluster) =>
    run(java, [...jvm, 'kafka.tools.StorageTool', 'format', '-t', cluster, '-c', files.settings]),
  );

  let node: Guarded;
  const start = async () => {
    log('Starting Apache Kafka');
    const output = await open(join(directory, 'kafka.log'), 'a');
    try {
      node = guarded({
        command: java,
        args: [...jvm, 'kafka.Kafka', files.settings],
        cwd: directory,
        output: output.fd,
        endWith: { ask: 'SIGTERM', insist: 'SIGKILL' },
      });
    } finally {
      await output.close();
    }
    while (!(await answersAt(address))) {
      if (!node.running())
        throw new Error(`Kafka ended by itself; the end of its log:\n${await endOfLog(directory)}`);
      await delay(50);
    }
  };
  const stop = async () => {
    if (!node.running()) return;
    node.signal('SIGTERM');
    const ended = await Promise.race([node.ended, delay(STOP_WITHIN, undefined, { ref: false })]);
    if (!ended) node.signal('SIGKILL');
    await node.ended;
  };

  await start();
  return {
    brokers: [address],
    get pid() {
      return node.pid;
    },
    get ended() {
      return node.ended;
    },
    stop,
    restart: async () => {
      await stop();
      await start();
    },
  };
}

/**
 * Makes the directory a new cluster's, unless it is one. What Kafka's own tool writes is the same for every cluster but for
 * its ids, so it is kept, beside the jars of its version: a JVM less for each broker that starts anew.
 */
async function format(
  directory: string,
  kept: string,
  tool: (cluster: string) => Promise<unknown>,
): Promise<void> {
  const ids = join(directory, 'meta.properties');
  if (await isThere(ids)) return;
  const cluster = newId();
  if (await isThere(kept)) {
    await cp(kept, directory, { recursive: true });
    await writeFile(
      ids,
      ['version=1', `cluster.id=${cluster}`, 'node.id=1', `directory.id=${newId()}`, ''].join('\n'),
    );
    return;
  }
  await tool(cluster);
  const work = `${kept}.partial-${process.pid}`;
  try {
    await cp(directory, work, { recursive: true });
    await rename(work, kept);
  } catch {
    // Another process kept the same, or nothing can be kept here: the next one formats again.
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function endOfLog(directory: string): Promise<string> {
  const text = await readFile(join(directory, 'kafka.log'), 'utf8');
  return text.trim().split('\n').slice(-15).join('\n');
}
