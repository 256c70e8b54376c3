import { execFile } from 'node:child_process';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KafkaUnavailable } from './kafka-unavailable.js';
import { KAFKA_VERSION } from './settings.js';

const run = promisify(execFile);

const LOG4J_VERSION = '2.25.5';
const COPY_DEPENDENCIES = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/**
 * A directory with Apache Kafka's jars, fetched by Maven the first time (54 MB) and kept in the user's cache
 * directory, outside any checkout.
 */
export async function kafkaJars(log: (line: string) => void): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cairn');
  const place = join(cache, `kafka-${KAFKA_VERSION}`);
  const jars = join(place, 'jars');
  if (await stat(jars).catch(() => undefined)) return jars;

  log(`Fetching Apache Kafka ${KAFKA_VERSION} with Maven, once, into ${place}`);
  const work = `${place}.partial-${process.pid}`;
  try {
    await mkdir(work, { recursive: true });
    await writeFile(join(work, 'pom.xml'), projectFile());
    const flags = ['--batch-mode', '--quiet', '--strict-checksums'];
    await run('mvn', [...flags, COPY_DEPENDENCIES, '-DincludeScope=runtime', '-DoutputDirectory=jars'], {
      cwd: work,
      maxBuffer: 64 * 1024 * 1024,
    });
    await rename(work, place).catch((error: NodeJS.ErrnoException) => {
      // Another process fetched them at the same time: its copy serves as well.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    return jars;
  } catch (cause) {
    throw new KafkaUnavailable(reason(cause), { cause });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function reason(error: unknown): string {
  const { code, stdout = '', message } = error as Error & { code?: string; stdout?: string };
  if (code === 'ENOENT') return 'Apache Maven (mvn) is not installed';
  const firstError = stdout.split('\n').find((line) => line.includes('[ERROR]'));
  return `Apache Kafka could not be fetched with Maven: ${firstError?.trim() ?? message}`;
}

/** kafka-server and kafka-tools bring what the core jar needs only at run time; log4j is what it writes its log with. */
function projectFile(): string {
  const dependencies = [
    ['org.apache.kafka', 'kafka_2.13', KAFKA_VERSION],
    ['org.apache.kafka', 'kafka-server', KAFKA_VERSION],
    ['org.apache.kafka', 'kafka-tools', KAFKA_VERSION],
    ['org.apache.logging.log4j', 'log4j-slf4j-impl', LOG4J_VERSION],
  ].map(
    ([group, artifact, version]) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>cairn</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    ${dependencies.join('\n    ')}
  </dependencies>
</project>
`;
}
