import 'reflect-metadata';
import { definition as analytics } from '@cairn/analytics/app.module';
import { EmbeddedPostgresError, minding, startEmbeddedPostgres } from '@cairn/embedded';
import { definition as enrollment } from '@cairn/enrollment/app.module';
import { definition as goals } from '@cairn/goals/app.module';
import { OpenApiDocument } from '@cairn/http';
import { DevelopmentIssuerError } from '@cairn/identity';
import { LogOfAnother, LogUnavailable, OtherMigrations } from '@cairn/event-store';
import { AnotherLog, LaterLogPublished, LogFellBehind, TopicsTaken } from '@cairn/messaging';
import { eventStoreIn, startService, type RunningService, type ServiceConfig } from '@cairn/service';
import { definition as sessions } from '@cairn/sessions/app.module';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { ensureDatabases, secretsIn } from './databases.js';
import { standaloneIssuer } from './issuer.js';
import { awaitKafka } from './kafka-notice.js';
import { createOrigin } from './origin.js';
import type { OpenApi } from './pages/merge-openapi.js';
import { createPages } from './pages/pages.js';
import { DEFAULT_PORT, findPlace, PlaceError, writeRunNote, type Place } from './place.js';
import { watchRoom } from './room.js';

const DEFINITIONS = [enrollment, sessions, goals, analytics];
const say = (line: string) => process.stdout.write(`${line}\n`);

/** A fault that is told in one sentence, without a stack. */
class StartError extends Error {}

/** What was opened, closed in the opposite order. */
const opened: (() => Promise<unknown>)[] = [];
let stopping: Promise<void> | undefined;

function stop(exitCode: number): Promise<void> {
  return (stopping ??= (async () => {
    for (const close of opened.reverse())
      await close().catch((error: Error) => say(`  while stopping: ${error.message}`));
    process.exit(exitCode);
  })());
}

async function start(): Promise<void> {
  const place = await findPlace();
  await minding(place.home, () => startOn(place));
}

async function startOn(place: Place): Promise<void> {
  const began = Date.now();
  // What the variables hold has been judged by scripts/start.mjs, before anything was built.
  const port = Number(process.env['PORT'] || DEFAULT_PORT);
  const eventStore = eventStoreIn(process.env);
  const issuer = await standaloneIssuer(place.home);
  if (place.because !== undefined) say(`Data is kept in ${place.home}: ${place.because}.`);

  const postgres = await startEmbeddedPostgres({
    directory: place.postgres,
    progress: (line) => say(`  ${line}`),
    onEnd: (error) => {
      say(`\nPostgreSQL has ended: ${error.message}`);
      void stop(1);
    },
  });
  opened.push(() => postgres.stop());
  const endWatch = watchRoom(place.home, (line) => say(`\n${line}`));
  opened.push(async () => endWatch());
  const secrets = await secretsIn(place.home);
  const brokers = process.env['KAFKA_BROKERS']?.split(',');
  const kafkaAnswers = brokers && (await awaitKafka(brokers, (line) => say(`\n${line}`)));
  const databases = await ensureDatabases(postgres.url, secrets, brokers ? 'kafka' : 'postgres');
  const origin = `http://localhost:${port}`;
  await writeRunNote(place.home, { origin, databases });

  const bus = brokers
    ? ({ kind: 'kafka', brokers } as const)
    : ({ kind: 'postgres', url: databases.bus } as const);
  const { issuer: name, audience, jwks } = issuer;
  const configOf = (service: keyof typeof databases): ServiceConfig => ({
    port,
    databaseUrl: databases[service],
    eventStore,
    bus: { ...bus, partitions: 6, createTopics: true },
    identity: { issuer: name, audience, keys: jwks },
    textKey: Buffer.from(secrets.textKey, 'base64'),
    publicUrl: origin,
  });

  const services = await Promise.all(DEFINITIONS.map((each) => startService(each, configOf(each.name))));
  opened.push(() => Promise.all(services.map((service) => service.stop())));
  const pages = createPages(services.map(openApiOf));
  const server = createOrigin({ services, pages, jwks });
  await listenOn(server, port);
  opened.push(async () => {
    server.close();
    server.closeIdleConnections();
  });

  say(`
Cairn is ready after ${((Date.now() - began) / 1000).toFixed(1)} s: ${origin}
  API reference    ${origin}/docs
  event reference  ${origin}/docs/events
  bus              ${brokers ? `Kafka at ${brokers.join(', ')}${kafkaAnswers?.() ? '' : ', which does not answer yet'}` : 'PostgreSQL'}
  data             ${place.home}
  a token          npm run --silent token -- --role hr
  a programme      npm run demo
Tokens come from a DEVELOPMENT issuer whose key lies on this machine. Ctrl-C stops everything.`);
}

async function listenOn(server: Server, port: number): Promise<void> {
  server.listen(port);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new StartError(
        `Port ${port} is taken by another process. Stop it, or choose another one: PORT=3001 npm start`,
      );
    throw error;
  }
}

const openApiOf = ({ app }: RunningService): OpenApi =>
  app.get(OpenApiDocument).document as unknown as OpenApi;

process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));
// Started by a script over IPC: when that is gone, this goes too.
process.on('disconnect', () => void stop(0));

process.env['LOG_LEVEL'] ||= 'warn';
await start().catch((error: unknown) => {
  // What was being started breaks off when it is stopped.
  if (stopping) return stopping;
  const plain = [
    StartError,
    PlaceError,
    EmbeddedPostgresError,
    DevelopmentIssuerError,
    AnotherLog,
    LaterLogPublished,
    LogFellBehind,
    TopicsTaken,
    LogOfAnother,
    LogUnavailable,
    OtherMigrations,
  ].some((kind) => error instanceof kind);
  process.stderr.write(
    `\nCairn could not start: ${plain ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`,
  );
  return stop(1);
});
