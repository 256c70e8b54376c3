import { statSync } from 'node:fs';
import { createServer } from 'node:net';

/*
 * What `npm start` is told by environment variables, judged before anything is installed, built or started: without any
 * package, and all faults at once. The services judge their own (libs/service/src/config.ts).
 */

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** What a service that runs by itself is given; the standalone makes each of these itself. */
const OF_SERVICES = [
  'DATABASE_URL',
  'BUS_DATABASE_URL',
  'OIDC_ISSUER',
  'OIDC_AUDIENCE',
  'OIDC_JWKS_URI',
  'OIDC_JWKS_FILE',
  'TEXT_KEY',
  'PUBLIC_URL',
  'KAFKA_TLS',
  'KAFKA_SASL_MECHANISM',
  'KAFKA_USERNAME',
  'KAFKA_PASSWORD',
  'KAFKA_TOPIC_PARTITIONS',
  'KAFKA_CREATE_TOPICS',
];

/** Whether the text is a TCP port in digits. */
const isPort = (text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535;

/** A sentence where the variable is set and no port; nothing otherwise. */
export const portFaults = (name, value) =>
  value && !isPort(value) ? [`${name} must be a whole number from 1 to 65535; it is "${value}".`] : [];

/** The same of where data is kept. */
export const homeFaults = (home) =>
  home && !statSync(home, { throwIfNoEntry: false })?.isDirectory()
    ? [`CAIRN_HOME is "${home}", which is no directory. Make it first (mkdir -p), or leave CAIRN_HOME out.`]
    : [];

/** Every fault of the standalone's environment, a sentence each that says what to do. */
export function faultsOf(env) {
  const faults = portFaults('PORT', env.PORT);
  const brokers = env.KAFKA_BROKERS;
  if (brokers && !brokers.split(',').every(isBroker))
    faults.push(
      `KAFKA_BROKERS must be host:port, several parted by commas, as localhost:9092; it is "${brokers}". ` +
        'Leave it out to run without Kafka.',
    );
  if (env.EVENT_STORE && !['postgres', 'eventstoredb'].includes(env.EVENT_STORE))
    faults.push(`EVENT_STORE must be postgres or eventstoredb; it is "${env.EVENT_STORE}".`);
  if (
    env.EVENT_STORE === 'eventstoredb' &&
    !/^(esdb|kurrentdb)(\+discover)?:\/\/./.test(env.EVENTSTOREDB_URL ?? '')
  )
    faults.push('EVENT_STORE is "eventstoredb": set EVENTSTOREDB_URL, as esdb://user:password@host:2113.');
  if (env.LOG_LEVEL && !LOG_LEVELS.includes(env.LOG_LEVEL))
    faults.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}; it is "${env.LOG_LEVEL}".`);
  faults.push(...homeFaults(env.CAIRN_HOME));
  if (env.NODE_ENV === 'production')
    faults.push(
      'NODE_ENV=production is refused: the standalone takes tokens from a development issuer, whose key lies on this ' +
        'machine. For production see docs/how-to/deploy-with-compose.md; to try Cairn out, leave NODE_ENV out.',
    );
  return faults;
}

function isBroker(broker) {
  const [, port] = /^[^\s:/]+:(\d+)$/.exec(broker) ?? [];
  return port !== undefined && isPort(port);
}

/** The variables that are set and have no effect here: who sets one expects something of it. */
export const unusedIn = (env) => OF_SERVICES.filter((name) => env[name]);

/** Why nothing can listen on the port now: taken, or not for this user. Undefined where it is free. */
export function whyNotOn(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code, message }) => {
      if (code === 'EADDRINUSE')
        resolve(
          `Port ${port} is taken by another process. Stop it, or choose another one: PORT=3001 npm start`,
        );
      else if (code === 'EACCES')
        resolve(`This user may not listen on port ${port}: choose one from 1024 up, as PORT=3001 npm start`);
      else resolve(`Nothing can listen on port ${port}: ${message}`);
    });
    server.listen(port, () => server.close(() => resolve(undefined)));
  });
}
